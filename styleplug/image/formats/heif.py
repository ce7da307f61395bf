"""HEIF files, which phones save photographs as: read and written by pillow-heif."""

from __future__ import annotations

import io
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from styleplug.extras import import_extra
from styleplug.image.cicp import described
from styleplug.image.colour import adobe_profile
from styleplug.image.formats.codec import Codec, Writer
from styleplug.image.isobmff import applied_orientation, brands
from styleplug.image.metadata.blocks import Metadata
from styleplug.image.pil import exif_of, is_adobe
from styleplug.image.samples import (
    SEVERAL,
    PathOrNone,
    Samples,
    check_size,
    straightened,
    stretched,
    with_alpha,
)

if TYPE_CHECKING:
    from types import ModuleType

_BRANDS = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs"}
_WRITTEN_BITS = 10
# x265's usual effort takes seven times as long, for files that are smaller by a tenth or two.
_QUALITY, _EFFORT = 88, {"preset": "ultrafast"}


def is_heif(data: bytes) -> bool:
    """Whether a file is HEIF with HEVC; AVIF is in the same container, and Pillow reads that."""
    return not _BRANDS.isdisjoint(brands(data))


def library() -> ModuleType:
    """pillow-heif. It isn't registered with Pillow, whose formats belong to the whole process.

    Raises:
        MissingDependencyError: it isn't installed.
    """
    return import_extra("pillow_heif", "heif")


def decoded(data: bytes, path: PathOrNone) -> Samples:
    """The main picture of a file, upright; one of 10 or 12 bits becomes one of 16.

    Raises:
        MissingDependencyError: pillow-heif isn't installed.
        ImageTooLargeError: it has too many pixels.
        Exception: whatever pillow-heif raises on damaged data.
    """
    file = library().open_heif(data, convert_hdr_to_8bit=False, hdr_to_16bit=False)
    width, height = file.size
    check_size(width, height, path)
    image = file[file.primary_index]
    layers = np.asarray(image)
    if layers.dtype == np.uint16:
        layers = stretched(layers, image.info["bit_depth"], 16)
    samples = with_alpha(np.atleast_3d(layers), 3 if "RGB" in image.mode else 1)
    if samples.alpha is not None and image.premultiplied_alpha:
        samples = replace(samples, colours=straightened(samples.colours, samples.alpha))
    samples = replace(
        samples,
        profile=_profile(image.info),
        warnings=(SEVERAL,) if len(file) > 1 else (),
        orientation=applied_orientation(data),
    )
    numbers = image.info.get("nclx_profile")
    if "icc_profile" in image.info or numbers is None:
        return samples
    return described(samples, numbers["color_primaries"], numbers["transfer_characteristics"])


def _profile(info: dict[str, Any]) -> bytes | None:
    """The ICC profile, or what cameras mean by their EXIF data."""
    profile: bytes | None = info.get("icc_profile")
    if profile is None and info.get("exif"):
        with suppress(Exception):  # damaged notes about a picture that may be whole
            return adobe_profile() if is_adobe(exif_of(info["exif"])) else None
    return profile or None


def blocks_of(data: bytes) -> Metadata:
    """The EXIF block and the XMP packet of the main picture.

    Raises:
        MissingDependencyError: pillow-heif isn't installed.
        Exception: whatever pillow-heif raises on damaged data.
    """
    info = library().open_heif(data).info
    return Metadata(info.get("exif"), info.get("xmp"))


def encoded(layers: NDArray[Any], profile: bytes | None, **blocks: bytes) -> bytes:
    """A file of (H, W, 3) or (H, W, 4) samples, uint8, or uint16, of which 10 bits are kept.

    Args:
        layers: the samples.
        profile: their ICC profile.
        blocks: `exif` and `xmp`, to be embedded.
    """
    mode = "RGBA" if layers.shape[2] == 4 else "RGB"
    if layers.dtype == np.uint16:
        mode += ";16"
        layers = stretched(layers, 16, _WRITTEN_BITS) << (16 - _WRITTEN_BITS)
    buffer = io.BytesIO()
    height, width = layers.shape[:2]
    options = blocks if profile is None else {**blocks, "icc_profile": profile}
    library().encode(
        mode,
        (width, height),
        layers.tobytes(),
        buffer,
        quality=_QUALITY,
        chroma=444,
        enc_params=_EFFORT,
        **options,
    )
    return buffer.getvalue()


CODEC = Codec(
    matches=is_heif,
    decode=decoded,
    blocks_of=blocks_of,
    writer=Writer(
        encode=encoded, check=library, is_turned_by_exif=True, is_deep=True, longest_side=16384
    ),
)
