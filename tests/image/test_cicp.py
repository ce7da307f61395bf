"""Colours told by numbers in AVIF, HEIF and PNG files; values by the formulas of the standards."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import imagecodecs
import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from styleplug.image.isobmff import numbered_colours
from styleplug.image.png_chunks import chunk, with_chunks
from styleplug.image.read import read_picture
from styleplug.image.write import write_picture


def avif(colours: NDArray[np.uint8], primaries: int, transfer: int) -> bytes:
    numbers = {"primaries": primaries, "transfer": transfer, "matrix": 6}
    return bytes(imagecodecs.avif_encode(colours, 100, **numbers))


def heif(colours: NDArray[np.uint8], primaries: int, transfer: int) -> bytes:
    pillow_heif = pytest.importorskip("pillow_heif", reason="the extra heif isn't installed")
    file = pillow_heif.from_pillow(Image.fromarray(colours))
    numbers = {"color_primaries": primaries, "transfer_characteristics": transfer}
    file.save(buffer := io.BytesIO(), quality=-1, chroma=444, matrix_coefficients=0, **numbers)
    return buffer.getvalue()


def png(colours: NDArray[np.uint8], primaries: int, transfer: int) -> bytes:
    numbers = chunk(b"cICP", bytes([primaries, transfer, 0, 1]))
    return with_chunks(bytes(imagecodecs.png_encode(colours)), numbers)


def flat(*colour: int) -> NDArray[np.uint8]:
    return np.full((32, 32, 3), colour, np.uint8)


@pytest.fixture(params=[avif, heif, png], ids=["avif", "heif", "png"])
def path_of(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[..., Path]:
    """Writes a file in each of the formats."""

    def write(colours: NDArray[np.uint8], primaries: int, transfer: int) -> Path:
        path = tmp_path / f"a.{request.param.__name__}"
        path.write_bytes(request.param(colours, primaries, transfer))
        return path

    return write


@pytest.mark.parametrize(
    ("primaries", "transfer", "colour", "expected"),
    [
        (1, 13, (200, 60, 60), (200, 60, 60)),
        (2, 2, (200, 60, 60), (200, 60, 60)),
        (1, 1, (200, 60, 60), (200, 60, 60)),
        (12, 13, (200, 60, 60), (217, 42, 52)),
        (9, 13, (120, 120, 120), (120, 120, 120)),
        (1, 8, (55, 55, 55), (128, 128, 128)),
        (1, 4, (128, 128, 128), (129, 129, 129)),
    ],
    ids=["sRGB", "unspecified", "BT.709", "Display P3", "BT.2020", "linear", "gamma 2.2"],
)
def test_colours_are_those_of_the_numbers(
    path_of: Callable[..., Path],
    primaries: int,
    transfer: int,
    colour: tuple[int, int, int],
    expected: tuple[int, int, int],
) -> None:
    pixel = read_picture(path_of(flat(*colour), primaries, transfer)).pixels[16, 16]
    np.testing.assert_allclose(pixel * 255, expected, atol=1.6)


def test_what_is_written_has_the_colours_that_were_read(
    tmp_path: Path, path_of: Callable[..., Path]
) -> None:
    picture = read_picture(path_of(flat(200, 60, 60), 12, 13))
    for extension in (".png", ".jpg", ".avif", ".tif"):
        write_picture(picture, tmp_path / f"out{extension}")
        with Image.open(tmp_path / f"out{extension}") as image:
            assert image.info["icc_profile"]
            np.testing.assert_allclose(image.convert("RGB").getpixel((16, 16)), (200, 60, 60), 0, 3)


@pytest.mark.parametrize(("transfer", "name"), [(16, "PQ"), (18, "HLG")])
def test_hdr_is_tone_mapped_and_that_is_said(
    tmp_path: Path, path_of: Callable[..., Path], transfer: int, name: str
) -> None:
    ramp = np.arange(256, dtype=np.uint8).reshape(1, 256, 1).repeat(32, 0).repeat(3, 2)
    picture = read_picture(path_of(ramp, 9, transfer))
    (warning,) = picture.origin.warnings
    assert warning == f"is HDR ({name}); its highlights were compressed to those of sRGB"
    grey = picture.pixels[16, :, 1]
    np.testing.assert_allclose(picture.pixels[16], grey[:, np.newaxis].repeat(3, 1), atol=0.03)
    assert grey[0] < 0.02
    assert grey[-1] > 0.98
    assert np.diff(grey).min() > -0.02
    # Paper isn't white beside lights of 1000 cd/m² and more, but it isn't grey either.
    paper = grey[148 if name == "PQ" else 191]
    assert 0.75 < paper < 0.95


@pytest.mark.parametrize(("transfer", "paper"), [(16, 148), (18, 191)])
def test_hdr_without_highlights_is_as_bright_as_paper(
    path_of: Callable[..., Path], transfer: int, paper: int
) -> None:
    picture = read_picture(path_of(flat(paper, paper, paper), 9, transfer))
    np.testing.assert_allclose(picture.pixels[16, 16], 1, atol=0.02)


def test_numbers_that_nobody_knows_are_told_of(path_of: Callable[..., Path]) -> None:
    picture = read_picture(path_of(flat(200, 60, 60), 1, 11))
    np.testing.assert_allclose(picture.pixels[16, 16] * 255, (200, 60, 60), atol=1.6)
    assert "colours of an unknown kind (1/11)" in " ".join(picture.origin.warnings)


def test_a_profile_counts_more_in_avif(tmp_path: Path, profiles: dict[str, bytes]) -> None:
    Image.fromarray(flat(200, 60, 60)).save(tmp_path / "a.avif", icc_profile=profiles["adobe"])
    assert read_picture(tmp_path / "a.avif").origin.profile == profiles["adobe"]


def test_numbers_count_more_than_a_profile_in_png(
    tmp_path: Path, profiles: dict[str, bytes]
) -> None:
    Image.fromarray(flat(200, 60, 60)).save(tmp_path / "a.png", icc_profile=profiles["adobe"])
    data = (tmp_path / "a.png").read_bytes()
    numbers = chunk(b"cICP", bytes([12, 13, 0, 1]))
    (tmp_path / "a.png").write_bytes(with_chunks(data, numbers))
    pixel = read_picture(tmp_path / "a.png").pixels[16, 16]
    np.testing.assert_allclose(pixel * 255, (217, 42, 52), atol=1)


def test_a_damaged_container_has_no_numbers() -> None:
    data = avif(flat(200, 60, 60), 12, 13)
    assert numbered_colours(data) == (12, 13)
    for end in range(0, 400, 7):
        assert numbered_colours(data[:end]) in (None, (12, 13))
