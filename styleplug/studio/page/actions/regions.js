// Regions: strokes of a soft brush over a photograph, kept as strokes so that any can be undone.
// A photograph has one or more, of which one is painted at a time; each may have its own painting.

import { attempt } from "../core/announce.js";
import { api, uploadPicture } from "../core/api.js";
import { load } from "../core/pictures.js";
import { isPainted, recipePart, store } from "../core/state.js";
import { rememberUse } from "../core/uses.js";
import { drawMask, maskSize, toGreyPng } from "../stage/mask.js";

const EMPTY = { strokes: [], undone: [], start: null, painting: null };
const FIRST = [EMPTY];
const sent = new WeakMap(); // regions, and the uploads that their masks have become

export const regionsOf = (state, photo = state.current) => state.regions[photo] ?? FIRST;

/** The place of the region that is painted now among the photograph's. */
export const placeOf = (state) => Math.min(state.region, regionsOf(state).length - 1);

export const regionOf = (state) => regionsOf(state)[placeOf(state)];

function setRegions(list, region = placeOf(store.state)) {
  const { current, regions } = store.state;
  store.update({ regions: { ...regions, [current]: list }, region });
}

function change(patch) {
  setRegions(regionsOf(store.state).with(placeOf(store.state), { ...regionOf(store.state), ...patch }));
}

export function addRegion() {
  const list = regionsOf(store.state);
  setRegions([...list, EMPTY], list.length);
}

/** Gives the region a painting; the one that it has already is taken away. */
export function givePainting(painting) {
  change({ painting: regionOf(store.state).painting?.key === painting.key ? null : painting });
  store.update({ kind: "stylize" });
}

/** @param stroke {points: [[x, y]], radius, softness, erase}, in shares of the longest side */
export const addStroke = (stroke) =>
  change({ strokes: [...regionOf(store.state).strokes, stroke], undone: [] });

export function undo() {
  const { strokes, undone, start } = regionOf(store.state);
  if (strokes.length) change({ strokes: strokes.slice(0, -1), undone: [...undone, strokes.at(-1)] });
  else if (start) change({ start: null });
}

export function redo() {
  const { strokes, undone } = regionOf(store.state);
  if (undone.length) change({ strokes: [...strokes, undone.at(-1)], undone: undone.slice(0, -1) });
}

export const clear = () => change({ strokes: [], undone: [], start: null });

/** Takes all regions of the photograph away. */
export const clearAll = () => setRegions(FIRST);

/** Takes where persons are as what to paint on from. */
export async function startWithPersons() {
  const mask = await attempt(() => api.personMask(store.state.current));
  if (!mask) return;
  rememberUse(mask.id, "mask");
  const start = await attempt(() => load(mask.preview));
  if (start) change({ start, strokes: [], undone: [] });
}

/** The regions of a job, as they can be painted on. */
export const regionsFrom = ({ regions = [] }, toPainting) =>
  Promise.all(
    regions.map(async ({ mask, paintings }) => ({
      ...EMPTY,
      start: await load(uploadPicture(mask, 1024)),
      painting: paintings.length === 1 ? toPainting(paintings[0]) : null,
    })),
  );

/** A recipe with its photograph's regions: their masks are sent, and the rest is left out or not. */
export async function withRegions(recipe) {
  const { state } = store;
  const painted = regionsOf(state, recipe.photo).filter(isPainted);
  const wanted = painted.filter(({ painting }) => painting || state.chosen.length);
  if (recipe.kind !== "stylize" || !wanted.length) return recipe;
  const { paintings, weights, ...others } = recipe;
  const regions = [];
  for (const region of wanted) {
    const mask = await maskOf(recipe.photo, region);
    regions.push({ mask, ...recipePart(state, region.painting ? [region.painting] : state.chosen) });
  }
  return state.rest && paintings.length ? { ...recipe, regions } : { ...others, regions };
}

/** The id of the mask as an upload: white where to paint. */
async function maskOf(photo, region) {
  if (!sent.has(region)) {
    const { width, height } = store.state.photos.find((one) => one.id === photo);
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = maskSize(width, height);
    drawMask(canvas, region);
    const png = await toGreyPng(canvas);
    sent.set(region, (await api.upload(new File([png], "region.png"), "mask")).id);
  }
  return sent.get(region);
}
