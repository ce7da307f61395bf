# What the scripts that tests run inside GIMP share; GIMP's own Python reads it.
import array
import json  # noqa: F401  # the scripts need it
import os  # noqa: F401  # likewise
from pathlib import Path  # noqa: F401  # likewise

import gi

gi.require_version("Gimp", "3.0")
from gi.repository import Gegl, Gimp, Gio  # noqa: E402  # the version comes first

Gegl.init(None)
answer = {}
PROCEDURE = "plug-in-styleplug"


def load(path):
    return Gimp.file_load(Gimp.RunMode.NONINTERACTIVE, Gio.File.new_for_path(path))


def picture(width=64, height=48, precision=Gimp.Precision.U8_NON_LINEAR, alpha=False):
    """A picture with one layer, whose pixels all differ a little."""
    image = Gimp.Image.new_with_precision(width, height, Gimp.ImageBaseType.RGB, precision)
    return image, new_layer(image, width, height, alpha)


def new_layer(image, width, height, alpha=False, parent=None):
    kind = Gimp.ImageType.RGBA_IMAGE if alpha else Gimp.ImageType.RGB_IMAGE
    layer = Gimp.Layer.new(image, "Photo", width, height, kind, 100, Gimp.LayerMode.NORMAL)
    values = array.array("f")
    for y in range(height):
        for x in range(width):
            values.extend((x / width, y / height, 0.25, (x + y) / (width + height)))
    buffer = layer.get_buffer()
    buffer.set(Gegl.Rectangle.new(0, 0, width, height), "R'G'B'A float", values.tobytes())
    buffer.flush()
    image.insert_layer(layer, parent, 0)
    return layer


def pixels(drawable):
    """All pixels, straight RGBA in sRGB."""
    buffer = drawable.get_buffer()
    area = Gegl.Rectangle.new(0, 0, drawable.get_width(), drawable.get_height())
    data = buffer.get(area, 1.0, "R'G'B'A float", Gegl.AbyssPolicy.NONE)
    return array.array("f", data)


def pixel(drawable, x, y):
    start = 4 * (y * drawable.get_width() + x)
    return list(pixels(drawable)[start : start + 4])


def visible(image, x, y):
    """A pixel of the picture as it is seen."""
    merged = image.duplicate().flatten()
    return pixel(merged, x, y)


def call(image, drawables, run_mode=Gimp.RunMode.NONINTERACTIVE, **arguments):
    """Call the plug-in: whether it succeeded, and its message."""
    procedure = Gimp.get_pdb().lookup_procedure(PROCEDURE)
    config = procedure.create_config()
    config.set_property("image", image)
    config.set_property("run-mode", run_mode)
    config.set_core_object_array("drawables", drawables)
    for name, value in arguments.items():
        config.set_property(name.replace("_", "-"), value)
    result = procedure.run(config)
    succeeded = result.index(0) == Gimp.PDBStatusType.SUCCESS
    return {"succeeded": succeeded, "message": Gimp.get_pdb().get_last_error()}


def facts(image, layer):
    """What tests ask of a layer."""
    _, x, y = layer.get_offsets()
    parent = layer.get_parent()
    return {
        "name": layer.get_name(),
        "width": layer.get_width(),
        "height": layer.get_height(),
        "x": x,
        "y": y,
        "alpha": layer.has_alpha(),
        "masked": layer.get_mask() is not None,
        "parent": parent.get_name() if parent else None,
        "position": image.get_item_position(layer),
    }
