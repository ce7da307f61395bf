"""PSD, JPEG 2000, GIF, BMP, TGA and the PNM family."""

from __future__ import annotations

import itertools
import struct
from collections.abc import Iterator

import imagecodecs
import numpy as np
from PIL import Image
from psd import BITMAP, CMYK, GREY, INDEXED, LAB, RGB, psd

from . import kinds
from .kinds import CONVERTED, Array, Kind, Profiles, levels, packed, saved, smooth


def made(profiles: Profiles) -> Iterator[Kind]:
    """All of them."""
    yield from _psd(profiles)
    yield from _jp2(profiles)
    yield from _gif()
    yield from _bmp(profiles)
    yield from _tga()
    yield from _pnm()


def _psd(profiles: Profiles) -> Iterator[Kind]:
    for dtype, runs, big in itertools.product((np.uint8, np.uint16), (False, True), (False, True)):
        bits = 8 * np.dtype(dtype).itemsize
        name = f"{bits}{'-runs' if runs else ''}{'-big' if big else ''}.ps{'b' if big else 'd'}"
        options = {"runs": runs, "big": big}
        yield Kind(f"psd-rgb-{name}", psd(smooth(3, dtype), RGB, **options))
        most = np.iinfo(dtype).max
        for further in (1, 2):
            # ImageMagick takes the fourth channel for alpha in any case.
            values = np.dstack([smooth(3, dtype), smooth(5, dtype)[..., 3 : 3 + further]])
            pixels = values[..., :3] / most
            yield Kind(f"psd-rgb-and-{further}-{name}", psd(values, RGB, **options), pixels)
        yield Kind(f"psd-cmyk-{name}", psd(most - smooth(4, dtype), CMYK, **options))
        yield Kind(f"psd-grey-{name}", psd(smooth(1, dtype), GREY, **options))
        data = psd(smooth(4, dtype), RGB, layers=-1, **options)
        yield Kind(f"psd-rgba-{name}", data, smooth(4, dtype) / most)
    palette = np.random.default_rng(0).integers(0, 256, (256, 3), np.uint8)
    data = psd(smooth(1), INDEXED, palette=palette.T.tobytes())
    yield Kind("psd-palette.psd", data, palette[smooth(1)[..., 0]] / 255)  # ImageMagick refuses it
    yield Kind("psd-bitmap.psd", psd(levels(1, 1).astype(np.uint8), BITMAP, bits=1))
    lab = kinds.lab()
    values = np.rint(lab * [2.55, 1, 1] + [0, 128, 128]).astype(np.uint8)
    yield Kind("psd-lab.psd", psd(values, LAB), kinds.srgb_of(lab), 8 / 255)
    profile = profiles["p3"]
    block = b"8BIM" + struct.pack(">HHI", 1039, 0, len(profile)) + profile
    block += bytes(len(profile) % 2)
    data = psd(smooth(3), RGB, resources=block)
    yield Kind("psd-profile.psd", data, CONVERTED, 2 / 255)


def _jp2(profiles: Profiles) -> Iterator[Kind]:
    for channels, name in {1: "grey", 3: "rgb", 4: "rgba"}.items():
        for bits in (8, 12, 16):
            values = levels(channels, bits).astype(np.uint8 if bits == 8 else np.uint16).squeeze()
            options = {"bitspersample": bits, "reversible": True}
            for format in ("jp2", "j2k"):
                data = imagecodecs.jpeg2k_encode(values, codecformat=format, **options)
                yield Kind(f"jp2-{name}-{bits}-{format}.{format}", bytes(data))
    data = imagecodecs.jpeg2k_encode(smooth(3), 40, codecformat="jp2", reversible=False)
    yield Kind("jp2-lossy.jp2", bytes(data), tolerance=2 / 255)
    data = bytes(imagecodecs.jpeg2k_encode(smooth(3), codecformat="jp2", reversible=True))
    start, end = data.index(b"jp2h") - 4, data.index(b"jp2c") - 4
    colours = _box(b"colr", b"\2\0\0" + profiles["adobe"])
    head = _box(b"jp2h", data[start + 8 :][:22] + colours)
    data = data[:start] + head + data[end:]
    yield Kind("jp2-profile.jp2", data, ("-profile", "adobe.icc", *CONVERTED), 2 / 255)


