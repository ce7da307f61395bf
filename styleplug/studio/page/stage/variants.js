// The grid of variants: each with what it is, its progress, and its picture once there is one.

import { openLarge } from "../actions/variants.js";
import { donePicture } from "../core/api.js";
import { el, fill, follow, setText } from "../core/dom.js";
import { show } from "../core/pictures.js";
import { roving } from "../core/roving.js";
import { currentPhoto, hasPicture, store } from "../core/state.js";
import { stateOf } from "../core/words.js";
import { cardAspect } from "./sheet.js";

export function createVariantsGrid() {
  const heads = el("div", { class: "variant-heads", "aria-hidden": "true" });
  const grid = el("div", { class: "variant-grid", role: "group", "aria-label": "Variants; choose one to paint it large" });
  const settle = roving(grid, "button", () => store.state.variants?.columns.length ?? 1);
  const root = el("div", { class: "variants" }, heads, grid);

  function cellOf(first) {
    const image = el("img", { alt: "", draggable: "false" });
    const state = el("span", { class: "badge" });
    let cell = first;
    const button = el("button", { class: "variant", onclick: () => openLarge(cell) }, image, state);
    button.refresh = (now) => {
      cell = now;
      const job = store.state.jobs[cell.job];
      const words = !job ? "waiting" : job.state === "done" ? "" : stateOf(job);
      setText(state, words);
      state.hidden = !words;
      button.setAttribute("aria-label", `${cell.title}${words ? `: ${words}` : ""}`);
      button.disabled = !job;
      if (!job) return;
      if (hasPicture(job)) show(image, donePicture(job.id, 384));
      else if (job.preview) show(image, job.preview);
    };
    return button;
  }

  store.watch(
    (state) => [state.variants, state.jobs],
    (variants) => {
      if (!variants) return fill(grid);
      const { id, columns, rows, cells } = variants;
      grid.style.setProperty("--columns", columns.length);
      heads.style.setProperty("--columns", columns.length);
      const photo = currentPhoto(store.state);
      grid.style.setProperty("--aspect", photo?.width ? cardAspect(photo) : 1.5);
      fill(heads, columns.map((title) => el("span", {}, title)));
      follow(grid, cells, ({ key }) => `${id}/${key}`, cellOf);
      [...grid.children].forEach((button, at) => {
        button.dataset.row = at % columns.length ? "" : rows[Math.floor(at / columns.length)];
      });
      settle();
    },
  );
  return root;
}
