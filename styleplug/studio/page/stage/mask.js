// Draws a region: a canvas that is opaque where is painted, and the grey picture of it.

const LONGEST = 1024; // pixels

/** The size of a mask for a picture. */
export function maskSize(width, height) {
  const scale = Math.min(1, LONGEST / Math.max(width, height));
  return [Math.max(1, Math.round(width * scale)), Math.max(1, Math.round(height * scale))];
}

/** Draws a region anew; `start` is a grey picture, white where to paint. */
export function drawMask(canvas, { start, strokes }, color = "#fff") {
  const context = canvas.getContext("2d", { willReadFrequently: true });
  context.globalCompositeOperation = "source-over";
  context.clearRect(0, 0, canvas.width, canvas.height);
  if (start) drawStart(context, start, color);
  for (const stroke of strokes) drawStroke(context, stroke, 0, color);
}

function drawStart(context, start, color) {
  const { width, height } = context.canvas;
  context.drawImage(start, 0, 0, width, height);
  const pixels = context.getImageData(0, 0, width, height);
  for (let at = 0; at < pixels.data.length; at += 4) pixels.data[at + 3] = pixels.data[at];
  context.putImageData(pixels, 0, 0);
  context.globalCompositeOperation = "source-in";
  context.fillStyle = color;
  context.fillRect(0, 0, width, height);
  context.globalCompositeOperation = "source-over";
}

/** Draws a stroke's points from one on; places and radius are shares of the longest side. */
export function drawStroke(context, { points, radius, softness, erase }, from, color = "#fff") {
  const longest = Math.max(context.canvas.width, context.canvas.height);
  context.globalCompositeOperation = erase ? "destination-out" : "source-over";
  const dab = makeDab(radius * longest, softness, color);
  const step = Math.max(1, (radius * longest) / 5);
  for (let at = from; at < points.length; at += 1) {
    const [x, y] = points[at].map((share) => share * longest);
    const [x0, y0] = (points[at - 1] ?? points[at]).map((share) => share * longest);
    const count = Math.max(1, Math.ceil(Math.hypot(x - x0, y - y0) / step));
    for (let part = 1; part <= count; part += 1) {
      const share = part / count;
      const place = [x0 + (x - x0) * share, y0 + (y - y0) * share];
      context.drawImage(dab, place[0] - dab.width / 2, place[1] - dab.height / 2);
    }
  }
  context.globalCompositeOperation = "source-over";
}

/** One touch of the brush: full at its heart, and fading over its soft part. */
function makeDab(radius, softness, color) {
  const dab = document.createElement("canvas");
  dab.width = dab.height = Math.max(2, Math.ceil(2 * radius));
  const context = dab.getContext("2d");
  const middle = dab.width / 2;
  const fade = context.createRadialGradient(middle, middle, 0, middle, middle, middle);
  const stops = 8;
  fade.addColorStop(0, "#000");
  for (let stop = 0; stop <= stops; stop += 1) {
    const share = stop / stops;
    const alpha = (1 + Math.cos(Math.PI * share)) / 2;
    fade.addColorStop(1 - softness * (1 - share), `rgba(0, 0, 0, ${alpha.toFixed(3)})`);
  }
  context.fillStyle = fade;
  context.fillRect(0, 0, dab.width, dab.height);
  context.globalCompositeOperation = "source-in";
  context.fillStyle = color;
  context.fillRect(0, 0, dab.width, dab.height);
  return dab;
}

/** A mask as a PNG: white where it is opaque, black elsewhere. */
export function toGreyPng(canvas) {
  const flat = document.createElement("canvas");
  [flat.width, flat.height] = [canvas.width, canvas.height];
  const context = flat.getContext("2d");
  context.fillStyle = "#000";
  context.fillRect(0, 0, flat.width, flat.height);
  context.drawImage(canvas, 0, 0);
  return new Promise((resolve) => flat.toBlob(resolve, "image/png"));
}
