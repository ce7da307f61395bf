// Files come by dropping and pasting, anywhere on the page.

import { addPaintings } from "../actions/paintings.js";
import { addPhotographs } from "../actions/photographs.js";
import { notify } from "../core/announce.js";
import { el, fill } from "../core/dom.js";
import { icon } from "../core/icons.js";
import { store } from "../core/state.js";

/** Takes what is dropped: as photographs or, where there is one already and it was dropped so, as paintings. */
export function createDrop(overlay) {
  const zones = [
    ["photo", "A photograph", addPhotographs],
    ["paintings", "A painting to paint by", addPaintings],
  ].map(([name, title, take]) => {
    const zone = el("div", { class: "zone" }, icon(name), el("span", {}, title));
    zone.take = take;
    return zone;
  });
  fill(overlay, zones);

  document.addEventListener("dragenter", (event) => {
    if (!event.dataTransfer?.types.includes("Files")) return;
    zones[1].hidden = !store.state.photos.length;
    overlay.hidden = false;
  });
  document.addEventListener("dragover", (event) => {
    event.preventDefault();
    for (const zone of zones) zone.classList.toggle("is-over", zone.contains(event.target));
  });
  document.addEventListener("dragleave", (event) => {
    if (!event.relatedTarget) overlay.hidden = true;
  });
  document.addEventListener("drop", (event) => {
    event.preventDefault();
    overlay.hidden = true;
    const files = [...(event.dataTransfer?.files ?? [])];
    if (!files.length) return;
    const zone = zones.find((one) => one.contains(event.target)) ?? zones[0];
    zone.take(files);
  });
  document.addEventListener("paste", (event) => {
    const files = [...(event.clipboardData?.files ?? [])];
    if (files.length) addPhotographs(files);
    else if (!event.target.matches("input")) notify("There is no picture in the clipboard.", "news");
  });
}
