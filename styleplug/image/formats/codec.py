"""What the module of a format says of it: how its files are recognised, read and written."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from styleplug.image.metadata.blocks import Metadata
from styleplug.image.metadata.texts import KeyedText
from styleplug.image.samples import Samples


def begins(*marks: bytes, at: int = 0) -> Callable[[bytes], bool]:
    """Whether a file begins with one of these, or has it behind some bytes."""
    return lambda data: data.startswith(marks, at)


@dataclass(frozen=True, kw_only=True)
class Writer:
    """How a format is written, and what it can hold.

    Args:
        encode: makes a file of (H, W, 3) or (H, W, 4) samples, uint8 or uint16, and of their ICC
            profile, if there is one.
        embed: puts metadata into such a file, or gives it back as it is where the format has no
            place for any; None where the format's library does, and `encode` takes `exif` and
            `xmp`, bytes, those of them that there are.
        check: raises a `MissingDependencyError` where nothing can be written.
        is_turned_by_exif: whether that library turns the picture as EXIF says, even where that
            makes no sense, or Pillow would write the block anew; EXIF doesn't say it then.
        has_alpha: whether transparency has a place.
        has_profile: whether an ICC profile has; the picture is written in sRGB otherwise.
        has_iptc: whether IPTC records have a place of their own; they go into EXIF otherwise.
        has_resolution: likewise the resolution.
        has_text: whether a text has; it goes into XMP otherwise.
        is_deep: whether samples of 16 bits are taken.
        longest_side: in pixels.
    """

    encode: Callable[..., bytes]
    embed: Callable[[bytes, Metadata], bytes] | None = None
    check: Callable[[], object] | None = None
    is_turned_by_exif: bool = False
    has_alpha: bool = True
    has_profile: bool = True
    has_iptc: bool = False
    has_resolution: bool = False
    has_text: Callable[[KeyedText], bool] = lambda text: False
    is_deep: bool = False
    longest_side: int | None = None


@dataclass(frozen=True, kw_only=True)
class Codec:
    """How a format is read, and written if it is.

    Args:
        matches: whether a file is of this format, by its first bytes.
        decode: gives the samples of a file, the first or main picture where it holds several.
            Raises an `ImageError` that names the path, an `UnreadableImageError` for a damaged
            file, a `MissingDependencyError`, or whatever libraries raise on damaged data. Where
            Pillow doesn't, it asks `check_size` of `samples.py` before it makes room for pixels.
        blocks_of: gives what a file says besides its pixels, as it stands there, and nothing
            without; raises likewise.
        writer: None for a format that is only read.
    """

    matches: Callable[[bytes], bool]
    decode: Callable[[bytes, Path], Samples]
    blocks_of: Callable[[bytes], Metadata] = lambda data: Metadata()
    writer: Writer | None = None
