// The tools under the picture: how to compare, the original, the zoom.

import { el, setText } from "../core/dom.js";
import { icon } from "../core/icons.js";
import { shownJob, store } from "../core/state.js";
import { percent } from "../core/words.js";

const MODES = [
  ["divider", "Divider"],
  ["side", "Side by side"],
];

export function createTools(compare) {
  const modes = MODES.map(([mode, title]) =>
    el("button", { class: "tool", title, "aria-label": title, onclick: () => store.update({ comparison: mode }) }, icon(mode)),
  );
  const original = el("button", { class: "tool", title: "Hold to see the original (O)" }, icon("original"), el("span", {}, "Original"));
  holdable(original);
  const scale = el("output", { class: "figure", "aria-label": "Scale" });
  const [fit, full] = [
    ["Fit", (view) => view.fit()],
    ["100 %", (view) => view.full()],
  ].map(([title, change]) =>
    el("button", { class: "tool", title: "Z changes between both", onclick: () => compare.zoom(change) }, title),
  );

  store.watch(
    (state) => [state.comparison, Boolean(shownJob(state)), state.holding],
    (comparison, hasAfter, holding) => {
      modes.forEach((button, at) => {
        button.disabled = !hasAfter;
        button.setAttribute("aria-pressed", String(MODES[at][0] === comparison));
      });
      original.disabled = !hasAfter;
      original.setAttribute("aria-pressed", String(holding));
    },
  );
  compare.root.addEventListener("viewchange", () => {
    const { isFitted, isFull, magnification } = compare.view;
    fit.setAttribute("aria-pressed", String(isFitted));
    full.setAttribute("aria-pressed", String(isFull));
    setText(scale, percent(magnification));
  });
  document.addEventListener("keydown", (event) => {
    const isTyping = event.target.matches("input, select, textarea");
    if (isTyping || event.ctrlKey || event.metaKey || event.altKey) return;
    if (store.state.stage !== "picture") return;
    if (event.key === "o" && shownJob(store.state)) store.update({ holding: true });
    if (event.key === "z") compare.zoom((view) => view.toggle());
  });
  document.addEventListener("keyup", (event) => {
    if (event.key === "o") store.update({ holding: false });
  });
  return el(
    "div",
    { class: "tools", role: "toolbar", "aria-label": "Compare" },
    el("div", { class: "segment" }, modes),
    original,
    el("div", { class: "segment" }, fit, full),
    scale,
  );
}

/** Holds the original up as long as the button is pressed, by a pointer or a key. */
function holdable(button) {
  const hold = (holding) => store.update({ holding });
  button.addEventListener("pointerdown", (event) => {
    button.setPointerCapture(event.pointerId);
    hold(true);
  });
  for (const end of ["pointerup", "pointercancel", "blur"]) button.addEventListener(end, () => hold(false));
  button.addEventListener("contextmenu", (event) => event.preventDefault());
  button.addEventListener("keydown", (event) => {
    if (event.key !== " " && event.key !== "Enter") return;
    event.preventDefault();
    hold(true);
  });
  button.addEventListener("keyup", () => hold(false));
}
