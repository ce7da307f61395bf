// Regions: strokes of a soft brush over a photograph, kept as strokes so that any can be undone.

import { attempt } from "../core/announce.js";
import { api } from "../core/api.js";
import { store } from "../core/state.js";
import { rememberUse } from "../core/uses.js";
import { drawMask, maskSize, toGreyPng } from "../stage/mask.js";
import { load } from "../core/pictures.js";

const EMPTY = { strokes: [], undone: [], start: null };
const sent = new WeakMap(); // regions, and the uploads that their masks have become

export const regionOf = (state, photo = state.current) => state.regions[photo] ?? EMPTY;

function change(photo, patch) {
  store.update((state) => ({
    regions: { ...state.regions, [photo]: { ...regionOf(state, photo), ...patch } },
  }));
}

/** @param stroke {points: [[x, y]], radius, softness, erase}, in shares of the longest side */
export function addStroke(stroke) {
  const { current } = store.state;
  change(current, { strokes: [...regionOf(store.state).strokes, stroke], undone: [] });
}

export function undo() {
  const { strokes, undone, start } = regionOf(store.state);
  if (strokes.length) {
    change(store.state.current, { strokes: strokes.slice(0, -1), undone: [...undone, strokes.at(-1)] });
  } else if (start) {
    change(store.state.current, { start: null });
  }
}

export function redo() {
  const { strokes, undone } = regionOf(store.state);
  if (!undone.length) return;
  change(store.state.current, { strokes: [...strokes, undone.at(-1)], undone: undone.slice(0, -1) });
}

export function clear() {
  const { [store.state.current]: gone, ...regions } = store.state.regions;
  store.update({ regions });
}

/** Takes where persons are as what to paint on from. */
export async function startWithPersons() {
  const { current } = store.state;
  const mask = await attempt(() => api.personMask(current));
  if (!mask) return;
  rememberUse(mask.id, "mask");
  const start = await attempt(() => load(`${mask.preview}`));
  if (start) change(current, { start, strokes: [], undone: [] });
}

/** The id of the mask as an upload: white where to paint. */
export async function maskOf(photo) {
  const region = regionOf(store.state, photo);
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
