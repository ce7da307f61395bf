"""Samples of Pillow images of any mode, upright."""

from __future__ import annotations

import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from PIL import ExifTags, Image, UnidentifiedImageError

from styleplug.errors import (
    ImageError,
    ImageTooLargeError,
    UnreadableImageError,
    UnsupportedImageError,
)
from styleplug.image.colour import adobe_profile
from styleplug.image.samples import SEVERAL, PathOrNone, Samples, upright, with_alpha
from styleplug.image.turn import known_orientation

# Python's warning filters belong to the whole process: two threads that change them at once would
# restore each other's.
_warning_filters = threading.Lock()


@contextmanager
def decoder_errors(path: PathOrNone) -> Iterator[None]:
    """Turn what decoders raise or warn of on damaged data into errors that name `path`.

    Raises:
        UnreadableImageError: no picture, or a damaged one.
        ImageTooLargeError: more pixels than Pillow opens, or than memory holds.
    """
    try:
        with _warning_filters, warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    except ImageError:
        raise
    except Image.DecompressionBombError as error:
        raise ImageTooLargeError(
            path, "has more pixels than are safe to open; use a smaller copy"
        ) from error
    except MemoryError as error:
        raise ImageTooLargeError(
            path, "doesn't fit into memory; use a smaller copy, or close other programs"
        ) from error
    except UnidentifiedImageError as error:
        raise UnreadableImageError(
            path, "is no picture of a known kind, or is damaged; use a JPEG, PNG, TIFF or WebP file"
        ) from error
    except Exception as error:  # decoders raise nearly anything on damaged data
        reason = " ".join(str(error).split()) or type(error).__name__
        raise UnreadableImageError(
            path, f"is damaged or incomplete ({reason}); copy it again, or save it anew"
        ) from error


def samples_of(image: Image.Image, path: PathOrNone = None) -> Samples:
    """The current frame of a Pillow image; call it within `decoder_errors`.

    Modes I;16 and I are read as 16-bit grey, F as grey in 0..1.

    Raises:
        UnsupportedImageError: numbers of mode I that aren't 16-bit grey.
        Exception: whatever Pillow raises on damaged data.
    """
    if image.format != "TIFF":
        image.load()
        return finished(_by_mode(image, path), image)
    orientation, _ = _exif(image)  # as it loads a TIFF file, Pillow turns it, and forgets that
    image.load()
    return replace(finished(_by_mode(image, path), image), orientation=orientation)


def finished(samples: Samples, image: Image.Image) -> Samples:
    """Samples turned upright, and with what a Pillow image tells besides its pixels."""
    orientation, is_adobe = _exif(image)
    remarks = samples.remarks
    if getattr(image, "is_animated", False):
        remarks = (*remarks, SEVERAL)
    profile = image.info.get("icc_profile")
    if profile is None and "icc_profile" in image.info:
        remarks = (*remarks, "has a colour profile that is damaged; it was ignored")
    if profile is None and is_adobe:
        profile = adobe_profile()
    return replace(
        samples,
        colours=upright(samples.colours, orientation),
        alpha=None if samples.alpha is None else upright(samples.alpha, orientation),
        profile=profile or None,
        remarks=remarks,
        orientation=orientation,
    )


def _by_mode(image: Image.Image, path: PathOrNone) -> Samples:
    mode = image.mode
    if mode == "I":
        return Samples(_as_16_bit(np.asarray(image), path)[..., np.newaxis])
    if mode == "F" or mode.startswith("I;16"):
        return Samples(np.asarray(image)[..., np.newaxis])
    if mode == "CMYK":
        return Samples(np.asarray(image))
    if mode in ("L", "LA", "La"):
        if not image.has_transparency_data:
            return Samples(np.asarray(image)[..., np.newaxis])
        return with_alpha(np.asarray(image.convert("LA")), 1)
    return with_alpha(
        np.asarray(image.convert("RGBA" if image.has_transparency_data else "RGB")), 3
    )


def _exif(image: Image.Image) -> tuple[int, bool]:
    """The orientation, 1 where there is none; whether colours are Adobe RGB.

    Not `ImageOps.exif_transpose`, which also writes the EXIF data anew and fails where an unrelated
    tag is odd.
    """
    orientation, is_adobe = 1, False
    with suppress(Exception):  # damaged notes about a picture that may be whole
        exif = image.getexif()
        orientation = known_orientation(exif.get(ExifTags.Base.Orientation))
        # Cameras write Adobe RGB without a profile, and say so here (DCF 2.0).
        interoperability = exif.get_ifd(ExifTags.IFD.Interop)
        is_adobe = interoperability.get(ExifTags.Interop.InteropIndex) == "R03"
    return orientation, is_adobe


def _as_16_bit(values: NDArray[np.int32], path: PathOrNone) -> NDArray[np.uint16]:
    if values.size and (values.min() < 0 or values.max() > 65535):
        raise UnsupportedImageError(
            path,
            f"has 32-bit values from {values.min()} to {values.max()}; save it with 8 or 16 bits",
        )
    return values.astype(np.uint16)
