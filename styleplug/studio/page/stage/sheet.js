// The sheet: the photograph in every filter, small; they come one by one.

import { chooseFilter } from "../actions/choices.js";
import { filterPicture } from "../core/api.js";
import { el, follow, setText } from "../core/dom.js";
import { forget, load, show } from "../core/pictures.js";
import { columnsOf, roving } from "../core/roving.js";
import { currentPhoto, store } from "../core/state.js";

const SMALL = 192;
const LARGE = 384;
const loaded = new Map(); // "photo/filter" -> the largest picture of it that is there

export const standIn = (photo, filter) => loaded.get(`${photo}/${filter}`);

/** Loads small pictures of all filters, then larger ones, while they are on the stage. */
async function fetchAll(photo, filters) {
  const isWanted = () => store.state.current === photo.id && store.state.stage === "sheet";
  for (const size of [SMALL, LARGE]) {
    await Promise.all(
      filters.map(async ({ name }) => {
        const address = filterPicture(photo.id, name, size);
        try {
          await load(address, isWanted);
        } catch {
          return;
        }
        loaded.set(`${photo.id}/${name}`, address);
        document.dispatchEvent(new CustomEvent("filterpicture", { detail: { name, address } }));
      }),
    );
  }
  return isWanted();
}

/** A grid of filters, as buttons with the photograph that is on the stage. */
export function createFilterGrid(className) {
  const grid = el("div", { class: className, role: "group", "aria-label": "Filters" });
  const settle = roving(grid, "button", () => columnsOf(grid));

  function card(filter) {
    const image = el("img", { alt: "", draggable: "false" });
    const [title, rest] = splitTitle(filter);
    const button = el(
      "button",
      { class: "card", onclick: () => chooseFilter(filter.name) },
      el("span", { class: "picture" }, image),
      el("span", { class: "title" }, title),
      rest && el("span", { class: "detail" }, rest),
    );
    button.picture = image;
    return button;
  }

  store.watch(
    (state) => [state.catalogue, currentPhoto(state), state.filter, state.kind],
    (catalogue, photo, chosen, kind) => {
      const filters = catalogue?.filters ?? [];
      follow(grid, filters, (filter) => filter.name, card);
      for (const button of grid.children) {
        const { key } = button.dataset;
        button.setAttribute("aria-pressed", String(kind === "filter" && key === chosen));
        button.disabled = !photo || Boolean(photo.pending);
        const there = photo && standIn(photo.id, key);
        if (there) show(button.picture, there);
        else forget(button.picture);
      }
      grid.style.setProperty("--aspect", photo?.width ? cardAspect(photo) : 1.5);
      settle();
    },
  );
  document.addEventListener("filterpicture", ({ detail }) => {
    const button = [...grid.children].find((one) => one.dataset.key === detail.name);
    const photo = currentPhoto(store.state);
    const there = button && photo && standIn(photo.id, detail.name);
    if (there) show(button.picture, there);
  });
  return grid;
}

/** The stage's sheet, which has the pictures loaded. */
export function createSheet() {
  const title = el("h2", { class: "sheet-title" });
  const root = el("div", { class: "sheet" }, title, createFilterGrid("cards"));
  let begun = null;
  store.watch(
    (state) => [state.catalogue, currentPhoto(state), state.stage],
    (catalogue, photo, stage) => {
      if (!photo) return;
      setText(title, `${photo.name} in every filter`);
      if (!catalogue || photo.pending || stage !== "sheet" || begun === photo.id) return;
      begun = photo.id;
      fetchAll(photo, catalogue.filters).then((isWhole) => {
        if (!isWhole && begun === photo.id) begun = null;
      });
    },
  );
  return root;
}

/** The photograph's width to its height, within what a grid of cards bears. */
export const cardAspect = ({ width, height }) => Math.min(1.8, Math.max(0.8, width / height));

/** A filter's short title, and the rest of what is said of it: "Claude Monet", "Water Lilies". */
function splitTitle({ name, description }) {
  if (!description) return [name, ""];
  const at = description.indexOf(", ");
  return at < 0 ? [description, ""] : [description.slice(at + 2), description.slice(0, at)];
}
