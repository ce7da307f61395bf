"""A picture in memory: its pixels, its transparency, and what a file of it should keep."""

from __future__ import annotations

import os
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from styleplug.errors import UnsupportedImageError
from styleplug.image.colour import to_srgb
from styleplug.image.metadata.blocks import Metadata
from styleplug.image.pil import decoder_errors, samples_of
from styleplug.image.samples import Samples, from_array, quantised, scaled
from styleplug.image.turn import Turn


@dataclass(frozen=True)
class FileInfo:
    """How a picture was stored, so that what is made of it can be stored likewise.

    Args:
        profile: the ICC profile to write the picture with, one of RGB; None for a picture that
            came without one, and is taken for sRGB.
        depth: bits a channel, 8 or 16.
        warnings: what a person should know of how the picture was read, each the rest of a sentence
            that begins with the file's name.
        metadata: what the file said besides.
        orientation: the EXIF orientation, 1 to 8, that was applied when it was read; None for the
            one that the metadata name, if any, EXIF before XMP.
        size: (width, height) in pixels when it was read, upright; None for that of the picture.
    """

    profile: bytes | None = None
    depth: int = 8
    warnings: tuple[str, ...] = ()
    metadata: Metadata = field(default_factory=Metadata)
    orientation: int | None = None
    size: tuple[int, int] | None = None


@dataclass(frozen=True, eq=False)
class Picture:
    """Pixels, sRGB, with straight (not premultiplied) alpha.

    Args:
        pixels: (H, W, 3) float32 in [0, 1], H and W at least 1.
        alpha: (H, W) float32 in [0, 1], 0 where nothing is seen; None for an opaque picture.
        path: the file that the picture was read from; None for one made in memory.
        origin: how it was stored there.

    Raises:
        UnsupportedImageError: another shape or dtype; the range isn't checked.
    """

    pixels: NDArray[np.float32]
    alpha: NDArray[np.float32] | None = None
    path: Path | None = None
    origin: FileInfo = field(default_factory=FileInfo)

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
            image: the path of a file; a Pillow image of any mode, whose EXIF orientation and ICC
                profile are applied; an array, sRGB, (H, W), (H, W, 1), (H, W, 3) or (H, W, 4),
                uint8 in 0..255, uint16 in 0..65535 or floats in 0..1; or a picture, which is
                returned as it is.

        Raises:
            UnreadableImageError: the file or the Pillow image can't be read.
            UnsupportedImageError: an array of another shape, dtype or range, or another type.
            ImageTooLargeError: more pixels than is safe to open.
        """
        if isinstance(image, Picture):
            return image
        if isinstance(image, np.ndarray):
            return cls.from_samples(from_array(image))
        if isinstance(image, Image.Image):
            with decoder_errors(None):
                return cls.from_samples(samples_of(image))
        if isinstance(image, str | os.PathLike):
            import styleplug

            return styleplug.read_image(image)
        raise UnsupportedImageError(
            None,
            f"{type(image).__name__} is no picture; use a path, a Pillow image or an array",
        )

    @classmethod
    def from_samples(cls, samples: Samples, path: Path | None = None) -> Picture:
        """The picture of samples as a decoder gives them, its colours converted to sRGB.

        Raises:
            UnsupportedImageError: values of another type or range, or none at all.
        """
        pixels, profile, warnings = to_srgb(samples, path)
        alpha = None if samples.alpha is None else scaled(samples.alpha, path)
        origin = FileInfo(profile, samples.depth, warnings, orientation=samples.orientation)
        return cls(pixels, alpha, path, replace(origin, size=pixels.shape[1::-1]))

    def with_metadata(self, metadata: Metadata) -> Picture:
        """The picture, to be stored with other metadata."""
        return replace(self, origin=replace(self.origin, metadata=metadata))

    @property
    def size(self) -> tuple[int, int]:
        """(width, height) in pixels."""
        return self.pixels.shape[1], self.pixels.shape[0]

    @property
    def turn(self) -> Turn:
        """What became of the picture since it was stored."""
        orientation = self.origin.orientation or self.origin.metadata.orientation
        return Turn.of(orientation, self.origin.size or self.size, self.size)

    def to_pil(self) -> Image.Image:
        """The picture in sRGB with 8 bits a channel; RGB, or RGBA if it has alpha."""
        layers = self.pixels
        if self.alpha is not None:
            layers = np.dstack([self.pixels, self.alpha])
        return Image.fromarray(quantised(layers, 8))
