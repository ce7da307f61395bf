// What the page knows, and what follows from it.

import { createStore } from "./store.js";

export const store = createStore({
  catalogue: null, // as the service describes it
  photos: [], // uploads, in the filmstrip's order; `pending` while they are sent
  current: null, // id of the photograph on the stage
  tab: "filters",
  stage: "sheet", // sheet | picture | region | variants
  kind: "filter", // what a tuned job does: filter | stylize
  filter: null, // name of the chosen filter
  chosen: [], // paintings: {key, style | upload, title, thumbnail, weight}
  ownPaintings: [], // paintings that were dropped: {key, upload, title, thumbnail}
  preset: null,
  options: { filter: {}, stylize: {} }, // only what differs from preset and defaults
  format: "", // of results; "" is the photograph's own
  jobs: {}, // by id
  shown: {}, // photograph's id -> id of the job whose picture is on the stage
  regions: {}, // photograph's id -> [{strokes, undone, start, painting}]
  region: 0, // the place among them of the one that is painted now
  rest: false, // whether what no region covers is painted, too
  variants: null, // {columns, rows, cells: [{key, recipe, job, row, column}]}
  comparison: "divider", // or "side"
  split: 50, // the divider's place, percent
  holding: false, // the original is being held up
  notices: [],
});

export const currentPhoto = (state) => state.photos.find((photo) => photo.id === state.current);

export const shownJob = (state, photo = state.current) => state.jobs[state.shown[photo]];

export const isOver = (job) => ["done", "stopped", "failed"].includes(job.state);

/** What the recipes of small variants have as their `parent`, by which history leaves them out. */
export const VARIANTS = "variants";

export const isVariant = (job) => job.recipe.parent === VARIANTS;

export const hasPicture = (job) => Boolean(job?.result);

/** Whether the service can do what not every styleplug can. */
export const can = (state, capability) =>
  Boolean(state.catalogue?.capabilities?.includes(capability));

/** The options of a kind of job, as the catalogue describes them. */
export const optionsOf = (state, kind) =>
  (state.catalogue?.options ?? []).filter((option) => option.jobs.includes(kind));

export const presetNamed = (state) =>
  state.catalogue?.presets.find((preset) => preset.name === state.preset);

/** What an option has where nobody sets it. */
export function usualValue(state, kind, option) {
  const preset = kind === "stylize" ? presetNamed(state)?.options : undefined;
  return preset && option.name in preset ? preset[option.name] : option.default;
}

export function valueOf(state, kind, option) {
  const set = state.options[kind];
  return option.name in set ? set[option.name] : usualValue(state, kind, option);
}

export const isPainted = ({ strokes, start }) => Boolean(strokes.length || start);

export const hasRegion = (state, photo = state.current) =>
  Boolean(state.regions[photo]?.some(isPainted));

/** Whether there is something to paint with: paintings for all of the photograph, or for regions. */
export const hasPaintings = (state, photo = state.current) =>
  state.chosen.length > 0 || Boolean(state.regions[photo]?.some((one) => one.painting && isPainted(one)));

/** Paintings as a recipe has them, with their weights where there are several. */
export function recipePart(state, chosen) {
  const paintings = chosen.map(({ style, upload }) => (style ? { style } : { upload }));
  const hasWeights = chosen.length > 1 && can(state, "weights");
  return hasWeights ? { paintings, weights: chosen.map(({ weight }) => weight) } : { paintings };
}

/** What would be asked for now but for regions, or null where something is still to be chosen. */
export function recipeFor(state, photo, kind = state.kind) {
  const format = state.format ? { format: state.format } : {};
  if (kind === "filter") {
    if (!state.filter) return null;
    const options = state.options.filter;
    return { kind: "filter", photo, filter: state.filter, options, ...format };
  }
  if (!hasPaintings(state, photo)) return null;
  const options = state.options.stylize;
  const recipe = { kind: "stylize", photo, ...recipePart(state, state.chosen), options, ...format };
  if (state.preset) recipe.preset = state.preset;
  return recipe;
}

/** Whether the picture on the stage was made by other settings than those that are set now. */
export function isStale(state, job, kind = state.kind) {
  const recipe = recipeFor(state, job.photo, kind);
  if (!recipe) return false;
  const known = ["kind", "filter", "preset", "paintings", "weights", "options", "format"];
  const asked = job.asked ?? job.recipe;
  return known.some((field) => canonical(asked[field]) !== canonical(recipe[field]));
}

const canonical = (value) =>
  JSON.stringify(value ?? null, (key, inner) =>
    inner && typeof inner === "object" && !Array.isArray(inner)
      ? Object.fromEntries(
          Object.entries(inner)
            .filter(([name]) => name !== "title" && name !== "thumbnail")
            .sort(),
        )
      : inner,
  );
