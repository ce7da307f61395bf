// Before and after: with a divider, or side by side, zoomed and panned in step.

import { forget, load, show } from "../core/pictures.js";
import { donePicture, uploadPicture } from "../core/api.js";
import { el } from "../core/dom.js";
import { currentPhoto, hasPicture, shownJob, store } from "../core/state.js";
import { describe } from "../core/words.js";
import { createDivider } from "./divider.js";
import { watchPointers } from "./pointers.js";
import { standIn } from "./sheet.js";
import { Viewport } from "./viewport.js";

const SIZES = [1024, 2048, 4096]; // of previews, longest side

export function createCompare() {
  const view = new Viewport();
  const images = [0, 1].map(() => el("img", { draggable: "false", alt: "" }));
  const [before, after] = images.map((image, at) =>
    el("div", { class: `pane ${at ? "pane-after" : "pane-before"}` }, image),
  );
  const marks = ["Original", "Painted"].map((text) => el("span", { class: "mark" }, text));
  before.append(marks[0]);
  after.append(marks[1]);
  const divider = createDivider(view);
  const root = el("div", { class: "compare", tabindex: "0", role: "group" }, before, after, divider);
  root.setAttribute("aria-label", "Picture; plus and minus zoom, arrow keys move it");

  function layOut() {
    const { comparison, split, holding } = store.state;
    const hasAfter = Boolean(shownJob(store.state) && images[1].hasAttribute("src"));
    const isSide = hasAfter && comparison === "side";
    root.classList.toggle("is-side", isSide);
    root.classList.toggle("is-zoomed", !view.isFitted);
    view.pane = { width: before.clientWidth || 1, height: before.clientHeight || 1 };
    if (!view.isFitted) view.clamp();
    const { left, top } = view.frame;
    for (const image of images) {
      image.style.width = `${view.picture.width}px`;
      image.style.height = `${view.picture.height}px`;
      image.style.transform = `translate(${left}px, ${top}px) scale(${view.scale})`;
    }
    after.hidden = !hasAfter || (holding && !isSide);
    divider.hidden = after.hidden || isSide;
    after.style.clipPath = isSide ? "" : `inset(0 0 0 ${divider.place(split)}px)`;
    marks.forEach((mark, at) => placeMark(mark, at, hasAfter));
    root.dispatchEvent(new Event("viewchange"));
    sharpen();
  }

  /** Puts what a picture is called into its lower corner, as far as that is seen. */
  function placeMark(mark, at, isThere) {
    mark.hidden = !isThere;
    const { left, top, width, height } = view.frame;
    const isRight = at === 1 && !root.classList.contains("is-side");
    mark.style.bottom = `${Math.max(0, view.pane.height - top - height)}px`;
    mark.style.left = isRight ? "auto" : `${Math.max(0, left)}px`;
    mark.style.right = isRight ? `${Math.max(0, view.pane.width - left - width)}px` : "auto";
  }

  /** Loads pictures as large as they are seen, no larger. */
  function sharpen() {
    const photo = currentPhoto(store.state);
    const job = shownJob(store.state);
    if (!photo) return;
    const seen = Math.max(view.picture.width, view.picture.height) * view.magnification;
    const size = SIZES.find((one) => one >= seen) ?? SIZES.at(-1);
    show(images[0], photo.pending ? photo.local : uploadPicture(photo.id, size));
    const address = job && pictureOf(job, size);
    if (address) show(images[1], address);
  }

  /** What there is of a job's picture; before there is anything, what it will be like. */
  function pictureOf(job, size) {
    if (hasPicture(job)) return donePicture(job.id, size);
    if (job.preview) return job.preview;
    if (images[1].dataset.wanted) return null;
    if (job.recipe.start_from) return donePicture(job.recipe.start_from, SIZES[0]);
    return job.kind === "filter" ? standIn(job.photo, job.recipe.filter) : null;
  }

  images[1].addEventListener("load", layOut);

  store.watch(
    (state) => [currentPhoto(state)],
    (photo) => {
      for (const image of images) forget(image);
      images[0].alt = photo ? `The photograph ${photo.name}` : "";
      if (!photo) return;
      if (photo.local) show(images[0], photo.local);
      const take = (size) => {
        if (currentPhoto(store.state)?.id !== photo.id) return;
        view.picture = { width: size.width, height: size.height };
        view.fit();
        layOut();
      };
      if (photo.width) take(photo);
      else load(photo.local).then((image) => take({ width: image.naturalWidth, height: image.naturalHeight }), () => {});
    },
  );
  let last = null;
  store.watch(
    (state) => [shownJob(state), state.comparison, state.split, state.holding, state.stage],
    (job) => {
      if (job?.id !== last) forget(images[1]);
      last = job?.id;
      images[1].alt = job ? `Painted: ${describe(job, store.state.catalogue)}` : "";
      layOut();
    },
  );
  new ResizeObserver(layOut).observe(root);
  watchPointers(root, view, divider, layOut);
  root.addEventListener("keydown", (event) => {
    if (event.target !== root) return;
    const step = 60;
    const moves = { ArrowLeft: [step, 0], ArrowRight: [-step, 0], ArrowUp: [0, step], ArrowDown: [0, -step] };
    if (event.key === "+" || event.key === "=") view.zoomTo(view.scale * 1.4);
    else if (event.key === "-") view.zoomTo(view.scale / 1.4);
    else if (event.key in moves && !view.isFitted) view.pan(...moves[event.key]);
    else return;
    event.preventDefault();
    layOut();
  });

  return {
    root,
    view,
    zoom(change) {
      change(view);
      layOut();
    },
  };
}
