// Region: the brush's settings, and what to do with what was painted.

import { selectTab } from "../actions/choices.js";
import { apply } from "../actions/jobs.js";
import { clear, redo, regionOf, startWithPersons, undo } from "../actions/regions.js";
import { el, follow, setText } from "../core/dom.js";
import { icon } from "../core/icons.js";
import { can, hasRegion, store } from "../core/state.js";
import { percent } from "../core/words.js";
import { brush } from "../stage/brush.js";

function createBrushSlider(title, property, low, high) {
  const id = `brush-${property}`;
  const value = el("output", { class: "figure", for: id });
  const input = el("input", { type: "range", id, min: String(low), max: String(high), step: "0.01" });
  input.addEventListener("input", () => brush.set({ [property]: Number(input.value) }));
  const refresh = () => {
    input.value = brush[property];
    input.style.setProperty("--share", (brush[property] - low) / (high - low));
    input.setAttribute("aria-valuetext", percent(brush[property]));
    setText(value, percent(brush[property]));
  };
  brush.addEventListener("change", refresh);
  refresh();
  return el("div", { class: "option" }, el("div", { class: "option-head" }, el("label", { for: id }, title), value), input);
}

function createModes() {
  const modes = [
    [false, "Paint", "region"],
    [true, "Erase", "erase"],
  ];
  const buttons = modes.map(([erase, title, name]) =>
    el("button", { type: "button", onclick: () => brush.set({ erase }) }, icon(name), title),
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

export function createRegionPanel() {
  const back = el("button", { type: "button", class: "small", onclick: undo }, icon("undo"), "Undo");
  const forth = el("button", { type: "button", class: "small", onclick: redo }, icon("redo"), "Redo");
  const empty = el("button", { type: "button", class: "small", onclick: clear }, "Clear");
  const persons = el("button", { type: "button", class: "wide", onclick: startWithPersons }, icon("person"), "Start with the people in it");
  const list = el("ul", { class: "chosen" });
  const choose = el("button", { type: "button", class: "wide", onclick: () => selectTab("paintings") });
  const go = el("button", { type: "button", class: "primary wide", onclick: paint }, "Paint the region");
  store.watch(
    (state) => [regionOf(state), state.chosen, can(state, "person-mask"), state.current],
    (region, chosen, hasPersons) => {
      back.disabled = !region.strokes.length && !region.start;
      forth.disabled = !region.undone.length;
      empty.disabled = !hasRegion(store.state);
      persons.hidden = !hasPersons;
      go.disabled = !hasRegion(store.state) || !chosen.length;
      choose.textContent = chosen.length ? "Another painting" : "Choose a painting for it";
      follow(list, chosen, ({ key }) => key, ({ thumbnail, title }) =>
        el("li", {}, el("img", { src: thumbnail, alt: "" }), el("span", { class: "title" }, title)),
      );
    },
  );
  return el(
    "div",
    { class: "panel-body" },
    el("h2", {}, "Region"),
    el("p", { class: "quiet" }, "Paint over what is to be painted; the rest stays a photograph."),
    persons,
    createModes(),
    createBrushSlider("Size", "radius", 0.01, 0.3),
    createBrushSlider("Softness", "softness", 0, 1),
    el("div", { class: "row" }, back, forth, empty),
    el("h3", {}, "Its painting"),
    list,
    choose,
    el("div", { class: "actions" }, go),
  );
}
