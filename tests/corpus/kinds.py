"""Kinds of picture files, and what their generators share."""

from __future__ import annotations

import io
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray
from PIL import ExifTags, Image

Array: TypeAlias = NDArray[Any]
Profiles: TypeAlias = dict[str, bytes]

HEIGHT, WIDTH = 31, 45  # whose rows fill no bytes, blocks or tiles
ORIENTATIONS = {  # ImageMagick's names
    **{1: "top-left", 2: "top-right", 3: "bottom-right", 4: "bottom-left"},
    **{5: "left-top", 6: "right-top", 7: "right-bottom", 8: "left-bottom"},
}
# ImageMagick's options for a file with a profile; without these it doesn't convert its colours.
CONVERTED = ("-intent", "relative", "-black-point-compensation", "-profile", "srgb.icc")
CAMERA = "camera.jpg"
# What is compared of an HDR picture, in 0..1: what its colours become is a matter of taste, but
# greys stay grey, and become neither black nor white.
MIDDLE_GREY, ANY_GREY = np.full((HEIGHT, WIDTH, 3), 0.5), 0.3
EXIV2 = (
    *("exiv2", "-Mset Exif.Image.Artist Ascii Ann", "-Mset Xmp.dc.title Boats"),
    *("-Mset Iptc.Application2.City Arles", "IN"),
)
STAMP = ("-tagsFromFile", CAMERA, "-all:all", "--Orientation", "-unsafe")


@dataclass(frozen=True)
class Kind:
    """A file of the corpus.

    Args:
        name: of the file; no other has the same before the point.
        data: its content, before ExifTool has put metadata into it.
        reference: what is read otherwise: ImageMagick's options for it; or, where it reads the
            kind wrongly, what the pixels were made of, (H, W, C) floats in 0..1, sRGB, upright, C
            being 1 for grey, 2 for grey with alpha, and 3 or 4 likewise.
        tolerance: by how much a pixel may differ, in 0..1.
        tags: ExifTool's arguments that put metadata into it; none for a file with its own.
        by: a command that makes a PNG file, OUT, of IN, for what ImageMagick can't read or, as
            HEIF, reads with less than it has.
        fault: why its pixels are known to be wrong.
    """

    name: str
    data: bytes
    reference: tuple[str, ...] | Array = ()
    tolerance: float = 0.6 / 255
    tags: tuple[str, ...] = STAMP
    by: tuple[str, ...] = ()
    fault: str = ""


def smooth(channels: int, dtype: type[np.generic] = np.uint8) -> Array:
    """(H, W, C) in the dtype's whole range: no channel and no direction is like another."""
    return levels(channels, 8 * np.dtype(dtype).itemsize).astype(dtype)


def levels(channels: int, bits: int) -> Array:
    """The same in so many bits, as uint16."""
    y, x = np.mgrid[:HEIGHT, :WIDTH] / [[[HEIGHT - 1]], [[WIDTH - 1]]]
    layers = np.stack([x, y, (1 - x) * (1 - y), x * y / 2, 0.3 + 0.7 * y], axis=2)
    if channels in (2, 4):  # the last is alpha
        layers = np.delete(layers, [1, 2, 3] if channels == 2 else [3], axis=2)
    return np.rint(layers[..., :channels] * (2**bits - 1)).astype(np.uint16)


def lab() -> Array:
    """The picture in colours that sRGB has, (H, W, 3): L* in 0..100, a* and b*."""
    x, y, _ = np.moveaxis(smooth(3) / 255, 2, 0)
    return np.stack([30 + 50 * y, 40 * x - 20, 20 - 30 * x * y], axis=2)


def srgb_of(lab: Array) -> Array:
    """sRGB of L*a*b* under D50, as ICC profiles have it (CIE 15, IEC 61966-2-1)."""
    y = (lab[..., 0] + 16) / 116
    f = np.stack([y + lab[..., 1] / 500, y, y - lab[..., 2] / 200], axis=2)
    xyz = np.where(f > 6 / 29, f**3, (f - 4 / 29) * 3 * (6 / 29) ** 2) * [0.9642, 1, 0.8249]
    to_rgb = np.array(  # of D65, by Bradford's matrix (Lindbloom)
        [
            [3.1338561, -1.6168667, -0.4906146],
            [-0.9787684, 1.9161415, 0.0334540],
            [0.0719453, -0.2289914, 1.4052427],
        ]
    )
    light = np.clip(xyz @ to_rgb.T, 0, 1)
    return np.where(light <= 0.0031308, light * 12.92, 1.055 * light ** (1 / 2.4) - 0.055)


def packed(values: Array, bits: int) -> bytes:
    """Rows of samples of so many bits, the highest first, each padded to a byte."""
    rows = values.reshape(len(values), -1).astype(np.uint16)
    digits = rows[..., np.newaxis] >> np.arange(bits)[::-1] & 1
    return np.packbits(digits.reshape(len(values), -1).astype(np.uint8), axis=1).tobytes()


def saved(image: Image.Image | Array, format: str, **options: Any) -> bytes:
    """A file by Pillow."""
    buffer = io.BytesIO()
    image = image if isinstance(image, Image.Image) else Image.fromarray(image.squeeze())
    image.save(buffer, format, **options)
    return buffer.getvalue()


def oriented(orientation: int) -> bytes:
    """An EXIF block."""
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = orientation
    return exif.tobytes()


def adobe_exif() -> bytes:
    """An EXIF block that says Adobe RGB."""
    exif = Image.Exif()
    exif.get_ifd(ExifTags.IFD.Exif)[ExifTags.IFD.Interop] = {1: "R03"}
    return exif.tobytes()


def oriented_xmp(orientation: int) -> bytes:
    """An XMP packet that says nothing else."""
    return (
        '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF'
        ' xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about=""'
        f' xmlns:tiff="http://ns.adobe.com/tiff/1.0/" tiff:Orientation="{orientation}"/>'
        "</rdf:RDF></x:xmpmeta>"
    ).encode()


def through(data: bytes, suffix: str, *command: str, out: str | None = None) -> bytes:
    """What a program makes of a file, which is IN among its arguments; OUT is the new one, if it
    isn't the same."""
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder, f"in{suffix}")
        target = Path(folder, f"out{out}") if out else source
        source.write_bytes(data)
        places = {"IN": str(source), "OUT": str(target)}
        arguments = [places.get(argument, argument) for argument in command]
        subprocess.run(arguments, check=True, capture_output=True, timeout=60)
        return target.read_bytes()
