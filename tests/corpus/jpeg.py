"""JPEG files: as cameras, phones and printers' programs write them."""

from __future__ import annotations

from collections.abc import Iterator

import imagecodecs
import numpy as np
from PIL import Image

from . import kinds
from .kinds import CONVERTED, EXIV2, ORIENTATIONS, STAMP, Kind, Profiles, saved, smooth

_NEAR = 2.1 / 255  # decoders round differently
_REGION = (
    "-RegionInfo={AppliedToDimensions={W=45,H=31,Unit=pixel},RegionList=[{Area={X=.2,Y=.25,W=.1,"
    "H=.2,Unit=normalized},Name=Ann,Type=Face}]}"
)
_PROMISES = {
    "regions": ("-n", "-Orientation=6", "-SubjectArea=30 20 9 9", _REGION),
    "gain-map": ("-XMP-hdrgm:Version=1.0",),
    "motion-photo": ("-XMP-GCamera:MicroVideo=1", "-XMP-GCamera:MicroVideoOffset=1032"),
    "embedded-original": ("-XMP-GImage:ImageMimeType=image/jpeg", "-XMP-GImage:ImageData<=secret"),
    "extended-xmp": (f"-XMP-dc:Description={'Boats ' * 12000}",),
    "thumbnail": ("-ThumbnailImage<=secret",),
}


def made(profiles: Profiles) -> Iterator[Kind]:
    """All of them."""
    for name, data, *options in [*_sampled(), *_in_other_colours(), *_damaged()]:
        yield Kind(f"{name}.jpg", data, tuple(options), _NEAR)
    rgb = Image.fromarray(smooth(3))
    for number, name in ORIENTATIONS.items():
        exif, xmp = kinds.oriented(number), kinds.oriented_xmp(number)
        yield Kind(f"exif-{number}.jpg", saved(rgb, "JPEG", exif=exif), (), _NEAR)
        turned = ("-orient", name)  # ImageMagick doesn't look into XMP
        yield Kind(f"xmp-{number}.jpg", saved(rgb, "JPEG", xmp=xmp), turned, _NEAR)
    for name, profile in profiles.items():
        channels = {"grey": 1, "cmyk": 4}.get(name, 3)
        image = Image.fromarray(smooth(channels).squeeze(), "CMYK" if channels == 4 else None)
        data = saved(image, "JPEG", icc_profile=profile, quality=95)
        yield Kind(f"profile-{name}.jpg", data, CONVERTED, 2 * _NEAR)
    adobe = ("-profile", "adobe.icc", *CONVERTED)  # which ImageMagick has to be told
    data = saved(rgb, "JPEG", exif=kinds.adobe_exif())
    yield Kind("adobe-rgb-by-exif.jpg", data, adobe, 2 * _NEAR, ())
    for name, tags in _PROMISES.items():
        data = saved(rgb, "JPEG") + bytes(1032)
        yield Kind(f"{name}.jpg", data, (), _NEAR, (*tags, *STAMP))
    for extension in ("jpeg", "jpe", "jfif"):
        yield Kind(f"extension-{extension}.{extension}", saved(rgb, "JPEG"), (), _NEAR)
    for order in ("II", "MM"):
        tags = ("-api", f"ByteOrder={order}", *STAMP)
        yield Kind(f"exif-{order}.jpg", saved(rgb, "JPEG"), (), _NEAR, tags)
    data = kinds.through(saved(rgb, "JPEG"), ".jpg", *EXIV2)
    yield Kind("by-exiv2.jpg", data, (), _NEAR, ())


def _sampled() -> Iterator[tuple[str, bytes]]:
    rgb, grey = Image.fromarray(smooth(3)), Image.fromarray(smooth(1)[..., 0])
    for progressive in (False, True):
        order = "progressive" if progressive else "baseline"
        for sampling in ("4:4:4", "4:2:2", "4:2:0"):
            data = saved(rgb, "JPEG", subsampling=sampling, progressive=progressive, quality=90)
            yield f"{order}-{sampling.replace(':', '')}", data
        yield f"{order}-grey", saved(grey, "JPEG", progressive=progressive)
    for sampling in ("411", "440"):
        yield f"sampled-{sampling}", imagecodecs.jpeg8_encode(smooth(3), 90, subsampling=sampling)
    for quality in (5, 100):
        yield f"quality-{quality}", saved(rgb, "JPEG", quality=quality)
    yield "optimised", saved(rgb, "JPEG", optimize=True)
    yield "restart-markers", saved(rgb, "JPEG", restart_marker_rows=1)
    yield "resolution-inch", saved(rgb, "JPEG", dpi=(300, 240))
    yield "resolution-none", saved(rgb, "JPEG")
    yield "comment", saved(rgb, "JPEG", comment=b"By the sea")
    several = {"save_all": True, "append_images": [rgb.transpose(Image.Transpose.ROTATE_180)]}
    yield "several-mpo", saved(rgb, "MPO", **several)


def _in_other_colours() -> Iterator[tuple[str, bytes]]:
    yield "cmyk", saved(Image.fromarray(smooth(4), "CMYK"), "JPEG", quality=95)
    inverted = np.ascontiguousarray(255 - smooth(4))  # as Adobe's programs store it
    for space in ("CMYK", "YCCK"):
        options = {"colorspace": "CMYK", "outcolorspace": space}
        yield f"adobe-{space.lower()}", imagecodecs.jpeg8_encode(inverted, 95, **options)
    options = {"colorspace": "RGB", "outcolorspace": "RGB"}
    yield "plain-rgb", imagecodecs.jpeg8_encode(smooth(3), 95, **options)


def _damaged() -> Iterator[tuple[str, bytes]]:
    data = saved(Image.fromarray(smooth(3)), "JPEG")
    yield "no-end", data[:-2]
    yield "half-an-end", data[:-1]
    yield "more-behind-the-end", data + b"\0\1more" * 100
    yield "filled-up", data[:2] + b"\xff" * 9 + data[2:]
