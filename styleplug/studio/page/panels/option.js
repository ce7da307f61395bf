// A control for an option, built from what the catalogue says of it.

import { setOption } from "../actions/choices.js";
import { el, freshId, setText } from "../core/dom.js";
import { icon } from "../core/icons.js";
import { store, usualValue, valueOf } from "../core/state.js";
import { figure } from "../core/words.js";

const STEPS = 200; // of a slider
const SLIDER_RANGE = 64; // a wider one is typed
const FEW = 3; // choices that stand side by side

/** A control for an option of a kind of job. */
export function createOption(kind, option) {
  const id = freshId("option");
  const set = (value) => setOption(kind, option.name, value);
  const control = kindOfControl(option)(option, set, id);
  const help = el("p", { class: "help", id: `${id}-help`, hidden: true }, option.help);
  const more = el(
    "button",
    { class: "round", "aria-expanded": "false", "aria-controls": help.id, "aria-label": `About ${option.label}` },
    icon("help"),
  );
  more.addEventListener("click", () => {
    help.hidden = !help.hidden;
    more.setAttribute("aria-expanded", String(!help.hidden));
  });
  const reset = el(
    "button",
    { class: "round reset", "aria-label": `Reset ${option.label}`, title: "Reset", onclick: () => set(undefined) },
    icon("undo"),
  );
  const label = el(control.isGroup ? "span" : "label", { id: `${id}-label`, for: control.isGroup ? null : id }, option.label);
  const root = el(
    "div",
    { class: `option option-${option.type}` },
    el("div", { class: "option-head" }, label, more, reset, control.value ?? null),
    control.root,
    help,
  );
  store.watch(
    (state) => [valueOf(state, kind, option), option.name in state.options[kind]],
    (value, isSet) => {
      control.show(value);
      reset.disabled = !isSet || value === usualValue(store.state, kind, option);
    },
  );
  return root;
}

function kindOfControl(option) {
  const { type, low, high, choices } = option;
  if (type === "bool") return createSwitch;
  if (type === "choice") return choices.length <= FEW ? createSegment : createSelect;
  if (type === "text") return createText;
  const spread = low > 0 ? high / low : high - low;
  return type === "float" && spread <= SLIDER_RANGE && !option.optional ? createSlider : createNumber;
}

/**
 * A slider; where the range spans factors, as 0.25 to 4, its steps are factors, too.
 *
 * @param words says a value
 */
export function createSlider({ low, high }, set, id, words = figure) {
  const isScale = low > 0 && high / low >= 8;
  const toShare = (value) =>
    isScale ? Math.log(value / low) / Math.log(high / low) : (value - low) / (high - low);
  const fromShare = (share) => (isScale ? low * (high / low) ** share : low + share * (high - low));
  const input = el("input", { type: "range", id, min: "0", max: String(STEPS), step: "1" });
  const value = el("output", { class: "figure", for: id });
  input.addEventListener("input", () => {
    const exact = fromShare(input.value / STEPS);
    set(Number(exact.toFixed(2)));
  });
  const show = (now) => {
    input.value = Math.round(STEPS * toShare(now));
    input.style.setProperty("--share", toShare(now));
    input.setAttribute("aria-valuetext", words(now));
    setText(value, words(now));
  };
  return { root: input, value, show };
}

function createNumber({ type, low, high, optional }, set, id) {
  const input = el("input", {
    type: "number",
    id,
    min: low,
    max: high,
    step: type === "int" ? "1" : "any",
    placeholder: optional ? "none" : null,
  });
  input.addEventListener("change", () => {
    if (input.value === "") set(optional ? null : undefined);
    else if (input.reportValidity()) set(Number(input.value));
  });
  return { root: input, show: (now) => (input.value = now ?? "") };
}

function createText({ optional }, set, id) {
  const input = el("input", { type: "text", id, spellcheck: "false", autocomplete: "off" });
  input.addEventListener("change", () => set(input.value || (optional ? null : undefined)));
  return { root: input, show: (now) => (input.value = now ?? "") };
}

function createSwitch(option, set, id) {
  const input = el("input", { type: "checkbox", role: "switch", id });
  input.addEventListener("change", () => set(input.checked));
  return { root: el("span", { class: "switch" }, input), show: (now) => (input.checked = now) };
}

function createSelect({ choices }, set, id) {
  const select = el("select", { id }, choices.map((choice) => el("option", { value: choice }, choice)));
  select.addEventListener("change", () => set(select.value));
  return { root: select, show: (now) => (select.value = now) };
}

function createSegment({ choices }, set, id) {
  const radios = choices.map((choice) => el("input", { type: "radio", name: id, value: choice, onchange: () => set(choice) }));
  const root = el(
    "div",
    { class: "segment", role: "radiogroup", "aria-labelledby": `${id}-label` },
    choices.map((choice, at) => el("label", {}, radios[at], el("span", {}, choice))),
  );
  const show = (now) => radios.forEach((radio) => (radio.checked = radio.value === now));
  return { root, show, isGroup: true };
}
