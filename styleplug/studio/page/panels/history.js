// History: each result with its recipe; done again with something changed, or deleted.

import { open, remove, takeRecipe } from "../actions/jobs.js";
import { donePicture, resultFile } from "../core/api.js";
import { el, fill, follow, setText } from "../core/dom.js";
import { show } from "../core/pictures.js";
import { currentPhoto, hasPicture, isOver, isVariant, store } from "../core/state.js";
import { describe, STATES, when } from "../core/words.js";

const entries = (jobs) =>
  Object.values(jobs)
    .filter((job) => !isVariant(job))
    .sort((one, other) => (one.created < other.created ? 1 : -1));

/** What was asked for, as pairs of words. */
function recipeLines({ kind, recipe, seconds }) {
  const lines = [];
  if (kind === "stylize") {
    if (recipe.preset) lines.push(["preset", recipe.preset]);
    if (recipe.weights) lines.push(["weights", recipe.weights.join(" : ")]);
    if (recipe.regions) lines.push(["regions", recipe.regions.length]);
  } else {
    lines.push(["filter", recipe.filter]);
  }
  for (const [name, value] of Object.entries(recipe.options ?? {})) {
    lines.push([name.replaceAll("_", " "), value === null ? "none" : String(value)]);
  }
  if (recipe.start_from) lines.push(["began from", "an earlier picture"]);
  if (seconds) lines.push(["took", `${Math.round(seconds)} s`]);
  return lines.length ? lines : [["options", "as usual"]];
}

function createAgain(job) {
  const choices = [
    [job.kind === "filter" ? "another filter" : "another painting", job.kind === "filter" ? "filters" : "paintings"],
    ["other settings", "tune"],
    ["all photographs", "finish"],
  ];
  return el(
    "details",
    { class: "again" },
    el("summary", {}, "Do it again with…"),
    el(
      "div",
      { class: "row" },
      choices.map(([title, tab]) => el("button", { class: "small", onclick: () => takeRecipe(job, tab) }, title)),
    ),
  );
}

function createEntry(first) {
  const image = el("img", { alt: "" });
  const title = el("span", { class: "title" });
  const detail = el("span", { class: "detail" });
  const download = el("a", { class: "button small", download: "" }, "Download");
  const recipe = el("dl", { class: "recipe" });
  let job = first;
  const item = el(
    "li",
    { class: "entry" },
    el("button", { class: "entry-open", onclick: () => open(job) }, image, el("span", {}, title, detail)),
    el("details", {}, el("summary", {}, "Recipe"), recipe),
    createAgain(first),
    el("div", { class: "row" }, download, createDelete(() => job)),
  );
  item.refresh = (now) => {
    job = now;
    setText(title, describe(job, store.state.catalogue));
    const photo = job.photo_name ?? store.state.photos.find(({ id }) => id === job.photo)?.name ?? "";
    setText(detail, [photo, job.state === "done" ? when(job.created) : STATES[job.state]].filter(Boolean).join(" · "));
    fill(recipe, recipeLines(job).flatMap(([name, value]) => [el("dt", {}, name), el("dd", {}, value)]));
    if (hasPicture(job)) show(image, donePicture(job.id, 192));
    download.hidden = !hasPicture(job);
    download.href = resultFile(job.id);
    item.classList.toggle("is-failed", job.state === "failed");
    if (job.error) setText(detail, job.error.message);
  };
  return item;
}

/** Deletes at the second press, so that nothing is lost by a slip.
 * @param current gives the job as it is at that moment */
function createDelete(current) {
  const button = el("button", { class: "small plain" }, "Delete");
  const calm = () => {
    button.textContent = "Delete";
    button.classList.remove("danger");
  };
  button.addEventListener("blur", calm);
  button.addEventListener("click", () => {
    if (button.classList.contains("danger")) {
      document.getElementById("panel").focus();
      return remove(current().id);
    }
    button.textContent = isOver(current()) ? "Really delete" : "Stop and delete";
    button.classList.add("danger");
  });
  return button;
}

export function createHistoryPanel() {
  const empty = el("p", { class: "quiet" }, "Nothing has been painted yet.");
  const list = el("ul", { class: "history" });
  store.watch(
    (state) => [state.jobs, state.catalogue, currentPhoto(state)],
    (jobs) => {
      const all = entries(jobs);
      empty.hidden = all.length > 0;
      follow(list, all, ({ id }) => id, createEntry);
    },
  );
  return el("div", { class: "panel-body" }, el("h2", {}, "History"), empty, list);
}
