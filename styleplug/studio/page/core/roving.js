// One stop of the Tab key for a group of buttons; arrow keys move within it.

/** @param selector what the group's stops are; `columns()` how many stand in a row, where a grid */
export function roving(group, selector, columns = () => 1) {
  const stops = () => [...group.querySelectorAll(selector)].filter((stop) => !stop.disabled);

  function settle(preferred) {
    const all = stops();
    const stop =
      preferred ??
      all.find((one) => one === document.activeElement) ??
      all.find((one) => one.matches("[aria-pressed=true], [aria-selected=true], [aria-current]")) ??
      all[0];
    for (const one of all) one.tabIndex = one === stop ? 0 : -1;
  }

  group.addEventListener("keydown", (event) => {
    if (!event.target.matches(selector)) return;
    const all = stops();
    const at = all.indexOf(event.target);
    const row = columns();
    const to = {
      ArrowRight: at + 1,
      ArrowLeft: at - 1,
      ArrowDown: at + row,
      ArrowUp: at - row,
      Home: 0,
      End: all.length - 1,
    }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    const next = all[Math.min(all.length - 1, Math.max(0, to))];
    settle(next);
    next?.focus();
  });
  group.addEventListener("focusin", (event) => {
    if (event.target.matches(selector)) settle(event.target);
  });
  return settle;
}

/** How many of a grid's children stand in its first row. */
export function columnsOf(grid) {
  const tops = [...grid.children].map((child) => child.offsetTop);
  return Math.max(1, tops.filter((top) => top === tops[0]).length);
}
