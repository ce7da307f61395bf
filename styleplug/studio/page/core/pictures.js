// Pictures that come over the network: few at a time, and shown only when they are whole.

const AT_ONCE = 3; // a browser has six connections; events and answers need some, too
const waiting = [];
let loading = 0;

/**
 * Loads a picture in its turn; resolves once it can be drawn, rejects if it can't be had, or if
 * nobody wants it any more when its turn comes.
 */
export function load(address, isWanted = () => true) {
  return new Promise((resolve, reject) => {
    waiting.push({ address, isWanted, resolve, reject });
    next();
  });
}

function next() {
  if (loading >= AT_ONCE || !waiting.length) return;
  const { address, isWanted, resolve, reject } = waiting.shift();
  if (!isWanted()) {
    reject(new Error("not wanted any more"));
    next();
    return;
  }
  loading += 1;
  const image = new Image();
  image.src = address;
  image
    .decode()
    .then(() => resolve(image), reject)
    .finally(() => {
      loading -= 1;
      next();
    });
}

/** Has an <img> show an address as soon as it is loaded; until then it shows what it did. */
export async function show(image, address) {
  if (image.dataset.wanted === address) return;
  image.dataset.wanted = address;
  try {
    await load(address);
  } catch {
    if (image.dataset.wanted === address) delete image.dataset.wanted;
    return;
  }
  if (image.dataset.wanted === address) image.src = address;
}

/** Has an <img> show nothing. */
export function forget(image) {
  delete image.dataset.wanted;
  image.removeAttribute("src");
}
