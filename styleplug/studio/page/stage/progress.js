// How far the job on the stage is, with its time left, and the ways to end it.

import { announce } from "../core/announce.js";
import { el, setText } from "../core/dom.js";
import { stop } from "../actions/jobs.js";
import { isOver, shownJob, store } from "../core/state.js";
import { describe, duration, percent } from "../core/words.js";

const SAID_EVERY = 0.25; // of the whole, to a screen reader

export function createProgress() {
  const bar = el("progress", { max: "1", "aria-label": "Progress" });
  const state = el("p", { class: "progress-state" });
  const detail = el("p", { class: "progress-detail" });
  const current = () => shownJob(store.state).id;
  const keep = el("button", { onclick: () => stop(current(), true) }, "Stop and keep");
  const discard = el("button", { class: "plain", onclick: () => stop(current(), false) }, "Stop");
  const root = el(
    "div",
    { class: "progress", role: "group", "aria-label": "The picture that is painted" },
    bar,
    el("div", { class: "progress-words" }, state, detail),
    keep,
    discard,
  );
  let said = 0;

  store.watch(
    (now) => [shownJob(now), now.stage],
    (job, stage) => {
      root.hidden = !job || isOver(job) || stage === "variants" || stage === "sheet";
      if (root.hidden) {
        if (root.contains(document.activeElement)) document.querySelector(".compare").focus();
        said = 0;
        return;
      }
      const { fraction = 0, seconds_left: left, message } = job.progress ?? {};
      const isWaiting = job.state === "queued";
      if (isWaiting || !fraction) bar.removeAttribute("value");
      else bar.value = fraction;
      const far = `${percent(fraction)}${left ? `, ${duration(left)} left` : ""}`;
      setText(state, isWaiting ? "Waiting its turn" : far);
      setText(detail, [describe(job, store.state.catalogue), message].filter(Boolean).join(" · "));
      keep.hidden = job.kind === "filter" || !job.preview;
      if (fraction >= said + SAID_EVERY) {
        said = Math.floor(fraction / SAID_EVERY) * SAID_EVERY;
        announce(far);
      }
    },
  );
  return root;
}
