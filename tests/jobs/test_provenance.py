"""A note of how a picture was made, and a picture made by it."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from styleplug import __version__
from styleplug.config import PRESETS, FilterConfig, StylizeConfig
from styleplug.errors import ConfigError, UnreadableImageError
from styleplug.filter_region import FilterRegion
from styleplug.hookspecs import StylizeResult
from styleplug.image.metadata.blocks import Metadata
from styleplug.image.metadata.xmp import Packet
from styleplug.image.picture import Picture
from styleplug.image.read import read_picture
from styleplug.image.write import write_picture
from styleplug.jobs.job import FilterJob, StylizeJob
from styleplug.jobs.provenance import SourceFile, StylizeProvenance, provenance_in
from styleplug.painting import Painting
from styleplug.parts import Part

PIXELS = np.zeros((8, 8, 3), np.float32)
RESULT = StylizeResult(PIXELS, "time-limit", "vgg16", 0.5, 0.25, 10.0, 12.345, "onnx")


@pytest.fixture
def files(tmp_path: Path) -> list[Path]:
    """A photograph and two paintings, as far as a note looks at them."""
    paths = [tmp_path / "home" / name for name in ("photo.jpg", "Nacht & Nebel.jpg", "wave.jpg")]
    paths[0].parent.mkdir()
    for path in paths:
        path.write_text(path.name)
    return paths


@pytest.fixture
def note(files: list[Path]) -> StylizeProvenance:
    config = StylizeConfig(size=256, seed=7, content_layers="relu4_2=3,relu5_2=1")
    return planned(config, "painterly", files[0], files[1:]).finished(RESULT)


def planned(
    config: StylizeConfig, preset: str, photo: Path, paintings: Sequence[Path]
) -> StylizeProvenance:
    return StylizeJob(tuple(map(Painting, paintings)), config, preset).provenance(
        SourceFile.of(photo)
    )


def packet(note: StylizeProvenance) -> bytes:
    found = note.embed_in(Metadata()).xmp
    assert found is not None
    return found


def test_it_says_what_was_done(note: StylizeProvenance, files: list[Path]) -> None:
    found = provenance_in(packet(note))
    assert found == note
    assert (found.version, found.preset, found.backbone) == (__version__, "painterly", "vgg16")
    assert (found.engine, found.stopped) == ("onnx", "time-limit")
    assert (found.options["size"], found.options["seed"]) == ("256", "7")
    assert found.photograph.name == "photo.jpg"
    assert [painting.image.name for painting in found.paintings] == [
        "Nacht & Nebel.jpg",
        "wave.jpg",
    ]
    assert len({painting.image.sha256 for painting in found.paintings}) == 2


def test_it_keeps_paths_to_itself(note: StylizeProvenance, files: list[Path]) -> None:
    config = StylizeConfig(init=str(files[2]))
    for each in (note, planned(config, "painterly", files[0], files[1:])):
        assert b"home" not in packet(each)
        assert str(files[0].parent).encode() not in packet(each)


def test_the_last_note_takes_the_place_of_the_one_before(note: StylizeProvenance) -> None:
    first = note.embed_in(Metadata())
    assert replace(note, preset="faithful").embed_in(first).xmp == packet(
        replace(note, preset="faithful")
    )


@pytest.mark.parametrize("preset", PRESETS)
def test_the_config_is_the_one_of_then(files: list[Path], preset: str) -> None:
    config = StylizeConfig.from_preset(preset, time_limit=60, init="style", pyramid=False)
    note = planned(config, preset, files[0], files[1:])
    assert provenance_in(packet(note)) == note
    assert note.config() == config


def test_network_and_engine_are_those_of_then_and_the_device_is_this_machines(
    files: list[Path],
) -> None:
    config = StylizeConfig(device="cuda:1")
    note = planned(config, "painterly", files[0], files[1:]).finished(RESULT)
    assert note.options["device"] == "cuda:1"
    assert note.config() == StylizeConfig(backbone="vgg16", engine="onnx")


def test_options_that_are_given_win(note: StylizeProvenance) -> None:
    assert note.config(seed=8, size=128) == replace(note.config(), seed=8, size=128)
    weighted = note.config(style_weight=9.0)
    assert (weighted.content_error, weighted.style_weight) == (None, 9.0)
    back = replace(note, options={**note.options, "style_weight": "9.0"}).config(content_error=0.5)
    assert (back.content_error, back.style_weight) == (0.5, None)


@pytest.mark.parametrize(
    ("name", "text", "problem"),
    [
        ("size", "big", "size is 'big', but must be"),
        ("size", "1", "size is 1, but must be"),
        ("pyramid", "perhaps", "pyramid is 'perhaps', but must be"),
        ("sparkle", "1", "sparkle is '1', but must be an option"),
    ],
)
def test_an_option_that_cannot_be_is_named(
    note: StylizeProvenance, name: str, text: str, problem: str
) -> None:
    with pytest.raises(ConfigError, match=problem):
        replace(note, options={**note.options, name: text}).config()


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes on this system")
def test_a_pipe_is_not_read_a_second_time(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    assert SourceFile.of(tmp_path / "pipe") == SourceFile("pipe", "")


def test_a_source_is_found_by_name_and_content(files: list[Path], tmp_path: Path) -> None:
    source = SourceFile.of(files[2])
    (tmp_path / "wave.jpg").write_text("another wave")
    assert source.find([tmp_path, tmp_path / "none", files[2].parent], "give it") == files[2]
    for folder in (tmp_path, tmp_path / "none"):
        with pytest.raises(UnreadableImageError, match=r"^wave\.jpg: .* isn't found.*; give it$"):
            source.find([folder], "give it")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("<styleplug:Stopped>time-limit</styleplug:Stopped>", ""),
        ("<rdf:Seq>", "<rdf:Seq><rdf:li>text</rdf:li>"),
        ("<styleplug:name>wave.jpg", "<styleplug:name>/"),
        ("<styleplug:Version>", "<styleplug:Version><rdf:Seq/>"),
    ],
)
def test_half_a_note_is_none(note: StylizeProvenance, old: str, new: str) -> None:
    assert old in packet(note).decode()
    assert provenance_in(packet(note).decode().replace(old, new).encode()) is None


def test_a_name_leads_to_no_other_folder(note: StylizeProvenance) -> None:
    changed = packet(note).replace(b">wave.jpg<", b">../../etc/wave.jpg<")
    found = provenance_in(changed)
    assert found is not None
    assert found.paintings[1].image.name == "wave.jpg"


def test_a_filter_is_noted_in_the_place_of_a_painting(
    note: StylizeProvenance, files: list[Path]
) -> None:
    config = FilterConfig(strength=0.5, colors="luminance")
    filtered = FilterJob("dots:0.6,lines:0.4", config).provenance(SourceFile.of(files[0]))
    metadata = filtered.embed_in(note.embed_in(Metadata()))
    assert provenance_in(metadata.xmp) == filtered
    assert filtered.options == {
        "strength": "0.5",
        "colors": "luminance",
        "color_strength": "1.0",
        "stroke_scale": "1.0",
    }
    assert provenance_in(note.embed_in(metadata).xmp) == note
    assert provenance_in(metadata.xmp.replace(b"photo.jpg", b"/")) is None


def test_parts_and_filters_in_regions_are_noted(files: list[Path]) -> None:
    regions = FilterRegion("dots", Part.SKY), FilterRegion("lines", files[1]), FilterRegion("wave")
    job = FilterJob(regions, FilterConfig(), mask=Part.PERSON)
    note = job.provenance(SourceFile.of(files[0]))
    assert provenance_in(note.embed_in(Metadata()).xmp) == note
    assert note.mask is Part.PERSON
    assert [region.region for region in note.filter] == [Part.SKY, SourceFile.of(files[1]), None]
    other = replace(job, mask=Part.BACKGROUND)
    assert other.digest() != job.digest()


def test_a_note_that_another_program_has_written_anew(
    note: StylizeProvenance, tmp_path: Path
) -> None:
    if shutil.which("exiftool") is None:
        pytest.skip("exiftool isn't installed; Debian's package is libimage-exiftool-perl")
    path = tmp_path / "out.jpg"
    write_picture(Picture(PIXELS).with_metadata(note.embed_in(Metadata())), path)
    before = read_picture(path).origin.metadata.xmp
    subprocess.run(
        ["exiftool", "-q", "-overwrite_original", "-XMP-dc:Title=Boats", path], check=True
    )
    after = read_picture(path).origin.metadata.xmp
    assert after is not None
    assert re.sub(rb"\s", b"", after) != re.sub(rb"\s", b"", before or b"")
    assert provenance_in(after) == note


@pytest.mark.parametrize(
    "packet",
    [
        b"<damaged",
        Packet.empty().data.replace(b" </rdf:RDF>", b"<rdf:Description/>" * 10**6),
        Packet.empty().data.replace(
            b" </rdf:RDF>",
            b"<rdf:Description xmlns:a='urn:a'>"
            + b"<a:b/>" * 10_000
            + b"</rdf:Description></rdf:RDF>",
        ),
    ],
    ids=["damaged", "too large", "too large with the note"],
)
def test_a_packet_that_takes_no_note_is_left_out(
    packet: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    """No painting is lost for what its photograph brought."""
    note = planned(StylizeConfig(), "painterly", Path("a.jpg"), [])
    found = provenance_in(note.embed_in(Metadata(xmp=packet)).xmp)
    assert isinstance(found, StylizeProvenance)
    assert "XMP data are left out" in caplog.text
