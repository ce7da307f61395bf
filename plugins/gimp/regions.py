"""Regions: masks of GIMP's picture, each with a painting of its own."""

from __future__ import annotations

import os

import messages
from gi.repository import Gegl, Gimp
from pixels import Area, scaled
from worker import Message

LAYOUT = {"layout": "Y", "dtype": "float32"}
FORMAT = "Y float"
"""As masks are kept: a grey of a half is one half."""


def mask_names(image: Gimp.Image) -> list[str]:
    """The names of the picture's channels, and of its layers that have masks."""
    layers = [layer.get_name() for layer in image.get_layers() if layer.get_mask() is not None]
    return list(dict.fromkeys([*(one.get_name() for one in image.get_channels()), *layers]))


def find_mask(image: Gimp.Image, name: str) -> Gimp.Drawable:
    """The channel of this name, or the mask of the layer of this name.

    Raises:
        Problem: there is neither.
    """
    channel = image.get_channel_by_name(name)
    if channel is not None:
        return channel
    layer = image.get_layer_by_name(name)
    mask = layer.get_mask() if layer is not None else None
    if mask is None:
        raise messages.no_such_mask(name, mask_names(image))
    return mask


class Regions:
    """Of an area of a drawable, scaled down.

    `chosen` has, by the name of a mask, the name of a painting, or the path of its file.

    Raises:
        Problem: there is no such mask.
    """

    def __init__(
        self, drawable: Gimp.Drawable, area: Area, chosen: dict[str, str], scale: float = 1.0
    ) -> None:
        image = drawable.get_image()
        self._drawable, self._area, self._scale = drawable, area, scale
        self._masks = [find_mask(image, name) for name in chosen]
        self._paintings = list(chosen.values())

    def added_to(self, request: Message) -> Message:
        """A request with their paintings."""
        if not self._masks:
            return request
        _, _, width, height = scaled(self._area, self._scale)
        paintings = [
            {
                "path" if os.path.isabs(painting) else "name": painting,
                "region": {"path": _file(number), "width": width, "height": height, **LAYOUT},
            }
            for number, painting in enumerate(self._paintings)
        ]
        return {**request, "paintings": [*request["paintings"], *paintings]}

    def write(self, folder: str) -> None:
        """Write the masks as raw pixels.

        Raises:
            OSError: a file can't be written.
        """
        _, left, top = self._drawable.get_offsets()
        for number, mask in enumerate(self._masks):
            _, mask_left, mask_top = mask.get_offsets()
            x, y, width, height = self._area
            area = scaled((x + left - mask_left, y + top - mask_top, width, height), self._scale)
            data = mask.get_buffer().get(
                Gegl.Rectangle.new(*area), self._scale, FORMAT, Gegl.AbyssPolicy.NONE
            )
            with open(os.path.join(folder, _file(number)), "wb") as file:
                file.write(data)


def _file(number: int) -> str:
    return f"region-{number}.raw"
