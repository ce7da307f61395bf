// Variants: which grid to paint.

import { selectTab } from "../actions/choices.js";
import { clearGrid, paintingsAndPhotographs, strengthsAndStrokes } from "../actions/variants.js";
import { el } from "../core/dom.js";
import { store } from "../core/state.js";
import { plural } from "../core/words.js";

export function createVariantsPanel() {
  const settings = el("button", { class: "wide", onclick: strengthsAndStrokes }, "Strength × strokes");
  const pairs = el("button", { class: "wide", onclick: paintingsAndPhotographs });
  const choose = el("button", { class: "wide primary", onclick: () => selectTab("paintings") }, "Choose a painting first");
  const back = el("button", { class: "wide", onclick: () => store.update({ stage: "variants" }) }, "Back to the grid");
  const away = el("button", { class: "wide plain", onclick: clearGrid }, "Put the grid away");
  store.watch(
    (state) => [state.chosen, state.photos, state.current, state.variants, state.stage],
    (chosen, photos, current, variants, stage) => {
      const isReady = Boolean(chosen.length && current);
      settings.disabled = pairs.disabled = !isReady;
      choose.hidden = Boolean(chosen.length);
      pairs.textContent = `${plural(chosen.length || 1, "painting")} × ${plural(photos.length || 1, "photograph")}`;
      back.hidden = !variants || stage === "variants";
      away.hidden = !variants;
    },
  );
  return el(
    "div",
    { class: "panel-body" },
    el("h2", {}, "Variants"),
    el("p", { class: "quiet" }, "Small pictures side by side, to choose by eye. Any of them can be painted large, from where it is."),
    choose,
    settings,
    pairs,
    back,
    away,
  );
}
