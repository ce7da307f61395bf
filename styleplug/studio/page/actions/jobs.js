// Jobs are started, stopped, done again and deleted.

import { announce, attempt, notify } from "../core/announce.js";
import { api } from "../core/api.js";
import { currentPhoto, hasPicture, isOver, isStale, isVariant, recipeFor, shownJob, store } from "../core/state.js";
import { forgetJob, onEnd, refreshAll, takeJobs } from "../core/stream.js";
import { describe } from "../core/words.js";
import { offered } from "./paintings.js";
import { regionsFrom, withRegions } from "./regions.js";

const outbox = []; // recipes that the service was too busy for

/** Asks for a job; where too many wait, it is asked for again when one has ended. */
export async function start(recipe, onStart = () => {}) {
  try {
    const job = await api.start(recipe);
    takeJobs([{ ...job, asked: recipe }]);
    onStart(job);
  } catch (error) {
    if (error.status === 429 && Object.values(store.state.jobs).some((job) => !isOver(job))) {
      outbox.push([recipe, onStart]);
    } else {
      notify(error.message);
    }
  }
}

onEnd(() => {
  for (const [recipe, onStart] of outbox.splice(0)) start(recipe, onStart);
});

const show = (job) => store.update(({ shown }) => ({ shown: { ...shown, [job.photo]: job.id } }));

/** What is set for a photograph, with its regions; null where that can't be had. */
async function fullRecipe(photo) {
  const recipe = recipeFor(store.state, photo);
  return recipe && attempt(() => withRegions(recipe));
}

async function startShown(recipe) {
  const { id } = currentPhoto(store.state) ?? {};
  await start(recipe, (job) => {
    show(job);
    if (recipe.photo === id) {
      store.update({ stage: "picture" });
      announce(`${describe(job, store.state.catalogue)} has begun`);
    }
  });
}

/** Does what is set, to the photograph on the stage, from the beginning. */
export async function apply() {
  const photo = currentPhoto(store.state);
  const recipe = photo && !photo.pending && (await fullRecipe(photo.id));
  if (!recipe) return;
  const before = shownJob(store.state);
  if (before && !isOver(before)) await stop(before.id, false);
  await startShown(recipe);
}

/** Does what is set, and goes on from where the picture on the stage is. */
export async function goOn() {
  const before = shownJob(store.state);
  const recipe = before && (await fullRecipe(before.photo));
  if (!recipe) return;
  const kept = isOver(before) ? before : await stop(before.id, true);
  await (recipe.kind === "stylize" ? startFrom(recipe, kept) : startShown(recipe));
}

/** Starts a job from the picture of another, if that has one. */
export const startFrom = (recipe, job) =>
  startShown(hasPicture(job) ? { ...recipe, start_from: job.id } : recipe);

/** Paints what a job has painted in all of the photograph's pixels, on from its picture. */
export function paintInPrintSize(job) {
  const { start_from: before, ...recipe } = job.recipe;
  const format = store.state.format || recipe.format;
  return startFrom({ ...recipe, format, options: { ...recipe.options, resolution: "photo" } }, job);
}

/** Does what is set to several photographs, one after another, but for those that have it. */
export async function applyToAll(photos) {
  const wanted = photos.filter((photo) => {
    const job = shownJob(store.state, photo);
    const isThere = job && ["queued", "running", "done"].includes(job.state);
    return !isThere || isStale(store.state, job);
  });
  announce(`${wanted.length} photographs are in the queue`);
  for (const photo of wanted) {
    const recipe = await fullRecipe(photo);
    if (recipe) await startShown(recipe);
  }
}

/** @param keep whether the picture as it is becomes the result */
export async function stop(id, keep) {
  const job = await attempt(() => api.stop(id, keep));
  if (!job) return undefined;
  takeJobs([job]);
  return isOver(job) ? job : ended(id);
}

/** A job once it is over; undefined if it was deleted. */
async function ended(id) {
  let unwatch;
  const job = await new Promise((resolve) => {
    unwatch = store.watch(
      (state) => [state.jobs[id]],
      (job) => {
        if (!job || isOver(job)) resolve(job);
      },
    );
  });
  unwatch();
  return job;
}

export async function remove(id) {
  const done = await attempt(async () => {
    await api.remove(id);
    return true;
  });
  if (done) forgetJob(id);
}

export async function saveBeside(id) {
  const saved = await attempt(() => api.save(id));
  if (saved) notify(`Saved beside the photograph as ${saved.name}.`, "news");
}

/** Puts a job's picture on the stage. */
export function open(job) {
  if (!store.state.photos.some((photo) => photo.id === job.photo)) {
    notify("Its photograph isn't here any more; the picture can still be downloaded.", "news");
    return;
  }
  show(job);
  store.update({ current: job.photo, stage: "picture" });
}

/** Sets everything as it was for a job, so that it can be done again with something changed. */
export async function takeRecipe(job, tab) {
  const { kind, photo, filter, paintings = [], weights, preset, options = {} } = job.recipe;
  if (kind === "filter") {
    store.update((state) => ({ kind, filter, options: { ...state.options, filter: options } }));
  } else {
    const all = offered(store.state);
    const toPainting = ({ style, upload }, at) => {
      const key = style ? `style-${style}` : upload;
      const known = all.find((one) => one.key === key) ?? { key, style, upload, title: "A painting of yours" };
      return { ...known, weight: weights?.[at] ?? 1 };
    };
    const regions = await attempt(() => regionsFrom(job.recipe, toPainting));
    store.update((state) => ({
      kind,
      chosen: paintings.map(toPainting),
      rest: paintings.length > 0,
      regions: regions?.length ? { ...state.regions, [photo]: regions } : state.regions,
      preset: preset ?? state.preset,
      options: { ...state.options, stylize: options },
    }));
  }
  store.update({ tab, stage: tab === "filters" ? "sheet" : "picture" });
  announce("Everything is set as it was. Change what you like.");
}

/** Loads the history, and puts each photograph's last picture on the stage. */
export async function loadJobs() {
  await refreshAll();
  store.update(({ jobs, shown }) => {
    const pictured = Object.values(jobs).filter((job) => !isVariant(job) && (hasPicture(job) || !isOver(job)));
    pictured.sort((one, other) => one.created - other.created);
    return { shown: { ...Object.fromEntries(pictured.map((job) => [job.photo, job.id])), ...shown } };
  });
}
