// Elements, made without markup: texts go in as texts, so that no name can become code.

/**
 * An element; `on*` are listeners, `class` its classes, booleans properties, others attributes. A
 * button sends no form unless it is told to by its `type`.
 */
export function el(tag, props = {}, ...children) {
  const element = document.createElement(tag);
  if (tag === "button") element.type = "button";
  for (const [name, value] of Object.entries(props)) {
    if (value === undefined || value === null) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name === "class") element.className = value;
    else if (typeof value === "boolean" && name in element) element[name] = value;
    else element.setAttribute(name, value);
  }
  fill(element, ...children);
  return element;
}

/** Has an element contain just these; null and false are left out. */
export function fill(element, ...children) {
  const present = children.flat().filter((child) => child !== null && child !== false);
  element.replaceChildren(...present);
}

/**
 * Has an element's children follow a list, and keeps those that stay, with their focus.
 *
 * @param create makes the element of an item; its `refresh(item)`, where it has one, is called
 *   then and at each later time.
 */
export function follow(parent, items, key, create) {
  const present = new Map([...parent.children].map((child) => [child.dataset.key, child]));
  const wanted = items.map((item) => {
    const name = String(key(item));
    const child = present.get(name) ?? create(item);
    child.dataset.key = name;
    child.refresh?.(item);
    return child;
  });
  const kept = new Set(wanted);
  for (const child of [...parent.children]) if (!kept.has(child)) child.remove();
  wanted.forEach((child, at) => {
    if (parent.children[at] !== child) parent.insertBefore(child, parent.children[at] ?? null);
  });
}

export function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

let last = 0;

/** An id that no other element has. */
export const freshId = (stem) => `${stem}-${++last}`;
