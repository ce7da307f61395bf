// Buttons that choose files.

import { el } from "../core/dom.js";

/** A button that opens the system's dialog, and hands on the files. */
export function fileButton(content, take, className = "", label = null) {
  const input = el("input", { type: "file", multiple: true, hidden: true, accept: "image/*,.dng,.nef,.cr2,.cr3,.arw,.raf,.orf,.rw2,.pef" });
  input.addEventListener("change", () => {
    take([...input.files]);
    input.value = "";
  });
  const button = el("button", { class: className, "aria-label": label, onclick: () => input.click() }, content);
  return el("span", { class: "file-button" }, button, input);
}