def _box(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I4s", len(content) + 8, kind) + content


def _gif() -> Iterator[Kind]:
    image = Image.fromarray(smooth(3)).quantize(200)
    for interlaced in (False, True):
        name = "gif-interlaced.gif" if interlaced else "gif-plain.gif"
        yield Kind(name, saved(image, "GIF", interlace=interlaced))
    yield Kind("gif-hole.gif", saved(image, "GIF", transparency=9))
    yield Kind("gif-few-colours.gif", saved(image.convert("RGB").quantize(3), "GIF"))
    yield Kind("gif-grey.gif", saved(smooth(1), "GIF"))
    others = [image.transpose(Image.Transpose.ROTATE_180)]
    yield Kind("gif-animated.gif", saved(image, "GIF", save_all=True, append_images=others))
    yield Kind("gif-comment.gif", saved(image, "GIF", comment=b"By the sea"))


def _bmp(profiles: Profiles) -> Iterator[Kind]:
    rgb = Image.fromarray(smooth(3))
    yield Kind("bmp-24.bmp", saved(rgb, "BMP", dpi=(300, 300)))
    yield Kind("bmp-8.bmp", saved(rgb.quantize(200), "BMP"))
    yield Kind("bmp-grey.bmp", saved(rgb.convert("L"), "BMP"))
    yield Kind("bmp-1.bmp", saved(rgb.convert("1"), "BMP"))
    yield Kind("bmp-4.bmp", _bmp_of(levels(1, 4)[..., 0], 4, 0, palette=_palette(16)))
    pixels = smooth(3)[::-1, :, ::-1]
    yield Kind("bmp-top-down.bmp", _bmp_of(np.ascontiguousarray(pixels[::-1]), 24, 0, down=True))
    for kind, masks in {"555": (0x7C00, 0x3E0, 0x1F), "565": (0xF800, 0x7E0, 0x1F)}.items():
        widths = [int(digit) for digit in kind]
        parts = np.rint(smooth(3) / 255 * (2.0 ** np.array(widths) - 1)).astype(np.uint16)
        shifts = (widths[1] + widths[2], widths[2], 0)
        words = sum((parts[..., i] << shifts[i] for i in range(3)), np.uint16(0))
        data = _bmp_of(words.astype("<u2")[::-1], 16, 3, masks=masks)
        yield Kind(f"bmp-{kind}.bmp", data, tolerance=1.1 / 255)
    argb = np.ascontiguousarray(smooth(4)[::-1, :, [2, 1, 0, 3]])
    masks = (0xFF0000, 0xFF00, 0xFF, 0xFF000000)
    yield Kind("bmp-alpha.bmp", _bmp_of(argb, 32, 3, masks=masks, header=108))
    for bits, kind in {8: 1, 4: 2}.items():
        runs = b"".join(
            bytes([kinds.WIDTH, value % 2**bits * (17 if bits == 4 else 1)]) + b"\0\0"
            for value in range(kinds.HEIGHT)
        )
        colours = _palette(2**bits)
        yield Kind(f"bmp-rle{bits}.bmp", _bmp_of(runs + b"\0\1", bits, kind, palette=colours))
    data = _bmp_of(np.ascontiguousarray(pixels), 24, 0, header=124, profile=profiles["p3"])
    by_profile = ("-profile", "p3.icc", *CONVERTED)  # which ImageMagick overlooks there
    yield Kind("bmp-profile.bmp", data, by_profile, 2 / 255)


def _palette(count: int) -> bytes:
    colours = np.random.default_rng(count).integers(0, 256, (count, 4), np.uint8)
    colours[:, 3] = 0
    return colours.tobytes()


def _bmp_of(
    pixels: Array | bytes,
    bits: int,
    compression: int,
    *,
    palette: bytes = b"",
    masks: tuple[int, ...] = (),
    header: int = 40,
    down: bool = False,
    profile: bytes = b"",
) -> bytes:
    """A file of rows from below, or of what a compression made of them."""
    if not isinstance(pixels, bytes):
        rows = [packed(row[np.newaxis], 4) if bits == 4 else row.tobytes() for row in pixels]
        if bits == 4:
            rows.reverse()
        pixels = b"".join(row + bytes(-len(row) % 4) for row in rows)
    height = -kinds.HEIGHT if down else kinds.HEIGHT
    count = len(palette) // 4
    info = struct.pack(
        "<IiiHHIIiiII",
        header,
        kinds.WIDTH,
        height,
        1,
        bits,
        compression,
        len(pixels),
        11811,
        11811,
        count,
        0,
    )
    info += struct.pack(f"<{len(masks)}I", *masks)
    if profile:
        info = info.ljust(56, b"\0") + b"DEBM" + bytes(48)
        info += struct.pack("<III", 4, header + len(pixels), len(profile))
    info = info.ljust(header, b"\0") + palette
    start = 14 + len(info)
    size = start + len(pixels) + len(profile)
    return struct.pack("<2sIII", b"BM", size, 0, start) + info + pixels + profile


def _tga() -> Iterator[Kind]:
    images = {
        "rgb": Image.fromarray(smooth(3)),
        "rgba": Image.fromarray(smooth(4)),
        "grey": Image.fromarray(smooth(1)[..., 0]),
        "palette": Image.fromarray(smooth(3)).quantize(200),
    }
    for name, image in images.items():
        for runs in (False, True):
            for bottom in (False, True):
                place = {"orientation": -1 if bottom else 1}
                compression = {"compression": "tga_rle"} if runs else {}
                label = f"{name}{'-runs' if runs else ''}{'-from-below' if bottom else ''}"
                yield Kind(f"tga-{label}.tga", saved(image, "TGA", **place, **compression))


def _pnm() -> Iterator[Kind]:
    size = f"{kinds.WIDTH} {kinds.HEIGHT}\n"
    for most in (15, 255, 1023, 65535):
        for number, channels in {5: 1, 6: 3}.items():
            values = np.rint(smooth(channels, np.uint16) / 65535 * most).astype(np.uint16)
            extension = "pgm" if channels == 1 else "ppm"
            raw = values.astype(">u2" if most > 255 else "u1").tobytes()
            head = f"P{number}\n# By the sea\n{size}{most}\n".encode()
            yield Kind(f"pnm-{most}-raw-{extension}.{extension}", head + raw)
            text = " ".join(map(str, [*values.ravel(), ""])).encode()
            head = f"P{number - 3}\n{size}{most}\n".encode()
            yield Kind(f"pnm-{most}-plain-{extension}.{extension}", head + text)
    bits = levels(1, 1)
    yield Kind("pnm-raw-pbm.pbm", f"P4\n{size}".encode() + packed(bits, 1))
    text = " ".join(map(str, bits.ravel())).encode()
    yield Kind("pnm-plain-pbm.pbm", f"P1\n{size}".encode() + text)
