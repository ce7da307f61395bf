// Grids of variants: small pictures that differ in two things, so that one can be chosen by eye.

import { announce, attempt } from "../core/announce.js";
import { api } from "../core/api.js";
import { currentPhoto, isOver, recipeFor, store, VARIANTS } from "../core/state.js";
import { forgetJob } from "../core/stream.js";
import { figure } from "../core/words.js";
import { start, startFrom } from "./jobs.js";

const SMALL = { size: 192, output_size: "working", resolution: "size" };

const STRENGTHS = [0.3, 0.5, 0.75];
const STROKES = [0.5, 1, 2];
let last = 0;

/** Strength across, size of strokes down. */
export function strengthsAndStrokes() {
  const photo = currentPhoto(store.state);
  return grid(
    STRENGTHS.map((strength) => `Strength ${figure(strength)}`),
    STROKES.map((scale) => `Strokes × ${figure(scale)}`),
    (column, row) => {
      const recipe = recipeFor(store.state, photo.id);
      const options = { strength: STRENGTHS[column], stroke_scale: STROKES[row] };
      return { ...recipe, options: { ...recipe.options, ...options } };
    },
  );
}

/** Paintings across, photographs down. */
export function paintingsAndPhotographs() {
  const { chosen } = store.state;
  const photos = store.state.photos.filter((photo) => !photo.pending);
  return grid(
    chosen.map((painting) => painting.title),
    photos.map((photo) => photo.name),
    (column, row) => {
      const { weights, ...recipe } = recipeFor(store.state, photos[row].id);
      return { ...recipe, paintings: [recipe.paintings[column]] };
    },
  );
}

async function grid(columns, rows, recipeAt) {
  await clearGrid();
  store.update({ kind: "stylize" });
  const cells = rows.flatMap((rowTitle, row) =>
    columns.map((columnTitle, column) => ({
      key: `${row}-${column}`,
      title: `${columnTitle}, ${rowTitle}`,
      recipe: recipeAt(column, row),
      job: null,
    })),
  );
  const id = (last += 1);
  store.update({ variants: { id, columns, rows, cells }, stage: "variants" });
  announce(`${cells.length} variants are painted, small`);
  for (const { key, recipe } of cells) {
    if (store.state.variants?.id !== id) return;
    const small = { ...recipe, options: { ...recipe.options, ...SMALL }, parent: VARIANTS };
    await start(small, (job) => assign(key, job.id));
  }
}

function assign(key, job) {
  store.update(({ variants }) => ({
    variants: variants && {
      ...variants,
      cells: variants.cells.map((cell) => (cell.key === key ? { ...cell, job } : cell)),
    },
  }));
}

/** Puts the grid away, with its pictures. */
export async function clearGrid() {
  const cells = store.state.variants?.cells ?? [];
  store.update((state) => ({ variants: null, stage: state.stage === "variants" ? "picture" : state.stage }));
  for (const { job } of cells) {
    if (!job) continue;
    const isAtWork = store.state.jobs[job] && !isOver(store.state.jobs[job]);
    if (isAtWork) await attempt(() => api.stop(job, false));
    await attempt(() => api.remove(job));
    forgetJob(job);
  }
}

/** Takes a variant's settings, and paints it large, from what is there already. */
export async function openLarge(cell) {
  const { options, paintings } = cell.recipe;
  store.update((state) => ({
    options: { ...state.options, stylize: options },
    chosen: state.chosen.filter(({ style, upload }) =>
      paintings.some((one) => (style ? one.style === style : one.upload === upload)),
    ),
    current: cell.recipe.photo,
  }));
  await startFrom(cell.recipe, store.state.jobs[cell.job]);
}
