// The region's editor: a soft brush over the photograph, by pointer or by keyboard.

import { addStroke, redo, regionOf, regionsOf, undo } from "../actions/regions.js";
import { uploadPicture } from "../core/api.js";
import { el } from "../core/dom.js";
import { forget, show } from "../core/pictures.js";
import { currentPhoto, store } from "../core/state.js";
import { brush } from "./brush.js";
import { drawMask, drawStroke, maskSize } from "./mask.js";

export function createRegionEditor() {
  const image = el("img", { alt: "", draggable: "false" });
  const canvas = el("canvas", {
    tabindex: "0",
    role: "application",
    "aria-label": "Region to paint",
    "aria-describedby": "region-keys",
  });
  const others = el("canvas", { class: "others", "aria-hidden": "true" });
  const cursor = el("div", { class: "cursor", "aria-hidden": "true" });
  const keys = el(
    "p",
    { id: "region-keys", class: "unseen" },
    "Arrow keys move the brush, the space bar paints, and E erases instead; brackets change its size.",
  );
  const board = el("div", { class: "board" }, image, canvas, others, cursor);
  const root = el("div", { class: "region" }, board, keys);
  const place = { x: 0.5, y: 0.5 }; // the brush's, in shares of the longest side
  let stroke = null;

  const tint = (name = "--tint") => getComputedStyle(root).getPropertyValue(name);
  const longest = () => Math.max(canvas.clientWidth, canvas.clientHeight) || 1;

  function layOut() {
    const photo = currentPhoto(store.state);
    if (!photo?.width || root.hidden) return;
    const room = root.getBoundingClientRect();
    const style = getComputedStyle(root);
    const width = room.width - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight);
    const height = room.height - parseFloat(style.paddingTop) - parseFloat(style.paddingBottom);
    const scale = Math.min(width / photo.width, height / photo.height);
    board.style.width = `${photo.width * scale}px`;
    board.style.height = `${photo.height * scale}px`;
    showCursor();
  }

  function showCursor() {
    const size = 2 * brush.radius * longest();
    cursor.style.width = cursor.style.height = `${size}px`;
    cursor.style.transform = `translate(${place.x * longest() - size / 2}px, ${place.y * longest() - size / 2}px)`;
  }

  function draw(region) {
    drawMask(canvas, region, tint());
    [others.width, others.height] = [canvas.width, canvas.height];
    const layer = others.cloneNode();
    for (const one of regionsOf(store.state)) {
      if (one === region) continue;
      drawMask(layer, one, tint("--ink"));
      others.getContext("2d").drawImage(layer, 0, 0);
    }
  }

  function begin() {
    stroke = { points: [[place.x, place.y]], radius: brush.radius, softness: brush.softness, erase: brush.erase };
    drawStroke(canvas.getContext("2d"), stroke, 0, tint());
  }

  function extend() {
    stroke.points.push([place.x, place.y]);
    drawStroke(canvas.getContext("2d"), stroke, stroke.points.length - 1, tint());
  }

  function finish() {
    if (stroke) addStroke(stroke);
    stroke = null;
  }

  function moveTo(event) {
    const { left, top } = canvas.getBoundingClientRect();
    place.x = (event.clientX - left) / longest();
    place.y = (event.clientY - top) / longest();
    showCursor();
  }

  canvas.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    canvas.setPointerCapture(event.pointerId);
    moveTo(event);
    begin();
  });
  canvas.addEventListener("pointermove", (event) => {
    for (const one of event.getCoalescedEvents?.() ?? [event]) {
      moveTo(one);
      if (stroke) extend();
    }
  });
  canvas.addEventListener("pointerup", finish);
  canvas.addEventListener("pointercancel", finish);

  canvas.addEventListener("keydown", (event) => {
    const moves = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
    if (event.key in moves) {
      const [dx, dy] = moves[event.key].map((step) => step * brush.radius);
      place.x = Math.min(canvas.clientWidth / longest(), Math.max(0, place.x + dx));
      place.y = Math.min(canvas.clientHeight / longest(), Math.max(0, place.y + dy));
      showCursor();
      if (event.shiftKey) paintTo();
    } else if (event.key === " ") paintTo();
    else if (event.key === "e") brush.set({ erase: !brush.erase });
    else if (event.key === "[") brush.set({ radius: Math.max(0.01, brush.radius / 1.25) });
    else if (event.key === "]") brush.set({ radius: Math.min(0.3, brush.radius * 1.25) });
    else if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "z") (event.shiftKey ? redo : undo)();
    else return;
    event.preventDefault();
  });

  function paintTo() {
    begin();
    finish();
  }

  brush.addEventListener("change", showCursor);
  new ResizeObserver(layOut).observe(root);
  store.watch(
    (state) => [currentPhoto(state), state.stage],
    (photo, stage) => {
      if (!photo?.width || stage !== "region") return;
      image.alt = `The photograph ${photo.name}`;
      if (image.dataset.photo !== photo.id) forget(image);
      image.dataset.photo = photo.id;
      show(image, uploadPicture(photo.id, 1024));
      [canvas.width, canvas.height] = maskSize(photo.width, photo.height);
      draw(regionOf(store.state));
      requestAnimationFrame(layOut);
    },
  );
  store.watch(
    (state) => [regionOf(state)],
    (region) => {
      if (currentPhoto(store.state)?.width) draw(region);
    },
  );
  return root;
}
