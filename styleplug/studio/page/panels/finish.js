// Finish: in print size, as a file, beside the photograph, and for all photographs.

import { applyToAll, paintInPrintSize, saveBeside } from "../actions/jobs.js";
import { resultFile } from "../core/api.js";
import { el, fill, follow, setText } from "../core/dom.js";
import { currentPhoto, hasPicture, isOver, optionsOf, recipeFor, shownJob, store } from "../core/state.js";
import { bytes, describe, dimensions, plural, standing } from "../core/words.js";

const hasResolution = (state) => optionsOf(state, "stylize").some(({ name }) => name === "resolution");

function createResult() {
  const facts = el("p", { class: "quiet" });
  const download = el("a", { class: "button primary wide", download: "" }, "Download");
  const save = el("button", { class: "wide" }, "Save beside the photograph");
  save.addEventListener("click", () => saveBeside(shownJob(store.state).id));
  const print = el("button", { class: "wide" }, "Paint in print size");
  print.addEventListener("click", () => paintInPrintSize(shownJob(store.state)));
  store.watch(
    (state) => [shownJob(state), currentPhoto(state)],
    (job, photo) => {
      const result = job?.result;
      download.hidden = !result;
      if (result) download.href = resultFile(job.id);
      save.hidden = !result || !photo?.origin;
      const isPrint = job?.recipe?.options?.resolution === "photo";
      print.hidden = !hasResolution(store.state) || job?.kind !== "stylize" || isPrint;
      print.disabled = !hasPicture(job);
      setText(
        facts,
        result
          ? `${describe(job, store.state.catalogue)}: ${dimensions(result)} pixels, ${result.format.toUpperCase()}, ${bytes(result.bytes)}`
          : job && !isOver(job)
            ? "The picture is still being painted."
            : "There is no picture yet: choose a filter or a painting.",
      );
    },
  );
  return el("div", { class: "stack" }, facts, download, save, print);
}

function createFormats() {
  const select = el("select", { id: "format", onchange: () => store.update({ format: select.value }) });
  store.watch(
    (state) => [state.catalogue?.formats],
    (formats = []) => {
      const written = formats.filter((format) => format.writes.length);
      fill(
        select,
        el("option", { value: "" }, "as the photograph's"),
        written.map(({ name, label }) => el("option", { value: name }, label)),
      );
    },
  );
  return el("div", { class: "option" }, el("label", { for: "format" }, "Format of new pictures"), select);
}

function createQueue() {
  const unchecked = new Set();
  const list = el("ul", { class: "queue", "aria-label": "Photographs" });
  const go = el("button", { class: "primary wide" });
  const all = el("button", { class: "wide" }, "Download all that are done");
  const included = () => store.state.photos.filter((photo) => !photo.pending && !unchecked.has(photo.id));
  go.addEventListener("click", () => applyToAll(included().map((photo) => photo.id)));
  all.addEventListener("click", () => {
    for (const link of list.querySelectorAll("a:not([hidden])")) link.click();
  });

  function create(first) {
    const check = el("input", { type: "checkbox", checked: true, "aria-label": `Include ${first.name}` });
    check.addEventListener("change", () => {
      unchecked[check.checked ? "delete" : "add"](first.id);
      refresh();
    });
    const state = el("span", { class: "state" });
    const link = el("a", { download: "", "aria-label": `Download ${first.name}` }, "Download");
    const item = el("li", {}, check, el("span", { class: "title" }, first.name), state, link);
    item.refresh = (photo) => {
      const job = shownJob(store.state, photo.id);
      item.dataset.state = job?.state ?? "";
      setText(state, standing(photo, job));
      link.hidden = !hasPicture(job);
      if (job) link.href = resultFile(job.id);
    };
    return item;
  }

  function refresh() {
    const { photos, current } = store.state;
    follow(list, photos, ({ id }) => id, create);
    const count = included().length;
    go.textContent = `Do the same to ${plural(count, "photograph")}`;
    go.disabled = !count || !recipeFor(store.state, current);
    all.hidden = photos.filter((photo) => hasPicture(shownJob(store.state, photo.id))).length < 2;
  }
  store.watch((state) => [state.photos, state.jobs, state.shown, state.chosen, state.filter, state.kind], refresh);
  return el("div", { class: "stack" }, el("h3", {}, "All photographs"), list, go, all);
}

export function createFinishPanel() {
  return el("div", { class: "panel-body" }, el("h2", {}, "Finish"), createResult(), createFormats(), createQueue());
}
