// What is chosen and set, before a job is asked for.

import { apply } from "./jobs.js";
import { store } from "../core/state.js";

/** Takes a filter, and shows the photograph in it. */
export function chooseFilter(name) {
  store.update({ filter: name, kind: "filter", stage: "picture" });
  return apply();
}

export function setPreset(preset) {
  store.update({ preset });
}

/** Sets an option; undefined gives it its usual value again. */
export function setOption(kind, name, value) {
  store.update(({ options }) => {
    const { [name]: before, ...rest } = options[kind];
    const set = value === undefined ? rest : { ...rest, [name]: value };
    return { options: { ...options, [kind]: set } };
  });
}

/** What each tab has on the stage. */
const STAGES = { filters: "sheet", region: "region", variants: "variants" };

export function selectTab(tab) {
  const stage = STAGES[tab] ?? "picture";
  store.update((state) => ({
    tab,
    stage: stage === "variants" && !state.variants ? "picture" : stage,
  }));
}
