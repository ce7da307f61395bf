// Notices: what went wrong, and what is done, until they are put away.

import { dismiss } from "../core/announce.js";
import { el, follow } from "../core/dom.js";
import { icon } from "../core/icons.js";
import { store } from "../core/state.js";

export function createNotices(root) {
  const create = ({ id, text, kind }) =>
    el(
      "div",
      { class: `notice notice-${kind}` },
      icon(kind === "problem" ? "warning" : "check"),
      el("p", {}, text),
      el("button", { class: "round", "aria-label": "Put this notice away", onclick: () => dismiss(id) }, icon("close")),
    );
  store.watch((state) => [state.notices], (notices) => follow(root, notices, ({ id }) => id, create));
}
