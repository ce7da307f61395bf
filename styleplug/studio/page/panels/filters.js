// Filters: their sheet again, small, beside the picture, and what can be set of them.

import { el } from "../core/dom.js";
import { store } from "../core/state.js";
import { createFilterGrid } from "../stage/sheet.js";
import { createApply, createBasics } from "./tune.js";

export function createFiltersPanel() {
  const lead = el("p", { class: "quiet" });
  const back = el("button", { class: "wide", onclick: () => store.update({ stage: "sheet" }) }, "The whole sheet");
  const grid = createFilterGrid("cards cards-small");
  const settings = el("div", {}, el("h3", {}, "Of the filter"), createBasics("filter"), createApply("filter"));
  store.watch(
    (state) => [state.stage, state.filter, Boolean(state.current)],
    (stage, filter, hasPhoto) => {
      const isSheet = stage === "sheet";
      lead.hidden = !isSheet;
      lead.textContent = hasPhoto
        ? "A filter paints in a second or a few. Choose one on the sheet."
        : "A photograph comes first; then it is shown in every filter.";
      back.hidden = grid.hidden = isSheet;
      settings.hidden = !filter;
    },
  );
  return el("div", { class: "panel-body" }, el("h2", {}, "Filters"), lead, back, grid, settings);
}
