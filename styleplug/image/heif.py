"""HEIF files, which phones save photographs as: read and written by pillow-heif."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from styleplug.extras import import_extra
from styleplug.image.heif_turn import applied_orientation
from styleplug.image.samples import SEVERAL, PathOrNone, Samples, check_size, with_alpha

if TYPE_CHECKING:
    from types import ModuleType

_BRANDS = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs"}
_WRITTEN_BITS = 10


def is_heif(data: bytes) -> bool:
    """Whether a file is HEIF with HEVC; AVIF is in the same container, and Pillow reads that."""
    end = int.from_bytes(data[:4], "big")
    brands = {data[start : start + 4] for start in range(8, min(end, 256), 4)}
    return data[4:8] == b"ftyp" and not _BRANDS.isdisjoint(brands)


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
        layers = _stretched(layers, image.info["bit_depth"], 16)
    samples = with_alpha(np.atleast_3d(layers), 3 if "RGB" in image.mode else 1)
    return Samples(
        samples.colours,
        samples.alpha,
        image.info.get("icc_profile"),
        (SEVERAL,) if len(file) > 1 else (),
        applied_orientation(data),
    )


def blocks_of(data: bytes) -> tuple[bytes | None, bytes | None]:
    """The EXIF block and the XMP packet of the main picture.

    Raises:
        MissingDependencyError: pillow-heif isn't installed.
        Exception: whatever pillow-heif raises on damaged data.
    """
    info = library().open_heif(data).info
    return info.get("exif"), info.get("xmp")


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
        layers = _stretched(layers, 16, _WRITTEN_BITS) << (16 - _WRITTEN_BITS)
    buffer = io.BytesIO()
    height, width = layers.shape[:2]
    options = blocks if profile is None else {**blocks, "icc_profile": profile}
    library().encode(
        mode, (width, height), layers.tobytes(), buffer, quality=90, chroma=444, **options
    )
    return buffer.getvalue()


def _stretched(values: NDArray[np.uint16], bits: int, new_bits: int) -> NDArray[np.uint16]:
    """Samples of so many bits as samples of as many others, white staying white."""
    factor = np.float32((2**new_bits - 1) / (2**bits - 1))
    stretched: NDArray[np.uint16] = np.rint(values * factor).astype(np.uint16)
    return stretched
