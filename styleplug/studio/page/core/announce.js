// What a screen reader is told, and what stands in notices.

import { store } from "./state.js";

const live = document.getElementById("live");

/** Says something politely; nothing is seen of it. */
export function announce(text) {
  live.textContent = "";
  requestAnimationFrame(() => {
    live.textContent = text;
  });
}

let last = 0;

/** Shows a notice until it is put away; `kind` is problem or news. */
export function notify(text, kind = "problem") {
  const id = ++last;
  store.update(({ notices }) => ({
    notices: [...notices.filter((notice) => notice.text !== text), { id, text, kind }].slice(-3),
  }));
  if (kind === "news") setTimeout(() => dismiss(id), 6000);
}

export function dismiss(id) {
  store.update(({ notices }) => ({ notices: notices.filter((notice) => notice.id !== id) }));
}

/** Does something that may go wrong, and shows the error if it does. */
export async function attempt(work) {
  try {
    return await work();
  } catch (error) {
    notify(error.message);
    return undefined;
  }
}
