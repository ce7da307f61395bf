// What is on the stage before there is a photograph.

import { addPhotographs } from "../actions/photographs.js";
import { el, fill } from "../core/dom.js";
import { icon } from "../core/icons.js";
import { store } from "../core/state.js";
import { plural } from "../core/words.js";
import { fileButton } from "../shell/files.js";

export function createEmpty() {
  const offer = el("p", { class: "quiet" });
  const strip = el("div", { class: "strip", "aria-hidden": "true" });
  store.watch(
    (state) => [state.catalogue],
    (catalogue) => {
      if (!catalogue) return;
      const { filters, styles } = catalogue;
      fill(offer, `${plural(filters.length, "filter")} and ${plural(styles.length, "painting")} wait for it. Nothing leaves this machine.`);
      fill(strip, styles.slice(0, 8).map(({ thumbnail }) => el("img", { src: thumbnail, alt: "" })));
    },
  );
  return el(
    "div",
    { class: "empty" },
    el(
      "div",
      { class: "empty-card" },
      icon("photo"),
      el("h2", {}, "Drop a photograph here"),
      el("p", {}, "or paste one, or"),
      fileButton("Choose photographs", addPhotographs, "primary"),
      offer,
      strip,
    ),
  );
}
