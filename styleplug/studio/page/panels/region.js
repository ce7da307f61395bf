// Region: the brush's settings, and what to do with what was painted.

import { apply } from "../actions/jobs.js";
import { addRegion, clear, givePainting, placeOf, redo, regionOf, regionsOf, startWithPersons, undo } from "../actions/regions.js";
import { el, fill } from "../core/dom.js";
import { icon } from "../core/icons.js";
import { can, hasPaintings, hasRegion, isPainted, store } from "../core/state.js";
import { percent } from "../core/words.js";
import { brush } from "../stage/brush.js";
import { createSlider } from "./option.js";
import { createGrid } from "./paintings.js";

function createBrushSlider(title, property, low, high) {
  const id = `brush-${property}`;
  const slider = createSlider({ low, high }, (value) => brush.set({ [property]: value }), id, percent);
  const refresh = () => slider.show(brush[property]);
  brush.addEventListener("change", refresh);
  refresh();
  const head = el("div", { class: "option-head" }, el("label", { for: id }, title), slider.value);
  return el("div", { class: "option" }, head, slider.root);
}

function createModes() {
  const modes = [
    [false, "Paint", "region"],
    [true, "Erase", "erase"],
  ];
  const buttons = modes.map(([erase, title, name]) =>
    el("button", { onclick: () => brush.set({ erase }) }, icon(name), title),
  );
  const refresh = () =>
    buttons.forEach((button, at) => button.setAttribute("aria-pressed", String(modes[at][0] === brush.erase)));
  brush.addEventListener("change", refresh);
  refresh();
  return el("div", { class: "segment", role: "group", "aria-label": "What the brush does" }, buttons);
}

function paint() {
  store.update({ kind: "stylize" });
  apply();
}

/** The regions, of which one is painted at a time. */
function createList() {
  const list = el("div", { class: "row", role: "group", "aria-label": "Regions" });
  store.watch(
    (state) => [regionsOf(state), placeOf(state)],
    (regions, place) => {
      const hadFocus = list.contains(document.activeElement);
      fill(
        list,
        regions.map(({ painting }, at) =>
          el(
            "button",
            { class: "small", "aria-pressed": String(at === place), onclick: () => store.update({ region: at }) },
            painting && el("img", { src: painting.thumbnail, alt: "" }),
            `Region ${at + 1}`,
          ),
        ),
        el("button", { class: "small", onclick: addRegion }, icon("add"), "Another"),
      );
      if (hadFocus) list.children[place].focus();
    },
  );
  return list;
}

/** What becomes of what no region covers. */
function createRest() {
  const input = el("input", { type: "checkbox", role: "switch", id: "rest", onchange: () => store.update({ rest: input.checked }) });
  store.watch(
    (state) => [state.rest, state.chosen],
    (rest, chosen) => {
      input.checked = rest && chosen.length > 0;
      input.disabled = !chosen.length;
    },
  );
  return el(
    "div",
    { class: "option option-bool" },
    el("label", { for: "rest" }, "Paint the rest, too"),
    el("span", { class: "switch" }, input),
    el("p", { class: "help" }, "By what is chosen under Paintings."),
  );
}

export function createRegionPanel() {
  const back = el("button", { class: "small", onclick: undo }, icon("undo"), "Undo");
  const forth = el("button", { class: "small", onclick: redo }, icon("redo"), "Redo");
  const empty = el("button", { class: "small", onclick: clear }, "Clear");
  const persons = el("button", { class: "wide", onclick: startWithPersons }, icon("person"), "Start with the people in it");
  const own = el("h3");
  const go = el("button", { class: "primary wide", onclick: paint });
  store.watch(
    (state) => [regionOf(state), state.chosen, can(state, "person-mask"), state.current, placeOf(state)],
    (region, chosen, hasPersons) => {
      const { state } = store;
      back.disabled = empty.disabled = !isPainted(region);
      forth.disabled = !region.undone.length;
      persons.hidden = !hasPersons;
      go.disabled = !hasRegion(state) || !hasPaintings(state);
      const isOne = regionsOf(state).length === 1;
      go.textContent = isOne ? "Paint the region" : "Paint the regions";
      own.textContent = isOne ? "Its painting" : `The painting of region ${placeOf(state) + 1}`;
    },
  );
  return el(
    "div",
    { class: "panel-body" },
    el("h2", {}, "Region"),
    el("p", { class: "quiet" }, "Paint over what is to be painted, and give it a painting."),
    createList(),
    persons,
    createModes(),
    createBrushSlider("Size", "radius", 0.01, 0.3),
    createBrushSlider("Softness", "softness", 0, 1),
    el("div", { class: "row" }, back, forth, empty),
    own,
    createGrid("Paintings, of which the region can have one", givePainting, (state) => [regionOf(state).painting?.key]),
    createRest(),
    el("div", { class: "actions" }, go),
  );
}
