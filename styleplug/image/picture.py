"""A picture in memory: its pixels, its transparency, and the file that it came from."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from styleplug.errors import UnsupportedImageError
from styleplug.image.convert import from_array, from_pil, pillow_errors
from styleplug.image.metadata import Metadata


@dataclass(frozen=True, eq=False)
class Picture:
    """Pixels, sRGB, with straight (not premultiplied) alpha.

    Args:
        pixels: (H, W, 3) float32 in [0, 1], H and W at least 1.
        alpha: (H, W) float32 in [0, 1], 0 where nothing is seen; None for an opaque picture.
        path: the file that the picture was read from; None for one made in memory.
        metadata: what that file says besides.

    Raises:
        UnsupportedImageError: another shape or dtype; the range isn't checked.
    """

    pixels: NDArray[np.float32]
    alpha: NDArray[np.float32] | None = None
    path: Path | None = None
    metadata: Metadata = field(default_factory=Metadata)

    def __post_init__(self) -> None:
        shape = self.pixels.shape
        if len(shape) != 3 or shape[2] != 3 or 0 in shape or self.pixels.dtype != np.float32:
            raise UnsupportedImageError(
                self.path,
                f"pixels are {shape} {self.pixels.dtype}, but must be (H, W, 3) float32;"
                " Picture.from_any converts them",
            )
        if self.alpha is None:
            return
        if self.alpha.shape != shape[:2] or self.alpha.dtype != np.float32:
            raise UnsupportedImageError(
                self.path,
                f"alpha is {self.alpha.shape} {self.alpha.dtype}, but must be {shape[:2]} float32",
            )

    @classmethod
    def from_any(
        cls, image: str | os.PathLike[str] | Image.Image | NDArray[Any] | Picture
    ) -> Picture:
        """The picture that a file, a Pillow image or an array holds.

        Args:
            image: the path of a file; a Pillow image of any mode, whose EXIF orientation is
                applied; an array, (H, W), (H, W, 1), (H, W, 3) or (H, W, 4), uint8 in 0..255,
                uint16 in 0..65535 or floats in 0..1; or a picture, which is returned as it is.

        Raises:
            UnreadableImageError: the file or the Pillow image can't be read.
            UnsupportedImageError: an array of another shape, dtype or range, or another type.
            ImageTooLargeError: more pixels than is safe to open.
        """
        if isinstance(image, Picture):
            return image
        if isinstance(image, np.ndarray):
            return cls(*from_array(image))
        if isinstance(image, Image.Image):
            with pillow_errors(None):
                return cls(*from_pil(image))
        if isinstance(image, str | os.PathLike):
            from styleplug.image.read import read_picture  # which imports this file

            return read_picture(image)
        raise UnsupportedImageError(
            None,
            f"{type(image).__name__} is no picture; use a path, a Pillow image or an array",
        )

    @property
    def size(self) -> tuple[int, int]:
        """(width, height) in pixels."""
        return self.pixels.shape[1], self.pixels.shape[0]

    def to_pil(self) -> Image.Image:
        """The picture with 8 bits a channel, clipped and rounded; RGB, or RGBA if it has alpha."""
        layers = self.pixels
        if self.alpha is not None:
            layers = np.dstack([self.pixels, self.alpha])
        return Image.fromarray(np.rint(np.clip(layers, 0, 1) * 255).astype(np.uint8))
