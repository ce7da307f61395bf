// Pointers over before and after: drag the divider or the picture, pinch, wheel, double click.

const NEAR = 24; // CSS pixels from the divider that still take hold of it

export function watchPointers(root, view, divider, layOut) {
  const pointers = new Map();
  let dragged = null; // "divider" | "picture"

  const placeOf = (event) => {
    const { left, top } = root.getBoundingClientRect();
    // Beside the other, the second pane's places are those of the first.
    const x = event.clientX - left;
    return { x: x > view.pane.width ? x - view.pane.width : x, y: event.clientY - top };
  };

  function isNear(event) {
    if (divider.hidden) return false;
    const { left, width } = divider.getBoundingClientRect();
    return Math.abs(event.clientX - left - width / 2) < NEAR;
  }

  root.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    root.setPointerCapture(event.pointerId);
    pointers.set(event.pointerId, placeOf(event));
    if (pointers.size > 1) dragged = "picture";
    else if (isNear(event) || (view.isFitted && !divider.hidden)) dragged = "divider";
    else dragged = "picture";
    if (dragged === "divider") {
      divider.focus({ preventScroll: true });
      divider.moveTo(placeOf(event).x);
      event.preventDefault();
    }
  });

  root.addEventListener("pointermove", (event) => {
    const before = pointers.get(event.pointerId);
    if (!before) return;
    const place = placeOf(event);
    if (pointers.size === 2) pinch(event.pointerId, place);
    else if (dragged === "divider") divider.moveTo(place.x);
    else view.pan(place.x - before.x, place.y - before.y);
    pointers.set(event.pointerId, place);
    if (dragged === "picture") layOut();
  });

  function pinch(id, place) {
    const [other] = [...pointers].filter(([key]) => key !== id).map(([, value]) => value);
    const before = pointers.get(id);
    const spread = (one) => Math.hypot(one.x - other.x, one.y - other.y) || 1;
    const middle = { x: (place.x + other.x) / 2, y: (place.y + other.y) / 2 };
    view.zoomTo((view.scale * spread(place)) / spread(before), middle);
    view.pan((place.x - before.x) / 2, (place.y - before.y) / 2);
  }

  for (const end of ["pointerup", "pointercancel"]) {
    root.addEventListener(end, (event) => {
      pointers.delete(event.pointerId);
      if (!pointers.size) dragged = null;
    });
  }

  root.addEventListener(
    "wheel",
    (event) => {
      event.preventDefault();
      view.zoomTo(view.scale * 1.0015 ** -event.deltaY, placeOf(event));
      layOut();
    },
    { passive: false },
  );

  root.addEventListener("dblclick", (event) => {
    view.toggle(placeOf(event));
    layOut();
  });
}
