"""What holds for every picture: its way through files, orientations, sizes and damage."""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import imagecodecs
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image

from styleplug.errors import ImageError
from styleplug.image.picture import FileInfo, Picture
from styleplug.image.read import read_picture
from styleplug.image.resize import fitted_size, resized
from styleplug.image.write import write_picture

ORIENTATION = 0x0112
SIDES = st.integers(1, 24)

# How an upright picture is stored under each orientation, by the EXIF standard.
STORED = {
    1: lambda upright: upright,
    2: lambda upright: upright[:, ::-1],
    3: lambda upright: upright[::-1, ::-1],
    4: lambda upright: upright[::-1],
    5: lambda upright: upright.swapaxes(0, 1),
    6: lambda upright: np.rot90(upright, 1),
    7: lambda upright: upright[::-1, ::-1].swapaxes(0, 1),
    8: lambda upright: np.rot90(upright, -1),
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("pictures")


@pytest.fixture(scope="module")
def profile_of(profiles: dict[str, bytes]) -> Callable[[str | None], bytes | None]:
    """Profiles by name; a function, since a failure would show a dictionary of them whole."""

    def named(name: str | None) -> bytes | None:
        return profiles[name] if name else None

    return named


@st.composite
def arrays(draw: st.DrawFn, channels: tuple[int, ...] = (3, 4)) -> NDArray[np.uint8]:
    """Noise, (H, W, C) uint8."""
    shape = draw(SIDES), draw(SIDES), draw(st.sampled_from(channels))
    return np.random.default_rng(draw(st.integers(0, 2**32))).integers(0, 256, shape, np.uint8)


def as_rgba(picture: Picture) -> NDArray[np.uint8]:
    """(H, W, 4): WebP drops an alpha that is opaque all over."""
    return np.asarray(picture.to_pil().convert("RGBA"))


@settings(deadline=None, max_examples=60)
@given(
    upright=arrays(),
    orientation=st.sampled_from(sorted(STORED)),
    format=st.sampled_from(["png", "tiff", "webp"]),
)
def test_a_picture_is_upright_however_it_is_stored(
    folder: Path, upright: NDArray[np.uint8], orientation: int, format: str
) -> None:
    exif = Image.Exif()
    exif[ORIENTATION] = orientation
    options: dict[str, Any] = {"lossless": True, "exact": True} if format == "webp" else {}
    stored = Image.fromarray(np.ascontiguousarray(STORED[orientation](upright)))
    stored.save(folder / "stored", format, exif=exif, **options)
    picture = read_picture(folder / "stored")
    assert picture.size == upright.shape[1::-1]
    np.testing.assert_array_equal(as_rgba(picture), as_rgba(Picture.from_any(upright)))


@settings(deadline=None, max_examples=60)
@given(array=arrays(), extension=st.sampled_from([".png", ".tif", ".tiff"]))
def test_lossless_formats_give_the_same_pixels_back(
    folder: Path, array: NDArray[np.uint8], extension: str
) -> None:
    path = folder / f"written{extension}"
    write_picture(Picture.from_any(array), path, overwrite=True)
    np.testing.assert_array_equal(np.asarray(read_picture(path).to_pil()), array)


@settings(deadline=None, max_examples=60)
@given(
    array=arrays(),
    extension=st.sampled_from([".jpg", ".jpeg", ".png", ".tif", ".webp", ".avif"]),
)
def test_every_format_keeps_the_size(
    folder: Path, array: NDArray[np.uint8], extension: str
) -> None:
    path = folder / f"sized{extension}"
    write_picture(Picture.from_any(array), path, overwrite=True)
    assert read_picture(path).size == array.shape[1::-1]


@st.composite
def stored_pictures(draw: st.DrawFn) -> tuple[NDArray[Any], int, str | None]:
    """Samples of any mode and depth, an orientation, and the name of a profile that fits them."""
    array = draw(arrays(channels=(1, 2, 3, 4)))
    if draw(st.booleans()):
        low_bytes = draw(st.integers(0, 255))
        array = array.astype(np.uint16) * 256 + low_bytes
    grey = ["grey"] if array.shape[2] < 3 else []
    profile = draw(st.sampled_from([None, "srgb", "p3", "adobe", "prophoto", *grey]))
    return array, draw(st.sampled_from(sorted(STORED))), profile


def save(path: Path, array: NDArray[Any], orientation: int, profile: bytes | None) -> None:
    """Store samples as another program would: a PNG file, which all of it fits into."""
    layers = array[..., 0] if array.shape[2] == 1 else array
    data = imagecodecs.png_encode(layers.copy())
    exif = Image.Exif()
    exif[ORIENTATION] = orientation
    chunks = chunk(b"eXIf", exif.tobytes()[6:])
    if profile is not None:
        chunks += chunk(b"iCCP", b"profile\0\0" + zlib.compress(profile))
    path.write_bytes(data[:33] + chunks + data[33:])


def chunk(kind: bytes, content: bytes) -> bytes:
    checksum = zlib.crc32(kind + content)
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", checksum)


@pytest.mark.slow
@settings(deadline=None, max_examples=150)
@given(stored=stored_pictures(), extension=st.sampled_from([".png", ".tif"]))
def test_what_should_not_change_does_not(
    folder: Path,
    profile_of: Callable[[str | None], bytes | None],
    stored: tuple[NDArray[Any], int, str | None],
    extension: str,
) -> None:
    upright, orientation, name = stored
    profile = profile_of(name)
    depth = upright.itemsize * 8
    save(folder / "stored.png", STORED[orientation](upright), orientation, profile)
    first = read_picture(folder / "stored.png")
    assert first.size == upright.shape[1::-1]
    assert first.origin.depth == depth
    assert first.origin.warnings == ()
    if upright.shape[2] in (1, 3):
        assert first.alpha is None
    else:
        np.testing.assert_array_equal(np.rint(first.alpha * (2**depth - 1)), upright[..., -1])

    write_picture(first, folder / f"once{extension}", overwrite=True)
    second = read_picture(folder / f"once{extension}")
    kept = replace(first.origin, metadata=second.origin.metadata)
    assert replace(kept, orientation=second.origin.orientation) == second.origin
    if first.alpha is not None:
        np.testing.assert_array_equal(second.alpha, first.alpha)
    if name in (None, "srgb"):
        np.testing.assert_array_equal(second.pixels, first.pixels)

    # Through other profiles, the values of the file are what stays: at most the last bit of 8,
    # or the precision of the profile's own curves, may differ.
    write_picture(second, folder / f"twice{extension}", overwrite=True)
    once, twice = (values(folder / f"{name}{extension}") for name in ("once", "twice"))
    np.testing.assert_allclose(twice, once, atol=1 if depth == 8 else 64)


def values(path: Path) -> NDArray[Any]:
    """The values of a file as they are stored, whatever colours they mean."""
    decode = imagecodecs.png_decode if path.suffix == ".png" else imagecodecs.tiff_decode
    return decode(path.read_bytes()).astype(int)


@pytest.mark.slow
@settings(deadline=None, max_examples=300)
@given(
    data=st.data(),
    format=st.sampled_from(
        ["jpeg", "png", "tiff", "webp", "gif", "bmp", "avif", "deep png", "deep tiff"]
    ),
)
def test_damage_is_an_image_error_or_harmless(
    folder: Path,
    profile_of: Callable[[str | None], bytes | None],
    data: st.DataObject,
    format: str,
) -> None:
    array = data.draw(arrays(channels=(3,)))
    exif = Image.Exif()
    exif[ORIENTATION] = 6
    if format.startswith("deep"):
        path = folder / f"whole.{format.removeprefix('deep ')}"
        origin = FileInfo(profile_of("p3"), depth=16)
        write_picture(Picture(Picture.from_any(array).pixels, origin=origin), path, overwrite=True)
        content = bytearray(path.read_bytes())
    else:
        buffer = io.BytesIO()
        Image.fromarray(array).save(buffer, format, exif=exif, icc_profile=profile_of("p3"))
        content = bytearray(buffer.getvalue())
    for position in data.draw(st.lists(st.integers(0, len(content) - 1), max_size=4)):
        content[position] = data.draw(st.integers(0, 255))
    path = folder / "damaged"
    path.write_bytes(content[: data.draw(st.integers(0, len(content)))])
    with suppress(ImageError):
        read_picture(path)


@settings(deadline=None)
@given(value=st.floats(0, 1, width=32), sides=st.tuples(SIDES, SIDES, SIDES, SIDES))
def test_a_constant_picture_stays_constant(value: float, sides: tuple[int, int, int, int]) -> None:
    height, width, new_height, new_width = sides
    result = resized(np.full((height, width, 3), value, np.float32), new_height, new_width)
    assert result.shape == (new_height, new_width, 3)
    np.testing.assert_allclose(result, value, atol=1e-6)


@given(width=st.integers(1, 20_000), height=st.integers(1, 20_000), longest=st.integers(1, 8192))
def test_a_fitted_size_keeps_the_aspect(width: int, height: int, longest: int) -> None:
    new_height, new_width = fitted_size(width, height, longest)
    assert max(new_height, new_width) == longest
    assert min(new_height, new_width) >= 1
    scale = longest / max(width, height)
    for side, new_side in ((width, new_width), (height, new_height)):
        assert abs(new_side - max(1, side * scale)) <= 0.5 + 1e-6


@given(width=st.integers(1, 20_000), height=st.integers(1, 20_000))
def test_a_size_that_fits_already_stays(width: int, height: int) -> None:
    assert fitted_size(width, height, max(width, height)) == (height, width)
