// The brush: its radius as a share of the picture's longest side, its softness, and what it does.

class Brush extends EventTarget {
  radius = 0.06;
  softness = 0.7;
  erase = false;

  set(change) {
    Object.assign(this, change);
    this.dispatchEvent(new Event("change"));
  }
}

export const brush = new Brush();
