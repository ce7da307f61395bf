// Tune: everything that the catalogue lets one set, basic things first.

import { setPreset } from "../actions/choices.js";
import { apply, goOn } from "../actions/jobs.js";
import { el, fill } from "../core/dom.js";
import { hasPicture, isOver, isStale, optionsOf, recipeFor, shownJob, store } from "../core/state.js";
import { createOption } from "./option.js";

/** What is set elsewhere: how far to paint, under Finish; and what only a path could say. */
const ELSEWHERE = ["resolution", "output_size", "palette"];

export const tunable = (state, kind) =>
  optionsOf(state, kind).filter((option) => !ELSEWHERE.includes(option.name));

/** Controls of a kind's basic options. */
export function createBasics(kind) {
  const root = el("div", { class: "options" });
  store.watch(
    (state) => [state.catalogue?.options],
    () => fill(root, tunable(store.state, kind).filter((one) => one.basic).map((one) => createOption(kind, one))),
  );
  return root;
}

function createRest(kind) {
  const body = el("div", { class: "options" });
  const root = el("details", { class: "fold" }, el("summary", {}, "More"), body);
  store.watch(
    (state) => [state.catalogue?.options],
    () => {
      const rest = tunable(store.state, kind).filter((one) => !one.basic);
      fill(body, rest.map((one) => createOption(kind, one)));
      root.hidden = !rest.length;
    },
  );
  return root;
}

export function createPresets() {
  const list = el("div", { class: "presets", role: "radiogroup", "aria-label": "Preset" });
  store.watch(
    (state) => [state.catalogue?.presets],
    (presets = []) =>
      fill(
        list,
        presets.map(({ name, help }) =>
          el(
            "label",
            { class: "preset" },
            el("input", { type: "radio", name: "preset", value: name, onchange: () => setPreset(name) }),
            el("span", {}, el("b", {}, name), el("small", {}, help)),
          ),
        ),
      ),
  );
  store.watch(
    (state) => [state.preset, state.catalogue?.presets],
    (preset) => {
      for (const input of list.querySelectorAll("input")) input.checked = input.value === preset;
    },
  );
  return list;
}

/**
 * The buttons that do what is set: from where the picture is, or from the beginning.
 *
 * @param only the kind of job, where it isn't just that of what was chosen last
 */
export function createApply(only) {
  const go = el("button", { class: "primary wide" });
  const anew = el("button", { class: "wide" }, "Begin anew");
  const hint = el("p", { class: "quiet" });
  let act = apply;
  const asChosen = (work) => () => {
    if (only) store.update({ kind: only });
    work();
  };
  go.addEventListener("click", asChosen(() => act()));
  anew.addEventListener("click", asChosen(apply));
  store.watch(
    (state) => [shownJob(state), state.kind, state.filter, state.chosen, state.current, state.options, state.preset],
    (job, last) => {
      const kind = only ?? last;
      const recipe = recipeFor(store.state, store.state.current, kind);
      const isSame = job?.kind === kind;
      const goesOn = isSame && kind === "stylize" && (hasPicture(job) || (!isOver(job) && job.preview));
      act = goesOn ? goOn : apply;
      go.textContent = goesOn ? "Go on from this picture" : kind === "filter" ? "Apply the filter" : "Paint";
      go.disabled = !recipe || !store.state.current || (goesOn && !isStale(store.state, job, kind));
      anew.hidden = !goesOn;
      hint.hidden = !go.disabled;
      if (!store.state.current) hint.textContent = "A photograph comes first.";
      else if (recipe) hint.textContent = "Change something, and the picture goes on from where it is.";
      else hint.textContent = kind === "filter" ? "Choose a filter first." : "Choose a painting first.";
    },
  );
  return el("div", { class: "actions" }, go, anew, hint);
}

export function createTunePanel() {
  const which = el("p", { class: "quiet" });
  const bodies = {
    filter: el("div", {}, createBasics("filter"), createRest("filter")),
    stylize: el("div", {}, createPresets(), createBasics("stylize"), createRest("stylize")),
  };
  store.watch(
    (state) => [state.kind],
    (kind) => {
      for (const [name, body] of Object.entries(bodies)) body.hidden = name !== kind;
      which.textContent =
        kind === "filter" ? "For the filter. Those for paintings come with a painting." : "For the paintings.";
    },
  );
  return el("div", { class: "panel-body" }, el("h2", {}, "Tune"), which, bodies.filter, bodies.stylize, createApply());
}
