// The stage: what is seen large. One of its views is there at a time.

import { el } from "../core/dom.js";
import { currentPhoto, store } from "../core/state.js";
import { createCompare } from "./compare.js";
import { createEmpty } from "./empty.js";
import { createProgress } from "./progress.js";
import { createRegionEditor } from "./region.js";
import { createSheet } from "./sheet.js";
import { createTools } from "./tools.js";
import { createVariantsGrid } from "./variants.js";

export function createStage(stage) {
  const compare = createCompare();
  const picture = el("div", { class: "picture-view" }, compare.root, createTools(compare));
  const views = {
    empty: createEmpty(),
    sheet: createSheet(),
    picture,
    region: createRegionEditor(),
    variants: createVariantsGrid(),
  };
  stage.append(...Object.values(views), createProgress());
  store.watch(
    (state) => [currentPhoto(state) ? state.stage : "empty"],
    (name) => {
      const hadFocus = stage.contains(document.activeElement);
      for (const [key, view] of Object.entries(views)) view.hidden = key !== name;
      stage.dataset.view = name;
      // Whoever works by keyboard is led to what has taken the place of what was left.
      if (hadFocus) views[name].querySelector("[tabindex='0'], button")?.focus();
    },
  );
}
