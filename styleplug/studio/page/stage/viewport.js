// Where a picture lies in a pane, and how large: geometry alone, in CSS pixels.

const LARGEST = 8; // CSS pixels to one of the picture

/** One view for all panes, so that they stay in step: fitted, or a scale around a centre. */
export class Viewport {
  constructor() {
    this.picture = { width: 1, height: 1 };
    this.pane = { width: 1, height: 1 };
    this.fit();
  }

  get fitScale() {
    const { picture, pane } = this;
    return Math.min(pane.width / picture.width, pane.height / picture.height);
  }

  get scale() {
    return this.isFitted ? this.fitScale : this.zoomed;
  }

  /** Device pixels to one of the picture. */
  get magnification() {
    return this.scale * devicePixelRatio;
  }

  fit() {
    this.isFitted = true;
    this.zoomed = 1;
    this.centre = { x: this.picture.width / 2, y: this.picture.height / 2 };
  }

  /** The picture's rectangle in the pane. */
  get frame() {
    const { pane, picture, scale, centre } = this;
    return {
      left: pane.width / 2 - centre.x * scale,
      top: pane.height / 2 - centre.y * scale,
      width: picture.width * scale,
      height: picture.height * scale,
    };
  }

  /** Changes the scale, and keeps what is at a place of the pane there. */
  zoomTo(scale, place = { x: this.pane.width / 2, y: this.pane.height / 2 }) {
    if (scale <= this.fitScale * 1.001) return this.fit();
    const next = Math.min(scale, Math.max(LARGEST, this.fitScale));
    const away = { x: place.x - this.pane.width / 2, y: place.y - this.pane.height / 2 };
    const at = { x: this.centre.x + away.x / this.scale, y: this.centre.y + away.y / this.scale };
    this.isFitted = false;
    this.zoomed = next;
    this.centre = { x: at.x - away.x / next, y: at.y - away.y / next };
    this.clamp();
  }

  /** One pixel of the picture to one of the screen; a picture smaller than the pane shrinks to it. */
  full(place) {
    const scale = 1 / devicePixelRatio;
    if (scale > this.fitScale) return this.zoomTo(scale, place);
    this.isFitted = false;
    this.zoomed = scale;
    this.clamp();
  }

  get isFull() {
    return !this.isFitted && Math.abs(this.magnification - 1) < 0.01;
  }

  /** Between the whole picture and its pixels as they are. */
  toggle(place) {
    if (this.isFitted) this.full(place);
    else this.fit();
  }

  pan(dx, dy) {
    if (this.isFitted) return;
    this.centre = { x: this.centre.x - dx / this.scale, y: this.centre.y - dy / this.scale };
    this.clamp();
  }

  /** Has no more emptiness in the pane than there must be. */
  clamp() {
    const { picture, pane, scale, centre } = this;
    const within = (value, length, room) => {
      const half = room / 2 / scale;
      return half * 2 >= length ? length / 2 : Math.min(length - half, Math.max(half, value));
    };
    this.centre = {
      x: within(centre.x, picture.width, pane.width),
      y: within(centre.y, picture.height, pane.height),
    };
  }
}
