"""The bytes of a picture file, read by whichever module knows its format."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from styleplug.errors import ImageError, MissingDependencyError, UnsupportedImageError
from styleplug.image.formats import FORMATS, codec_of
from styleplug.image.formats.codec import Codec
from styleplug.image.metadata.blocks import Metadata
from styleplug.image.metadata.checks import checked
from styleplug.image.pil import decoder_errors
from styleplug.image.samples import PathOrNone, Samples

# What people take for pictures, and how such files begin, or go on after four bytes.
_NOT_READ: Mapping[str, tuple[bytes, ...]] = {
    "PostScript": (b"%!PS", b"\xc5\xd0\xd3\xc6"),
    "PDF": (b"%PDF",),
    "SVG or XML": (b"<svg", b"<?xml"),
    "GIMP": (b"gimp xcf",),
    "OpenEXR": (b"v/1\x01",),
    "Radiance HDR": (b"#?RADIANCE", b"#?RGBE"),
    "DDS": (b"DDS ",),
    "icon": (b"\0\0\x01\0", b"icns"),
    "QOI": (b"qoif",),
    "JPEG XR": (b"II\xbc\x01",),
    "PAM": (b"P7\n",),
    "PCX": (b"\x0a\x05\x01\x08",),
    "FITS": (b"SIMPLE  =",),
    "ZIP": (b"PK\x03\x04",),
    "video": (b"\x1aE\xdf\xa3", b"ftypqt", b"ftypisom", b"ftypmp4", b"ftypM4V"),
}


def decoded(data: bytes, path: Path) -> Samples:
    """The samples of a file, the first or main picture where it holds several; content decides.

    Call it within `decoder_errors`.

    Raises:
        UnsupportedImageError: the library that its format needs isn't installed.
        ImageTooLargeError: it has too many pixels; it isn't decoded then.
        Exception: whatever the libraries raise on damaged data.
    """
    try:
        return _codec_for(data, path).decode(data, path)
    except MissingDependencyError as error:
        raise UnsupportedImageError(path, f"can't be read, since {error}") from error


def read_metadata(data: bytes, orientation: int | None = None) -> tuple[Metadata, tuple[str, ...]]:
    """A picture file's metadata, and what a person should know of them, as `checked` has it."""
    try:
        with decoder_errors(None):
            found = _codec_for(data, None).blocks_of(data)
    except (ImageError, MissingDependencyError):
        return Metadata(), ("has metadata that can't be read; they were left out",)
    return checked(found, orientation)


def _codec_for(data: bytes, path: PathOrNone) -> Codec:
    *marked, unmarked = FORMATS
    for format in marked:
        codec = codec_of(format)
        if codec.matches(data):
            return codec
    for kind, marks in _NOT_READ.items():
        if data.startswith(marks) or data.startswith(marks, 4):
            raise UnsupportedImageError(
                path, f"is a file of the kind {kind}, which isn't read; make a PNG or TIFF of it"
            )
    return codec_of(unmarked)
