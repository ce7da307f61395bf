// Which paintings are chosen, in which proportions.

import { announce, attempt, notify } from "../core/announce.js";
import { api } from "../core/api.js";
import { store } from "../core/state.js";

/** The collection's paintings and one's own, as things to choose. */
export function offered(state) {
  const collection = (state.catalogue?.styles ?? []).map(({ id, title, name, thumbnail }) => ({
    key: `style-${id}`,
    style: id,
    title: title || name,
    thumbnail,
  }));
  return [...state.ownPaintings, ...collection];
}

export function togglePainting(painting) {
  store.update(({ chosen }) => {
    const isChosen = chosen.some(({ key }) => key === painting.key);
    const rest = chosen.filter(({ key }) => key !== painting.key);
    return { chosen: isChosen ? rest : [...rest, { ...painting, weight: 1 }], kind: "stylize" };
  });
}

export function setWeight(key, weight) {
  store.update(({ chosen }) => ({
    chosen: chosen.map((one) => (one.key === key ? { ...one, weight } : one)),
  }));
}

/** Sends pictures as paintings of one's own, and chooses them. */
export async function addPaintings(files) {
  store.update({ tab: "paintings" });
  for (const file of files) {
    const upload = await attempt(() => api.upload(file, "painting"));
    if (!upload) continue;
    const { id, name, thumbnail } = upload;
    const painting = { key: id, upload: id, title: name, thumbnail };
    store.update(({ ownPaintings }) => ({ ownPaintings: [painting, ...ownPaintings] }));
    togglePainting(painting);
    announce(`${name} is chosen as a painting`);
  }
}

/** Keeps a painting of one's own in the collection. */
export async function addToCollection(painting, name) {
  const style = await attempt(() => api.addStyle(painting.upload, name));
  if (!style) return;
  const key = `style-${style.id}`;
  const kept = { key, style: style.id, title: style.title || style.name, thumbnail: style.thumbnail };
  store.update((state) => ({
    catalogue: { ...state.catalogue, styles: [...state.catalogue.styles, style] },
    ownPaintings: state.ownPaintings.filter(({ upload }) => upload !== painting.upload),
    chosen: state.chosen.map((one) =>
      one.key === painting.key ? { ...kept, weight: one.weight } : one,
    ),
  }));
  notify(`${kept.title} is in the collection.`, "news");
}
