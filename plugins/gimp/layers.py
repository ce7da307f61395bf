"""Which part of GIMP's picture to work on, and the new layer with the result."""

from __future__ import annotations

import messages
from gi.repository import Gimp
from pixels import Area, read_raw
from worker import Message

MARGIN = 8
"""A selection's surroundings to paint along, as a part of its longer side: one eighth."""
LEAST_MARGIN = 16
"""In pixels."""


def only_drawable(image: Gimp.Image, drawables: list[Gimp.Drawable]) -> Gimp.Layer:
    """The one layer, or layer group, to work on.

    Raises:
        Problem: there is none, there are several, or it is of another kind.
    """
    if image.get_base_type() != Gimp.ImageBaseType.RGB:
        raise messages.NOT_RGB
    if not drawables:
        raise messages.NO_LAYER
    if len(drawables) > 1:
        raise messages.SEVERAL_LAYERS
    if not isinstance(drawables[0], Gimp.Layer):
        raise messages.NOT_A_LAYER
    if image.get_floating_sel() is not None:
        raise messages.FLOATING_SELECTION
    return drawables[0]


def work_area(drawable: Gimp.Drawable) -> Area:
    """The part of a drawable to paint, (x, y, width, height) in its own coordinates.

    All of it, or the selection's bounding box with a margin: the strokes then go on across the
    selection's edge, which its mask cuts out, and the working size is spent on what is wanted.

    Raises:
        Problem: the selection lies outside.
    """
    touches, x, y, width, height = drawable.mask_intersect()
    if not touches:
        raise messages.OUTSIDE
    margin = max(LEAST_MARGIN, max(width, height) // MARGIN)
    left, top = max(0, x - margin), max(0, y - margin)
    right = min(drawable.get_width(), x + width + margin)
    bottom = min(drawable.get_height(), y + height + margin)
    return left, top, right - left, bottom - top


def add_result(
    image: Gimp.Image, drawable: Gimp.Drawable, area: Area, result: Message, name: str
) -> Gimp.Layer:
    """Put a raw result above a drawable as a new layer, in one undo step; returns the layer.

    The layer is whole before the picture is touched.

    Raises:
        OSError: the result can't be read.
    """
    x, y, width, height = area
    kind = Gimp.ImageType.RGBA_IMAGE if result["layout"] == "RGBA" else Gimp.ImageType.RGB_IMAGE
    size = result["width"], result["height"]
    layer = Gimp.Layer.new(image, name, *size, kind, 100.0, Gimp.LayerMode.NORMAL)
    try:
        read_raw(result, layer)
        if size != (width, height):  # the option output_size
            layer.scale(width, height, False)
    except BaseException:
        layer.delete()
        raise
    _, left, top = drawable.get_offsets()
    image.undo_group_start()
    try:
        image.insert_layer(layer, drawable.get_parent(), image.get_item_position(drawable))
        layer.set_offsets(left + x, top + y)
        _mask(image, drawable, layer)
        image.set_selected_layers([layer])
    finally:
        image.undo_group_end()
    return layer


def _mask(image: Gimp.Image, drawable: Gimp.Drawable, layer: Gimp.Layer) -> None:
    """Show the new layer where the selection, and the drawable's own mask, let it be seen."""
    own_mask = drawable.get_mask() if drawable.get_apply_mask() else None
    selected = not Gimp.Selection.is_empty(image)
    if own_mask is None:
        if selected:
            layer.add_mask(layer.create_mask(Gimp.AddMaskType.SELECTION))
        return
    before = Gimp.Selection.save(image)
    operation = Gimp.ChannelOps.INTERSECT if selected else Gimp.ChannelOps.REPLACE
    image.select_item(operation, own_mask)
    layer.add_mask(layer.create_mask(Gimp.AddMaskType.SELECTION))
    image.select_item(Gimp.ChannelOps.REPLACE, before)
    image.remove_channel(before)
