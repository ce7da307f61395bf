// The bar on top: the program's name, and that of the photograph.

import { el, setText } from "../core/dom.js";
import { currentPhoto, store } from "../core/state.js";
import { dimensions } from "../core/words.js";

export function createTopbar(bar) {
  const name = el("span", { class: "photo-name" });
  const size = el("span", { class: "photo-size" });
  bar.append(
    el("h1", { class: "brand" }, el("img", { src: "icon.svg", alt: "", width: "22", height: "22" }), el("b", {}, "styleplug"), " studio"),
    el("span", { class: "photo-facts" }, name, size),
  );
  store.watch(
    (state) => [currentPhoto(state)],
    (photo) => {
      setText(name, photo?.name ?? "");
      setText(size, photo?.width ? dimensions(photo) : "");
      document.title = photo ? `${photo.name} – styleplug studio` : "styleplug studio";
    },
  );
}
