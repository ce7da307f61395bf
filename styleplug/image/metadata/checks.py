"""Metadata as a file has them, checked: what is damaged or too large is left out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from styleplug.image.metadata import exif, xmp_correction
from styleplug.image.metadata.blocks import MAX_BLOCK, Metadata
from styleplug.image.metadata.resolution import in_exif
from styleplug.image.metadata.texts import shortened
from styleplug.image.metadata.xmp_source import TooLargeError
from styleplug.image.turn import AXES

_RECORD = b"\x1c"  # how an IPTC record begins
_LEFT_OUT = "has {} data that are {}; they were left out"


def checked(found: Metadata, orientation: int | None) -> tuple[Metadata, tuple[str, ...]]:
    """The metadata, and what a person should know of them.

    A block that is damaged is left out, with a warning, the rest of a sentence that begins with the
    file's name.

    Args:
        found: as they stand in a file.
        orientation: the EXIF orientation, 1 to 8, that was applied to the file's pixels, and is to
            the resolution; None for the one that the metadata name.
    """
    block = found.exif.removeprefix(b"Exif\0\0") if found.exif else None
    xmp, iptc, texts = found.xmp, found.iptc, shortened(found.texts)
    metadata = Metadata(
        exif=_if_whole(block, exif.is_exif),
        xmp=xmp,
        iptc=_if_whole(iptc, lambda records: records.startswith(_RECORD)),
        resolution=found.resolution,
        texts=texts,
    )
    warnings = [
        _LEFT_OUT.format(name, "damaged" if len(given) <= MAX_BLOCK else "too large")
        for name, given, kept in (("EXIF", block, metadata.exif), ("IPTC", iptc, metadata.iptc))
        if given and not kept
    ]
    if texts != found.texts:
        warnings.append("has texts that are too long or too many; the rest was left out")
    if metadata.exif and not xmp:
        metadata = replace(metadata, xmp=exif.xmp_of(metadata.exif))
    if metadata.xmp:
        try:
            warnings += xmp_correction.warnings_on(metadata.xmp)
        except ValueError as error:
            metadata = replace(metadata, xmp=None)
            is_large = isinstance(error, TooLargeError)
            warnings.append(_LEFT_OUT.format("XMP", "too large" if is_large else "damaged"))
    metadata = _with_what_exif_says(metadata)
    if metadata.resolution and AXES[orientation or metadata.orientation][0]:
        metadata = replace(metadata, resolution=metadata.resolution[::-1])
    return metadata, tuple(warnings)


def _if_whole(block: bytes | None, is_whole: Callable[[bytes], bool]) -> bytes | None:
    return block if block and len(block) <= MAX_BLOCK and is_whole(block) else None


def _with_what_exif_says(metadata: Metadata) -> Metadata:
    """The metadata, and what EXIF has of that which stands in no place of its own."""
    if not metadata.exif:
        return metadata
    resolution = metadata.resolution or in_exif(metadata.exif)
    iptc = metadata.iptc or exif.iptc_of(metadata.exif)
    return replace(metadata, iptc=iptc, resolution=resolution)
