// Photographs come and go.

import { announce, attempt, notify } from "../core/announce.js";
import { api } from "../core/api.js";
import { store } from "../core/state.js";
import { useOf } from "../core/uses.js";
import { bytes, dimensions } from "../core/words.js";

let pending = 0;

/** Sends photographs to the service; the first becomes the current one. */
export async function addPhotographs(files) {
  const limit = store.state.catalogue?.limits?.upload_bytes ?? Infinity;
  const fitting = [...files].filter((file) => {
    if (file.size <= limit) return true;
    notify(`${file.name} has ${bytes(file.size)}; at most ${bytes(limit)} can be taken.`);
    return false;
  });
  if (!fitting.length) return;
  const entries = fitting.map((file) => ({
    id: `pending-${++pending}`,
    name: file.name || "Pasted picture",
    local: URL.createObjectURL(file),
    pending: true,
    file,
  }));
  store.update(({ photos }) => ({ photos: [...photos, ...entries], current: entries[0].id }));
  showSheet();
  for (const entry of entries) await send(entry);
}

async function send({ id, local, file }) {
  const upload = await attempt(() => api.upload(file, "photo"));
  if (!upload) return drop(id);
  if (!store.state.photos.some((photo) => photo.id === id)) return api.removeUpload(upload.id);
  store.update(({ photos, current }) => ({
    photos: photos.map((photo) => (photo.id === id ? { ...upload, local } : photo)),
    current: current === id ? upload.id : current,
  }));
  announce(`${upload.name}, ${dimensions(upload)} pixels, is there`);
}

export function showSheet() {
  const { tab } = store.state;
  store.update(tab === "filters" ? { stage: "sheet" } : {});
}

export function choosePhotograph(id) {
  store.update((state) => ({
    current: id,
    stage: state.stage === "variants" ? "picture" : state.stage,
  }));
}

export async function removePhotograph(id) {
  const photo = store.state.photos.find((one) => one.id === id);
  drop(id);
  if (!photo.pending && !photo.origin) await attempt(() => api.removeUpload(id));
}

function drop(id) {
  store.update(({ photos, current }) => {
    const at = photos.findIndex((photo) => photo.id === id);
    if (photos[at]?.local) URL.revokeObjectURL(photos[at].local);
    const rest = photos.filter((photo) => photo.id !== id);
    const next = rest[Math.min(at, rest.length - 1)]?.id ?? null;
    return { photos: rest, current: current === id ? next : current };
  });
}

/** What the service has already: photographs of the command line, and those before a reload. */
export async function loadPhotographs() {
  const answer = await attempt(api.uploads);
  const uploads = (answer?.uploads ?? []).reverse(); // they come newest first
  const photos = uploads.filter((upload) => useOf(upload) === "photo");
  const own = uploads
    .filter((upload) => useOf(upload) === "painting")
    .map(({ id, name, thumbnail }) => ({ key: id, upload: id, title: name, thumbnail }));
  store.update((state) => ({
    photos: [...photos, ...state.photos],
    current: state.current ?? photos[0]?.id ?? null,
    ownPaintings: [...own, ...state.ownPaintings],
  }));
}
