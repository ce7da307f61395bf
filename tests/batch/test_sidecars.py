"""The XMP files beside pictures that are painted: each goes with its picture, and none is lost."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path, PurePath

import pytest
from batch_here import Here
from PIL import Image

from styleplug.batch.coordinator import Batch
from styleplug.batch.events import BatchEvent, BatchPlanned, PictureDone, PictureFailed
from styleplug.batch.inputs import InputFile
from styleplug.batch.plan import BatchSpec
from styleplug.config import StylizeConfig
from styleplug.jobs.job import StylizeJob
from styleplug.painting import Painting

SIDECAR = '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"/>'
CHEAP = StylizeConfig(size=32, iterations=1, device="cpu")


@pytest.fixture
def paint(small_network: None, tmp_path: Path) -> Callable[..., list[BatchEvent]]:
    """Paints pictures into a folder; what becomes of them."""
    painting = tmp_path / "painting.png"
    noise(painting)

    def run(
        pictures: Sequence[InputFile], folder: Path, strip: bool = False, **order: object
    ) -> list:
        job = StylizeJob((Painting(painting),), CHEAP, strip=strip)
        with Batch(BatchSpec(job, folder, **order), Here()) as batch:
            events = list(batch.run(pictures))
        return [
            event
            for event in events
            if isinstance(event, BatchPlanned | PictureDone | PictureFailed)
        ]

    return run


@pytest.fixture
def picture(tmp_path: Path) -> InputFile:
    """a.png, with a.xmp."""
    found = InputFile(tmp_path / "in" / "a.png", PurePath("a.png"))
    found.source.parent.mkdir()
    noise(found.source)
    found.source.with_suffix(".xmp").write_text(SIDECAR)
    return found


def noise(path: Path) -> None:
    """A picture that is large enough to be painted."""
    Image.effect_noise((32, 24), 60).convert("RGB").save(path)


def test_two_pictures_may_share_one(
    paint: Callable[..., list[BatchEvent]], picture: InputFile, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    other = InputFile(picture.source.with_suffix(".tif"), PurePath("a.tif"))
    other.source.write_bytes(picture.source.read_bytes())
    assert [type(event) for event in paint([picture], out)] == [BatchPlanned, PictureDone]
    assert [type(event) for event in paint([picture, other], out)] == [BatchPlanned, PictureDone]
    assert (out / "a.xmp").read_text() == SIDECAR
    (out / "a.tif").unlink()
    assert [type(event) for event in paint([picture, other], out)] == [BatchPlanned, PictureDone]


def test_one_of_others_stays(
    paint: Callable[..., list[BatchEvent]], picture: InputFile, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    out.mkdir()
    (out / "a.xmp").write_text("another's")
    failed = paint([picture], out)[1]
    assert isinstance(failed, PictureFailed)
    assert failed.problem.startswith(f"{out / 'a.xmp'}: exists already")
    assert not (out / "a.png").exists()
    assert [type(event) for event in paint([picture], out, strip=True)] == [
        BatchPlanned,
        PictureDone,
    ]
    assert (out / "a.xmp").read_text() == "another's"


def test_a_pictures_own_stays(
    paint: Callable[..., list[BatchEvent]], picture: InputFile, tmp_path: Path
) -> None:
    packet = '<x:xmpmeta xmlns:x="adobe:ns:meta/"/>'
    sidecar = picture.source.with_suffix(".xmp")
    sidecar.write_text(packet)
    folder = picture.source.parent
    assert [type(event) for event in paint([picture], folder, kind="jpg")] == [
        BatchPlanned,
        PictureDone,
    ]
    assert (folder / "a.jpg").exists()
    assert sidecar.read_text() == packet
