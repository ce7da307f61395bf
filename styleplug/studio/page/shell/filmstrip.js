// The filmstrip: all photographs, each with how its job stands.

import { addPhotographs, choosePhotograph, removePhotograph } from "../actions/photographs.js";
import { el, follow, setText } from "../core/dom.js";
import { icon } from "../core/icons.js";
import { roving } from "../core/roving.js";
import { shownJob, store } from "../core/state.js";
import { standing } from "../core/words.js";
import { fileButton } from "./files.js";

export function createFilmstrip(strip) {
  const list = el("ul", { class: "frames" });
  const settle = roving(list, ".frame");

  function create(first) {
    const image = el("img", { alt: "", draggable: "false", src: first.thumbnail ?? first.local });
    const badge = el("span", { class: "badge" });
    const frame = el("button", { class: "frame", onclick: () => choosePhotograph(first.id) }, image, badge);
    const away = el(
      "button",
      { class: "away round", tabindex: "-1", "aria-label": `Remove ${first.name}`, onclick: () => removePhotograph(first.id) },
      icon("close"),
    );
    frame.addEventListener("keydown", (event) => {
      if (event.key === "Delete") removePhotograph(first.id);
    });
    const item = el("li", {}, frame, away);
    item.refresh = (photo) => {
      const job = shownJob(store.state, photo.id);
      const words = standing(photo, job);
      setText(badge, job?.state === "done" ? "✓" : words);
      badge.hidden = !words;
      badge.dataset.state = job?.state ?? "";
      frame.setAttribute("aria-label", `${photo.name}${words ? `, ${words}` : ""}`);
      frame.setAttribute("title", `${photo.name} (Delete removes it)`);
      if (photo.id === store.state.current) frame.setAttribute("aria-current", "true");
      else frame.removeAttribute("aria-current");
    };
    return item;
  }

  strip.append(list, fileButton(icon("add"), addPhotographs, "frame-add", "Add photographs"));
  store.watch(
    (state) => [state.photos, state.current, state.jobs, state.shown],
    (photos) => {
      strip.hidden = !photos.length;
      follow(list, photos, ({ id }) => id, create);
      settle();
    },
  );
}
