"""Masks: grey pictures of where something acts, and pairs of colour maps."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from styleplug.errors import UnsupportedImageError
from styleplug.image.luma import luma
from styleplug.image.picture import Picture
from styleplug.image.resize import resized
from styleplug.image.samples import Array, quantised

LEAST_AREA = 0.005
"""The part of a colour map that a colour has to have. What has less are the colours between two
others, along edges that are smooth or of a JPEG."""
CROPPED = 0.6
"""How much of a side belongs to a crop."""
TOLERANCE = 48
"""How far apart, in levels of 0 to 255 summed over the channels, colours may be to be one."""


def mask_values(picture: Picture) -> Array:
    """How strongly something acts, (H, W) float32 in [0, 1]: white fully, black not at all, and
    what is transparent neither."""
    values = luma(picture.pixels).clip(0, 1)
    return values if picture.alpha is None else values * picture.alpha


def mask_picture(values: Array) -> Picture:
    """The grey picture of a mask, (H, W) float32 in [0, 1]."""
    return Picture(np.repeat(values[..., np.newaxis], 3, axis=2))


def is_black(values: Array) -> bool:
    """Whether a mask acts nowhere: in a file of 8 bits a channel it would be black."""
    return bool(values.max() <= 0.5 / 255)


def shares(masks: Sequence[Array | None], size: tuple[int, int]) -> list[Array]:
    """How much of each pixel belongs to each of several masks.

    Args:
        masks: (H, W) float32 in [0, 1]; where they overlap, they share the pixel. None is what all
            others leave.
        size: (H, W).

    Returns:
        (H, W) float32 for each; they sum to at most 1.
    """
    total = np.sum([mask for mask in masks if mask is not None], axis=0, dtype=np.float32)
    total = np.broadcast_to(total, size)
    rest, total = (1 - total).clip(0, 1), total.clip(1, None)
    return [rest if mask is None else mask / total for mask in masks]


def masked(picture: Picture, values: Array) -> Picture:
    """A picture of which less is seen, by values (h, w) float32 in [0, 1] of whatever size."""
    size = picture.pixels.shape[:2]
    if values.shape != size:
        values = resized(values, *size)
    return replace(picture, alpha=values if picture.alpha is None else values * picture.alpha)


def cropped(picture: Picture, crop: str) -> Picture:
    """A picture of which only a part is seen: three fifths of its width, its height, or both.

    Args:
        crop: "left", "right", "top", "bottom", "center", or "all".
    """
    if crop == "all":
        return picture
    height, width = picture.pixels.shape[:2]
    values = np.zeros((height, width), np.float32)
    values[_part(height, ("top", "bottom"), crop), _part(width, ("left", "right"), crop)] = 1
    return masked(picture, values)


class ColorPair(NamedTuple):
    """Where a colour, such as "#ff0000", is in each of two maps: (H, W) float32, 0 or 1."""

    color: str
    first: Array
    second: Array


def matched_colors(first: Picture, second: Picture) -> list[ColorPair]:
    """The places of each colour in two colour maps; equal colours correspond.

    After Kolkin, Salavon and Shakhnarovich 2019, "Style Transfer by Relaxed Optimal Transport and
    Self-Similarity" (https://arxiv.org/abs/1904.12785), whose users guide it by such maps.

    Raises:
        UnsupportedImageError: a colour of the first isn't in the second; or there is none that
            fills a part of a map.
    """
    palette, others = _palette(first), _palette(second)
    in_first, in_second = _nearest(first, palette), _nearest(second, others)
    pairs = []
    for number, color in enumerate(palette):
        name = "#{:02x}{:02x}{:02x}".format(*map(int, color))
        distances = np.abs(others - color).sum(axis=1)
        match = int(distances.argmin())
        if distances[match] > TOLERANCE:
            raise UnsupportedImageError(
                second.path, f"has no {name}, which the other map has; equal colours correspond"
            )
        where = in_first == number, in_second == match
        pairs.append(ColorPair(name, *(each.astype(np.float32) for each in where)))
    return pairs


def _part(side: int, ends: tuple[str, str], crop: str) -> slice:
    """Of a side, what belongs to a crop; `ends` are the crops at its beginning and its end."""
    length = round(side * CROPPED)
    start = {ends[0]: 0, ends[1]: side - length, "center": (side - length) // 2}.get(crop)
    return slice(None) if start is None else slice(start, start + length)


def _palette(picture: Picture) -> Array:
    """The colours of a map, (K, 3) in 0..255, the most frequent first."""
    levels = quantised(picture.pixels, 8).reshape(-1, 3)
    colors, counts = np.unique(levels, axis=0, return_counts=True)
    palette: list[Array] = []
    for index in np.argsort(-counts, kind="stable"):
        color = colors[index].astype(np.float32)
        is_new = all(np.abs(color - known).sum() > TOLERANCE for known in palette)
        if counts[index] >= LEAST_AREA * len(levels) and is_new:
            palette.append(color)
    if not palette:
        raise UnsupportedImageError(
            picture.path, "is no colour map; fill each part with one colour, without gradients"
        )
    return np.array(palette, np.float32)


def _nearest(picture: Picture, palette: Array) -> NDArray[np.intp]:
    """For each pixel the number of the nearest colour, (H, W)."""
    pixels = picture.pixels * np.float32(255)
    nearest = np.zeros(pixels.shape[:2], np.intp)
    least = np.full(pixels.shape[:2], np.inf, np.float32)
    for number, color in enumerate(palette):
        distance = np.abs(pixels - color).sum(axis=2)
        closer = distance < least
        nearest[closer], least[closer] = number, distance[closer]
    return nearest
