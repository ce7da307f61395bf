"""What a picture's file says besides its pixels, as readers find it and writers take it."""

from __future__ import annotations

from dataclasses import dataclass

from styleplug.image.metadata import exif, xmp_correction
from styleplug.image.metadata.resolution import Resolution
from styleplug.image.metadata.texts import KeyedText

MAX_BLOCK = 16 * 2**20
"""The bytes of the longest block that is kept."""


@dataclass(frozen=True)
class Metadata:
    """Three blocks, each as its standard has it, or None; and what stands beside them in a file.

    Args:
        exif: a TIFF structure; the offsets in it count from its beginning.
        xmp: a packet, an RDF document.
        iptc: IPTC-IIM records.
        resolution: in print, of the upright picture; None for one that may have any size there.
        texts: comments, and texts with other keywords.
    """

    exif: bytes | None = None
    xmp: bytes | None = None
    iptc: bytes | None = None
    resolution: Resolution | None = None
    texts: tuple[KeyedText, ...] = ()

    @property
    def orientation(self) -> int:
        """The EXIF orientation, 1 to 8, that they name, EXIF before XMP; 1 if they don't."""
        named = exif.orientation_in(self.exif) if self.exif else None
        return named or (xmp_correction.orientation_in(self.xmp) if self.xmp else None) or 1
