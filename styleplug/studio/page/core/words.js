// Figures as people say them.

/** Such as "1 h 5 min", "2 min 10 s", "8 s". */
export function duration(seconds) {
  const whole = Math.max(1, Math.round(seconds));
  if (whole < 60) return `${whole} s`;
  const minutes = Math.floor(whole / 60);
  if (minutes < 60) return minutes < 10 ? `${minutes} min ${whole % 60} s` : `${minutes} min`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** Such as "3.2 MB". */
export function bytes(count) {
  const units = ["bytes", "kB", "MB", "GB"];
  let at = 0;
  while (count >= 1000 && at < units.length - 1) {
    count /= 1000;
    at += 1;
  }
  return `${at && count < 10 ? count.toFixed(1) : Math.round(count)} ${units[at]}`;
}

export const dimensions = ({ width, height }) => `${width} × ${height}`;

export const percent = (fraction) => `${Math.round(100 * fraction)} %`;

/** A number without the digits that nobody set, such as 0.35. */
export const figure = (number) => String(Number(Number(number).toPrecision(4)));

export const plural = (count, noun) => `${count} ${noun}${count === 1 ? "" : "s"}`;

const moments = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });

/** @param {number|string} moment seconds since 1970, or a date in ISO 8601 */
export const when = (moment) =>
  moments.format(new Date(typeof moment === "number" ? moment * 1000 : moment));

/** What a job does, in a few words. */
export function describe(job, catalogue) {
  const recipe = job.recipe ?? {};
  if (job.kind === "filter") return filterTitle(catalogue, recipe.filter);
  const titles = [recipe, ...(recipe.regions ?? [])]
    .flatMap(({ paintings = [] }) => paintings)
    .map(({ style }) => styleTitle(catalogue, style) ?? "a painting of yours");
  return [...new Set(titles)].join(" + ");
}

const styleTitle = (catalogue, id) => catalogue?.styles.find((style) => style.id === id)?.title;

export const filterTitle = (catalogue, name) =>
  catalogue?.filters.find((filter) => filter.name === name)?.description || name;

export const STATES = {
  queued: "waiting",
  running: "painting",
  done: "done",
  stopped: "stopped",
  failed: "failed",
};

/** How a job stands, in a word or two. */
export const stateOf = ({ state, progress }) =>
  state === "running" ? percent(progress?.fraction ?? 0) : STATES[state];

/** How a photograph stands, likewise. */
export const standing = ({ pending }, job) => (pending ? "loading" : job ? stateOf(job) : "");
