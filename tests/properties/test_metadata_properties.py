"""Whatever stands in the blocks of metadata, nothing crashes and no picture is lost."""

from __future__ import annotations

import io
import struct
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from styleplug.config import StylizeConfig
from styleplug.image.decode import read_metadata
from styleplug.image.metadata.blocks import Metadata
from styleplug.image.picture import Picture
from styleplug.image.read import read_picture
from styleplug.image.write import write_picture
from styleplug.jobs.job import StylizeJob
from styleplug.jobs.provenance import SourceFile, provenance_in
from styleplug.painting import Painting

PIXELS = np.random.default_rng(0).random((24, 40, 3), np.float32)
EXTENSIONS = st.sampled_from([".jpg", ".png", ".tif", ".webp", ".avif", ".heic", ".jxl"])
XMP_START = b'<x:xmpmeta xmlns:x="adobe:ns:meta/">'


@st.composite
def structures(draw: st.DrawFn) -> bytes:
    """TIFF structures whose directories say anything: tags that are used, and offsets at random."""
    order = draw(st.sampled_from("<>"))
    tags = [
        0x100,
        0x111,
        0x112,
        0x117,
        0x201,
        0x202,
        0x8769,
        0x8825,
        0x83BB,
        0x927C,
        0xA002,
        0xA005,
    ]
    data = {"<": b"II*\0", ">": b"MM\0*"}[order] + struct.pack(f"{order}I", 8)
    for _ in range(draw(st.integers(1, 3))):
        tag = st.sampled_from(tags) | st.integers(0, 2**16 - 1)
        entries = draw(st.lists(tag, max_size=12))
        data += struct.pack(f"{order}H", len(entries))
        for tag in entries:
            kind, count = draw(st.integers(0, 14)), draw(st.integers(0, 9))
            value = draw(st.integers(0, 400) | st.integers(0, 2**32 - 1))
            data += struct.pack(f"{order}HHII", tag, kind, count, value)
        data += struct.pack(f"{order}I", draw(st.integers(0, 400)))
    return data + draw(st.binary(max_size=40))


BLOCKS = st.none() | st.binary(min_size=1, max_size=200)
METADATA = st.builds(Metadata, exif=BLOCKS | structures(), xmp=BLOCKS, iptc=BLOCKS)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("metadata")


@pytest.mark.slow
@settings(max_examples=200)
@given(block=structures(), extension=EXTENSIONS)
def test_any_exif_that_is_taken_can_be_written(folder: Path, block: bytes, extension: str) -> None:
    """Through a JPEG file, as a photograph brings it."""
    buffer = io.BytesIO()
    Image.new("RGB", (24, 16)).save(buffer, "JPEG", exif=b"Exif\0\0" + block)
    metadata, warnings = read_metadata(buffer.getvalue())
    assert (metadata.exif == block) != any("EXIF" in warning for warning in warnings)
    check(folder, metadata, extension)


@pytest.mark.slow
@settings(max_examples=100)
@given(metadata=METADATA, extension=EXTENSIONS)
def test_any_blocks_leave_the_picture_whole(
    folder: Path, metadata: Metadata, extension: str
) -> None:
    """Even blocks that nobody has checked."""
    check(folder, metadata, extension)


def check(folder: Path, metadata: Metadata, extension: str) -> None:
    """With the metadata, a file has the pixels that it has without them."""
    plain, full = folder / f"plain{extension}", folder / f"full{extension}"
    if not plain.exists():
        write_picture(Picture(PIXELS), plain)
    write_picture(Picture(PIXELS).with_metadata(metadata), full, overwrite=True)
    np.testing.assert_array_equal(read_picture(full).pixels, read_picture(plain).pixels)


@settings(max_examples=200)
@given(
    data=st.binary(max_size=300)
    | st.text(max_size=200).map(lambda text: XMP_START + text.encode("utf-8", "replace"))
)
def test_any_xmp_is_searched_for_a_recipe(data: bytes) -> None:
    assert provenance_in(data) is None


@given(
    names=st.lists(st.text(min_size=1, max_size=20), min_size=1, max_size=3),
    seed=st.integers(0, 2**32 - 1),
    strength=st.floats(0, 1),
    weights=st.none() | st.tuples(st.floats(0, 1e9), st.floats(0, 1e9)),
)
def test_a_recipe_comes_back_as_it_was(
    names: list[str], seed: int, strength: float, weights: tuple[float, float] | None
) -> None:
    """But for what XML can't hold: characters that stand for no text."""
    content, style = weights or (None, None)
    config = StylizeConfig(seed=seed, strength=strength, content_weight=content, style_weight=style)
    paths = [Path("/secret") / name.replace("/", "_").replace("\0", "_") for name in names]
    recipe = StylizeJob(tuple(map(Painting, paths)), config).provenance(SourceFile.of(paths[0]))
    found = provenance_in(recipe.embed_in(Metadata()).xmp)
    assert found is not None
    assert found.config() == config
    assert len(found.paintings) == len(recipe.paintings)
    for was, now in zip(recipe.paintings, found.paintings, strict=True):
        if was.image.name.isprintable():
            assert now.image.name == was.image.name
