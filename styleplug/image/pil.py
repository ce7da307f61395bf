"""Files by Pillow: its images of any mode as samples, upright, and samples as its files."""

from __future__ import annotations

import io
import threading
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from functools import partial
from typing import Any

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
from styleplug.image.metadata.blocks import Metadata
from styleplug.image.metadata.resolution import resolution_of
from styleplug.image.samples import (
    SEVERAL,
    PathOrNone,
    Samples,
    check_size,
    upright,
    with_alpha,
)
from styleplug.image.turn import known_orientation


class _Silence:
    """Ignores warnings while any thread is within it.

    Python's filters belong to the whole process: two threads that change them at once would restore
    each other's. So the first to come changes them, and the last to go restores them.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._threads = 0

    def __enter__(self) -> None:
        with self._lock:
            if not self._threads:
                self._filters = warnings.catch_warnings()
                self._filters.__enter__()
                warnings.simplefilter("ignore")
            self._threads += 1

    def __exit__(self, *_: object) -> None:
        with self._lock:
            self._threads -= 1
            if not self._threads:
                self._filters.__exit__(None, None, None)


_silence = _Silence()


@contextmanager
def decoder_errors(path: PathOrNone) -> Iterator[None]:
    """Turn what decoders raise or warn of on damaged data into errors that name `path`.

    Raises:
        UnreadableImageError: no picture, or a damaged one.
        ImageTooLargeError: more pixels than Pillow opens, or than memory holds.
    """
    try:
        with _silence:
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


@contextmanager
def opened(data: bytes, format: str, path: PathOrNone) -> Iterator[Image.Image]:
    """A file of one of Pillow's formats, opened by Pillow; call it within `decoder_errors`.

    Raises:
        ImageTooLargeError: it has too many pixels.
        Exception: whatever Pillow raises on damaged data.
    """
    with Image.open(io.BytesIO(data), formats=[format]) as image:
        check_size(*image.size, path)
        yield image


def decoded(format: str, data: bytes, path: PathOrNone) -> Samples:
    """The picture in such a file; raises as `opened` does."""
    with opened(data, format, path) as image:
        return samples_of(image, path)


def blocks_of(data: bytes) -> Metadata:
    """What Pillow finds in a file besides its pixels; call it within `decoder_errors`.

    Raises:
        Exception: whatever Pillow raises on damaged data.
    """
    with Image.open(io.BytesIO(data)) as image:
        resolution = resolution_of(*image.info.get("dpi", (0, 0)))
        return Metadata(image.info.get("exif"), image.info.get("xmp"), resolution=resolution)


def encoded(format: str, layers: NDArray[Any], profile: bytes | None, **options: Any) -> bytes:
    """A file of (H, W, 3) or (H, W, 4) samples, uint8, in one of Pillow's formats.

    Args:
        format: Pillow's name of it.
        layers: the samples.
        profile: their ICC profile.
        options: of Pillow's; some formats take `exif` and `xmp`, to be embedded.
    """
    buffer = io.BytesIO()
    Image.fromarray(layers).save(buffer, format, icc_profile=profile, **options)
    return buffer.getvalue()


def samples_of(image: Image.Image, path: PathOrNone = None) -> Samples:
    """The current frame of a Pillow image; call it within `decoder_errors`.

    Modes I;16 and I are read as 16-bit grey, F as grey in 0..1.

    Raises:
        UnsupportedImageError: numbers of mode I that aren't 16-bit grey.
        Exception: whatever Pillow raises on damaged data.
    """
    # As it loads a TIFF file, Pillow turns it, and forgets that.
    turned = _orientation(image.getexif) if image.format == "TIFF" else None
    image.load()
    samples = finished(_by_mode(image, path), image)
    return samples if turned is None else replace(samples, orientation=turned)


def finished(samples: Samples, image: Image.Image) -> Samples:
    """Samples turned upright, and with what a Pillow image tells besides its pixels."""
    found = samples.warnings
    if getattr(image, "is_animated", False):
        found = (*found, SEVERAL)
    profile = image.info.get("icc_profile")
    if profile is None and "icc_profile" in image.info:
        found = (*found, "has a colour profile that is damaged; it was ignored")
    return _placed(replace(samples, profile=profile or None, warnings=found), image.getexif)


def apply_orientation_and_profile(samples: Samples, block: bytes) -> Samples:
    """Samples as an EXIF block wants them seen: upright, and in Adobe RGB if it says so."""
    return _placed(samples, partial(exif_of, block))


def exif_of(block: bytes) -> Image.Exif:
    """An EXIF block, read by Pillow, which raises nearly anything on damaged ones."""
    exif = Image.Exif()
    exif.load(block)
    return exif


def _placed(samples: Samples, exif: Callable[[], Image.Exif]) -> Samples:
    """Not by `ImageOps.exif_transpose`, which also writes the EXIF data anew and fails where an
    unrelated tag is odd."""
    orientation = _orientation(exif)
    samples = replace(
        samples,
        colours=upright(samples.colours, orientation),
        alpha=None if samples.alpha is None else upright(samples.alpha, orientation),
        orientation=orientation,
    )
    with suppress(Exception):  # damaged notes about a picture that may be whole
        if samples.profile is None and is_adobe(exif()):
            return replace(samples, profile=adobe_profile())
    return samples


def _orientation(exif: Callable[[], Image.Exif]) -> int:
    with suppress(Exception):  # likewise
        return known_orientation(exif().get(ExifTags.Base.Orientation))
    return 1


def is_adobe(exif: Image.Exif) -> bool:
    """Whether EXIF data say that colours are Adobe RGB: cameras write no profile then (DCF 2.0)."""
    interoperability = exif.get_ifd(ExifTags.IFD.Interop)
    return bool(interoperability.get(ExifTags.Interop.InteropIndex) == "R03")


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


def _as_16_bit(values: NDArray[np.int32], path: PathOrNone) -> NDArray[np.uint16]:
    if values.size and (values.min() < 0 or values.max() > 65535):
        raise UnsupportedImageError(
            path,
            f"has 32-bit values from {values.min()} to {values.max()}; save it with 8 or 16 bits",
        )
    return values.astype(np.uint16)
