"""The formats of picture files: what they are called, and which files are theirs.

Knowing that loads neither NumPy nor Pillow; what reads and writes a format is loaded once it does.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from styleplug.image.formats.codec import Codec


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
    Format("cr3", "Canon CR3", (".cr3",)),
    Format("crw", "Canon CRW", (".crw",)),
    Format(
        "raw",
        "camera RAW",
        (
            *(".3fr", ".arw", ".cr2", ".dcr", ".dng", ".erf", ".fff", ".iiq", ".kdc", ".mef"),
            *(".mos", ".mrw", ".nef", ".nrw", ".orf", ".pef", ".raf", ".raw", ".rw2", ".rwl"),
            *(".sr2", ".srf", ".srw", ".x3f"),
        ),
    ),
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
)
"""Those that styleplug itself reads or writes; each has a module of its name in this package.

A file is of the first whose module recognises it: RAW files may be TIFF files, too, and TGA files
have no mark.
"""


def codec_of(format: Format) -> Codec:
    """What reads and writes one of `FORMATS`."""
    codec: Codec = import_module(f"{__name__}.{format.name}").CODEC
    return codec
