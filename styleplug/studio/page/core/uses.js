// What uploads were sent for, which the service doesn't know: kept in the browser, so that a reload
// finds photographs and paintings in their places.

const KEY = "styleplug-uses";
const MOST = 400;

const read = () => {
  try {
    return JSON.parse(localStorage.getItem(KEY)) ?? {};
  } catch {
    return {}; // what is kept there isn't ours, or nothing may be kept
  }
};

/** @param use photo, painting or mask */
export function rememberUse(id, use) {
  const kept = Object.entries(read()).slice(1 - MOST);
  try {
    localStorage.setItem(KEY, JSON.stringify(Object.fromEntries([...kept, [id, use]])));
  } catch {
    // Then a painting is a photograph after a reload, which does no harm.
  }
}

/** What an upload was sent for; of those of the command line and other programs, a photograph. */
export const useOf = ({ id }) => read()[id] ?? "photo";
