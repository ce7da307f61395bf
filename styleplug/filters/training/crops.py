"""Crops of photographs to train on, each varied, from as many or as few files as there are."""

from __future__ import annotations

import functools
import logging
import math
import random
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageEnhance

from styleplug.errors import ConfigError, ImageError
from styleplug.image.picture import Picture
from styleplug.image.read import read_picture
from styleplug.image.resize import fitted
from styleplug.image.transparency import fill_hidden

SIZES = (300, 1000)
"""Longest side in pixels that the whole photograph would have at a crop's scale: least and most."""

LIGHT = 0.35
"""How far brightness, contrast and saturation are varied, as a share."""

TINT = 0.12
"""How far each channel is varied, as a share."""

NOISE = 0.012
"""The largest standard deviation of the noise; a pixel's range is 1."""

KEPT = 128
"""Photographs kept in memory, some 2 MB each."""

_log = logging.getLogger(__name__)


class Crops:
    """Draws crops; a file that can't be read is named in a warning, once, and left out.

    Args:
        paths: pictures of any format that styleplug reads.
        side: of a crop, in pixels.
        seed: of the choice of photographs, places and variations.
    """

    def __init__(self, paths: Sequence[Path], side: int, seed: int) -> None:
        self.paths, self.side = list(paths), side
        self.random = random.Random(seed)
        self.noise = np.random.default_rng(seed)
        self._read = functools.lru_cache(KEPT)(_read)

    def draw(self, count: int) -> NDArray[np.float32]:
        """(count, 3, side, side), RGB in [0, 1]: crops of one photograph.

        Raises:
            ConfigError: no photograph can be read.
        """
        photograph = self._photograph()
        return np.stack([self._vary(self._crop(photograph)) for _ in range(count)])

    def _photograph(self) -> Image.Image:
        while self.paths:
            path = self.random.choice(self.paths)
            try:
                return self._read(path)
            except ImageError as error:
                _log.warning("%s; going on without it", error)
                self.paths.remove(path)
        raise ConfigError("photos", "none that can be read", "a folder of photographs")

    def _crop(self, photograph: Image.Image) -> Image.Image:
        width, height = photograph.size
        smallest, largest = map(math.log, SIZES)
        longest = math.exp(self.random.uniform(smallest, largest))
        side = min(self.side * max(width, height) / longest, width, height)
        left, top = self.random.uniform(0, width - side), self.random.uniform(0, height - side)
        box = (left, top, left + side, top + side)
        crop = photograph.resize((self.side, self.side), Image.Resampling.LANCZOS, box)
        mirrored = self.random.random() < 0.5
        return crop.transpose(Image.Transpose.FLIP_LEFT_RIGHT) if mirrored else crop

    def _vary(self, crop: Image.Image) -> NDArray[np.float32]:
        for quality in (ImageEnhance.Brightness, ImageEnhance.Contrast, ImageEnhance.Color):
            crop = quality(crop).enhance(1 + self.random.uniform(-LIGHT, LIGHT))
        pixels = np.asarray(crop, np.float32).transpose(2, 0, 1) / 255
        tint = 1 + self.noise.uniform(-TINT, TINT, (3, 1, 1))
        grain = self.noise.standard_normal(pixels.shape) * self.random.uniform(0, NOISE)
        return (pixels * tint + grain).clip(0, 1).astype(np.float32)


def _read(path: Path) -> Image.Image:
    """A photograph with 8 bits a channel, no larger than crops need it."""
    picture = fill_hidden(read_picture(path))
    pixels = picture.pixels
    if max(picture.size) > SIZES[1]:
        pixels = fitted(pixels, SIZES[1])
    return Picture(pixels).to_pil()
