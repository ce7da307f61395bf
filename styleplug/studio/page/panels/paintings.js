// Paintings: the collection's and one's own; several are mixed by weights.

import { addPaintings, addToCollection, offered, setWeight, togglePainting } from "../actions/paintings.js";
import { el, follow, freshId, setText } from "../core/dom.js";
import { icon } from "../core/icons.js";
import { columnsOf, roving } from "../core/roving.js";
import { can, hasRegion, store } from "../core/state.js";
import { percent } from "../core/words.js";
import { clearAll } from "../actions/regions.js";
import { fileButton } from "../shell/files.js";
import { createApply } from "./tune.js";

/**
 * All paintings, to choose among.
 *
 * @param label of the group
 * @param press is given the painting whose button is pressed
 * @param keys gives the keys of those that are chosen in a state
 */
export function createGrid(label, press, keys) {
  const grid = el("div", { class: "paintings", role: "group", "aria-label": label });
  const settle = roving(grid, "button", () => columnsOf(grid));
  const create = (painting) =>
    el(
      "button",
      { class: "painting", title: painting.title, onclick: () => press(painting) },
      el("img", { src: painting.thumbnail, alt: "", draggable: "false" }),
      el("span", { class: "title" }, painting.title),
    );
  store.watch(
    (state) => [state.catalogue, state.ownPaintings, keys(state).join()],
    () => {
      follow(grid, offered(store.state), ({ key }) => key, create);
      const chosen = keys(store.state);
      for (const button of grid.children) {
        button.setAttribute("aria-pressed", String(chosen.includes(button.dataset.key)));
      }
      settle();
    },
  );
  return grid;
}

function createChosen() {
  const list = el("ul", { class: "chosen" });
  const heading = el("h3", {}, "Chosen");
  function create(first) {
    const id = freshId("weight");
    const share = el("output", { class: "figure", for: id });
    const slider = el("input", { type: "range", id, min: "0.05", max: "1", step: "0.05", "aria-label": `Weight of ${first.title}` });
    slider.addEventListener("input", () => setWeight(first.key, Number(slider.value)));
    const weight = el("div", { class: "weight" }, slider, share);
    const item = el(
      "li",
      {},
      el("img", { src: first.thumbnail, alt: "" }),
      el("div", { class: "chosen-words" }, el("span", { class: "title" }, first.title), weight, first.upload ? createAdding(first) : null),
      el("button", { class: "round", "aria-label": `Without ${first.title}`, onclick: () => togglePainting(first) }, icon("close")),
    );
    item.refresh = (painting) => {
      const { chosen } = store.state;
      const total = chosen.reduce((sum, one) => sum + one.weight, 0);
      weight.hidden = chosen.length < 2 || !can(store.state, "weights");
      slider.value = painting.weight;
      slider.style.setProperty("--share", painting.weight);
      slider.setAttribute("aria-valuetext", percent(painting.weight / total));
      setText(share, percent(painting.weight / total));
    };
    return item;
  }
  const root = el("div", {}, heading, list);
  store.watch(
    (state) => [state.chosen],
    (chosen) => {
      root.hidden = !chosen.length;
      const hasWeights = chosen.length > 1 && can(store.state, "weights");
      setText(heading, hasWeights ? "Chosen, with their weights" : "Chosen");
      follow(list, chosen, ({ key }) => key, create);
    },
  );
  return root;
}

/** A form that keeps a painting of one's own in the collection under a name. */
function createAdding(painting) {
  const suggested = painting.title.replace(/\.[^.]+$/, "");
  const name = el("input", { type: "text", value: suggested, required: true, "aria-label": "Name in the collection" });
  const form = el("form", { class: "adding" }, name, el("button", { type: "submit" }, "Add to the collection"));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    addToCollection(painting, name.value.trim());
  });
  return form;
}

export function createPaintingsPanel() {
  const said = el("span");
  const regions = el("p", { class: "note" }, said, el("button", { class: "link", onclick: clearAll }, "Paint all of it alike"));
  store.watch(
    (state) => [hasRegion(state), state.rest],
    (has, rest) => {
      regions.hidden = !has;
      said.textContent = rest ? "These are for what the regions leave. " : "Only the regions are painted. ";
    },
  );
  return el(
    "div",
    { class: "panel-body", id: "paintings-panel" },
    el("div", { class: "panel-head" }, el("h2", {}, "Paintings"), fileButton([icon("add"), "Your own"], addPaintings, "small")),
    el("p", { class: "quiet" }, "Choose one, or several to mix; or drop a painting here."),
    createGrid("Paintings, of which several can be chosen", togglePainting, ({ chosen }) => chosen.map(({ key }) => key)),
    createChosen(),
    regions,
    createApply("stylize"),
  );
}
