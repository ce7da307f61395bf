// Line icons on a grid of 24, drawn as paths.

const PATHS = {
  filters: "M4 4h7v7H4zM13 4h7v7h-7zM4 13h7v7H4zM16.5 13v7M13 16.5h7",
  paintings: "M4 5h16v14H4zM7.5 8.5h9v7h-9z",
  tune: "M4 7h9M17 7h3M4 17h3M11 17h9M15 5v4M9 15v4",
  region: "M19.5 4.5c-4 1-8 5-9.5 8.5l2 2c3.5-1.5 7.5-5.5 8.5-9.5zM9.5 14c-2.5 0-3.5 2-3.5 3.5S5 20 4 20c3.5 1 7.5 0 7.5-4",
  variants: "M4 4h4v4H4zM10 4h4v4h-4zM16 4h4v4h-4zM4 10h4v4H4zM10 10h4v4h-4zM16 10h4v4h-4zM4 16h4v4H4zM10 16h4v4h-4zM16 16h4v4h-4z",
  finish: "M12 4v11M7.5 10.5 12 15l4.5-4.5M5 20h14",
  history: "M4.5 12a7.5 7.5 0 1 0 2.3-5.4M4.5 4v3.5H8M12 8v4.5l3 2",
  add: "M12 5v14M5 12h14",
  close: "M6.5 6.5l11 11M17.5 6.5l-11 11",
  divider: "M4 5h16v14H4zM12 3v18",
  side: "M4 5h7v14H4zM13 5h7v14h-7z",
  original: "M3 12c3-5 6-6.5 9-6.5s6 1.5 9 6.5c-3 5-6 6.5-9 6.5S6 17 3 12zM12 9.3a2.7 2.7 0 1 0 0 5.4 2.7 2.7 0 0 0 0-5.4",
  undo: "M8.5 5 4.5 9l4 4M4.5 9H14a5.5 5.5 0 0 1 0 11h-3",
  redo: "M15.5 5l4 4-4 4M19.5 9H10a5.5 5.5 0 0 0 0 11h3",
  erase: "M9 19.5 4 14.5 13.5 5l6 6-8.5 8.5zM8.5 10l6 6M9 19.5h11",
  person: "M12 4a3.7 3.7 0 1 0 0 7.4A3.7 3.7 0 0 0 12 4M4.5 20c.6-4.6 3.5-6.6 7.5-6.6s6.9 2 7.5 6.6",
  check: "M5 12.5l4.5 4.5L19 7.5",
  warning: "M12 8v5M12 16.3v.2M12 3.5 21 19.5H3z",
  help: "M9 9.2a3 3 0 1 1 4.3 2.7c-.9.5-1.3 1-1.3 2.1M12 17v.2M12 3.5a8.5 8.5 0 1 0 0 17 8.5 8.5 0 0 0 0-17",
  photo: "M4 5h16v14H4zM4 16l4.5-4.5 4 4 3-3L20 17M15.5 8.7v.2",
};

const SVG = "http://www.w3.org/2000/svg";

/** An icon that screen readers leave out. */
export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", PATHS[name]);
  svg.append(path);
  return svg;
}
