// The divider between before and after: a slider for the pointer, the keyboard and screen readers.

import { el } from "../core/dom.js";
import { store } from "../core/state.js";

export function createDivider(view) {
  const divider = el(
    "div",
    {
      class: "divider",
      role: "slider",
      tabindex: "0",
      "aria-label": "Divider between original and painted",
      "aria-orientation": "horizontal",
      "aria-valuemin": "0",
      "aria-valuemax": "100",
    },
    el("span", { class: "knob", "aria-hidden": "true" }),
  );

  /** What of the picture is in the pane, from left to right, in CSS pixels. */
  function extent() {
    const { left, width } = view.frame;
    const from = Math.max(0, left);
    return [from, Math.min(view.pane.width, left + width) - from];
  }

  /** Where a share of 0 to 100 lies; also puts the divider there. */
  divider.place = (split) => {
    const [from, length] = extent();
    const x = from + (length * split) / 100;
    const { top, height } = view.frame;
    divider.style.top = `${Math.max(0, top)}px`;
    divider.style.height = `${Math.min(view.pane.height, top + height) - Math.max(0, top)}px`;
    divider.style.transform = `translateX(${x}px)`;
    divider.setAttribute("aria-valuenow", Math.round(split));
    divider.setAttribute("aria-valuetext", `${Math.round(split)} % original, on the left`);
    return x;
  };

  divider.moveTo = (x) => {
    const [from, length] = extent();
    store.update({ split: Math.min(100, Math.max(0, (100 * (x - from)) / length)) });
  };

  divider.addEventListener("keydown", (event) => {
    const { split } = store.state;
    const to = {
      ArrowLeft: split - 2,
      ArrowDown: split - 2,
      ArrowRight: split + 2,
      ArrowUp: split + 2,
      PageDown: split - 10,
      PageUp: split + 10,
      Home: 0,
      End: 100,
    }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    store.update({ split: Math.min(100, Math.max(0, to)) });
  });
  return divider;
}
