"""The formats of picture files: what they are called, and which files are theirs.

Knowing that loads neither NumPy nor Pillow; what reads and writes a format is loaded once it does.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Format:
    """A format of picture files.

    Args:
        name: by which programs ask for it: lower-case words joined by hyphens.
        label: what people call it.
        reads: the extensions of the files that can be read, each in lower case and with its dot.
        writes: those of the files that can be written, the usual one first.
        source: the plug-in that reads and writes it, filled in by styleplug.
    """

    name: str
    label: str
    reads: tuple[str, ...] = ()
    writes: tuple[str, ...] = ()
    source: str = ""


def _both(name: str, label: str, *extensions: str) -> Format:
    return Format(name, label, extensions, extensions)


_JPEG = (".jpg", ".jpeg", ".jpe", ".jfif")
FORMATS = (
    Format("jpeg", "JPEG", (*_JPEG, ".mpo"), _JPEG),
    _both("png", "PNG", ".png"),
    _both("tiff", "TIFF", ".tif", ".tiff"),
    _both("webp", "WebP", ".webp"),
    _both("avif", "AVIF", ".avif"),
    _both("heif", "HEIF", ".heic", ".heif", ".hif"),
    _both("jxl", "JPEG XL", ".jxl"),
    Format("gif", "GIF", (".gif",)),
    Format("bmp", "BMP", (".bmp", ".dib")),
    Format("netpbm", "Netpbm", (".pbm", ".pgm", ".pnm", ".ppm")),
    Format("jp2", "JPEG 2000", (".jp2", ".j2k", ".jpx")),
    Format("psd", "Photoshop", (".psd",)),
    Format("tga", "TGA", (".tga",)),
    Format(
        "raw",
        "camera RAW",
        (
            *(".3fr", ".arw", ".cr2", ".cr3", ".crw", ".dcr", ".dng", ".erf", ".fff", ".iiq"),
            *(".kdc", ".mef", ".mos", ".mrw", ".nef", ".nrw", ".orf", ".pef", ".raf", ".raw"),
            *(".rw2", ".rwl", ".sr2", ".srf", ".srw", ".x3f"),
        ),
    ),
)
"""Those that styleplug itself reads or writes."""
