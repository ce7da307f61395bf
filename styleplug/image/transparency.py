"""Pictures with transparency: what isn't seen must not change what is painted."""

from __future__ import annotations

from dataclasses import replace
from typing import TypeVar

import numpy as np
from PIL import Image

from styleplug.errors import UnsupportedImageError
from styleplug.image.picture import Picture
from styleplug.image.resize import fitted_size, resized
from styleplug.image.samples import Array

AnyPicture = TypeVar("AnyPicture", bound=Picture)

_LEAST_ALPHA = 0.5 / 65535
"""Files of 16 bits a channel can't hold less."""


def has_visible_pixels(alpha: Array | None) -> bool:
    """Whether a picture of this alpha, (H, W) float32 in [0, 1], shows anything at all."""
    return alpha is None or bool(alpha.max() > _LEAST_ALPHA)


def fill_hidden(picture: AnyPicture) -> AnyPicture:
    """The picture with colours in its hidden pixels, and without an alpha that is even everywhere.

    What is left of alpha says how much each pixel counts.

    Raises:
        UnsupportedImageError: nothing of the picture is seen.
    """
    if picture.alpha is None:
        return picture
    if not has_visible_pixels(picture.alpha):
        raise UnsupportedImageError(
            picture.path, "all of it is transparent; use a picture that shows something"
        )
    alpha = None if picture.alpha.min() == picture.alpha.max() else picture.alpha
    return replace(picture, pixels=filled(picture.pixels, picture.alpha), alpha=alpha)


def resized_picture(picture: AnyPicture, height: int, width: int) -> AnyPicture:
    """A picture at another size: pixels and alpha, each by `resized`."""
    alpha = None if picture.alpha is None else resized(picture.alpha, height, width)
    return replace(picture, pixels=resized(picture.pixels, height, width), alpha=alpha)


def thumbnail(picture: Picture, longest: int) -> Picture:
    """A picture whose longest side is as given, unless it is smaller anyway."""
    longest = min(longest, max(picture.size))
    return resized_picture(picture, *fitted_size(*picture.size, longest))


def filled(pixels: Array, alpha: Array) -> Array:
    """Pixels with those of alpha 0 exchanged for a smooth continuation of the seen ones.

    Hidden pixels take the colour of a picture of half the size, whose pixels are means weighted by
    alpha, and which is filled likewise: push and pull (Gortler, Grzeszczuk, Szeliski and Cohen
    1996, "The Lumigraph", section 3.4). The hidden colours, if finite, have no influence.

    Args:
        pixels: (H, W, 3) float32 in [0, 1].
        alpha: (H, W) float32 in [0, 1], such that `has_visible_pixels`.
    """
    hidden = alpha == 0
    if not hidden.any():
        return pixels
    weights = _halved(alpha)
    colours = [_halved(pixels[..., channel] * alpha) for channel in range(pixels.shape[2])]
    # Where nothing is seen, the means are 0 as well.
    means = np.stack(colours, axis=2) / (weights + (weights == 0))[..., np.newaxis]
    coarse = resized(filled(means, weights), *alpha.shape)
    return np.where(hidden[..., np.newaxis], coarse, pixels)


def _halved(values: Array) -> Array:
    """Means over blocks of 2×2; at the far edges of odd sides, over what there is of one."""
    return np.asarray(Image.fromarray(np.ascontiguousarray(values)).reduce(2), np.float32)
