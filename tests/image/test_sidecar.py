"""Sidecars go along with the picture, and never over another's."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from styleplug.errors import UnreadableImageError, UnwritableImageError
from styleplug.image.metadata.xmp import RDF
from styleplug.image.sidecar import check_sidecars, copy_sidecars
from styleplug.image.turn import Turn

PACKET = (
    f'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="{RDF}"><rdf:Description rdf:about=""'
    ' xmlns:tiff="http://ns.adobe.com/tiff/1.0/" tiff:Orientation="6" tiff:Make="Canon"/>'
    "</rdf:RDF></x:xmpmeta>"
)

TURN = Turn(6, (3, 4), (4, 3))


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    """The path of a photograph in a folder of its own, without sidecars."""
    folder = tmp_path / "photos"
    folder.mkdir()
    return folder / "photo.jpg"


@pytest.mark.parametrize(
    ("sidecar", "copy"), [("photo.xmp", "out.xmp"), ("photo.jpg.xmp", "out.png.xmp")]
)
def test_each_custom_is_followed(photo: Path, tmp_path: Path, sidecar: str, copy: str) -> None:
    photo.with_name(sidecar).write_text(PACKET)
    output = tmp_path / "out.png"
    check_sidecars(photo, output, overwrite=False)
    assert copy_sidecars(photo, output, TURN, overwrite=False) == [tmp_path / copy]
    expected = PACKET.replace('Orientation="6"', 'Orientation="1"')
    assert (tmp_path / copy).read_text() == expected
    assert photo.with_name(sidecar).read_text() == PACKET


@pytest.mark.parametrize("name", ["photo.XMP", "photo.Xmp", "photo.jpg.XMP"])
def test_capitals_make_no_difference(photo: Path, tmp_path: Path, name: str) -> None:
    photo.with_name(name).write_text(PACKET)
    copy = tmp_path / name.replace("photo", "out").lower()
    assert copy_sidecars(photo, tmp_path / "out.jpg", TURN, overwrite=False) == [copy]


def test_what_is_left_out_is_told(
    photo: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    map_of_gain = 'xmlns:g="http://ns.adobe.com/hdr-gain-map/1.0/" g:Version="1.0" tiff:Make'
    photo.with_suffix(".xmp").write_text(PACKET.replace("tiff:Make", map_of_gain))
    copy_sidecars(photo, tmp_path / "out.jpg", TURN, overwrite=False)
    assert "g:Version" not in (tmp_path / "out.xmp").read_text()
    assert "photo.xmp speaks in its XMP of a gain map" in caplog.text


def test_an_orientation_that_was_not_applied_stays(photo: Path, tmp_path: Path) -> None:
    """The photograph's pixels are upright, but for the sidecar; so are the painting's."""
    photo.with_suffix(".xmp").write_text(PACKET)
    copy_sidecars(photo, tmp_path / "out.png", Turn(1, (4, 3), (4, 3)), overwrite=False)
    assert (tmp_path / "out.xmp").read_text() == PACKET


def test_an_orientation_that_was_applied_in_part_is_the_rest(photo: Path, tmp_path: Path) -> None:
    """EXIF said 6, a quarter turn, and whoever wrote the sidecar turned it by a half (3)."""
    photo.with_suffix(".xmp").write_text(PACKET.replace('Orientation="6"', 'Orientation="3"'))
    copy_sidecars(photo, tmp_path / "out.png", TURN, overwrite=False)
    assert 'Orientation="6"' in (tmp_path / "out.xmp").read_text()


@pytest.mark.parametrize(
    "content", [b"", b"my diary", b"<html><body/></html>", PACKET.encode() + b" " * 2**24]
)
def test_what_is_no_packet_is_told_and_not_copied(
    photo: Path, tmp_path: Path, content: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    photo.with_suffix(".xmp").write_bytes(content)
    (tmp_path / "out.xmp").write_text("another's")
    check_sidecars(photo, tmp_path / "out.png", overwrite=False)
    assert copy_sidecars(photo, tmp_path / "out.png", TURN, overwrite=True) == []
    assert (tmp_path / "out.xmp").read_text() == "another's"
    assert "photo.xmp" in caplog.text
    assert "it isn't copied" in caplog.text


@pytest.mark.skipif(os.name != "posix", reason="links and pipes are those of POSIX")
def test_links_and_pipes_are_not_followed(photo: Path, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text(PACKET)
    photo.with_suffix(".xmp").symlink_to(secret)
    os.mkfifo(photo.with_name("photo.jpg.xmp"))
    check_sidecars(photo, tmp_path / "out.png", overwrite=False)
    assert copy_sidecars(photo, tmp_path / "out.png", TURN, overwrite=False) == []


def test_without_sidecars_nothing_is_written(photo: Path, tmp_path: Path) -> None:
    check_sidecars(photo, tmp_path / "out.png", overwrite=False)
    assert copy_sidecars(photo, tmp_path / "out.png", TURN, overwrite=False) == []
    assert [path.name for path in tmp_path.iterdir()] == ["photos"]


def test_an_existing_sidecar_is_replaced_only_if_allowed(photo: Path, tmp_path: Path) -> None:
    photo.with_suffix(".xmp").write_text(PACKET)
    (tmp_path / "out.xmp").write_text("another's")
    for refused in (
        lambda: check_sidecars(photo, tmp_path / "out.png", overwrite=False),
        lambda: copy_sidecars(photo, tmp_path / "out.png", TURN, overwrite=False),
    ):
        with pytest.raises(UnwritableImageError, match=r"out\.xmp: exists already"):
            refused()
    assert (tmp_path / "out.xmp").read_text() == "another's"
    check_sidecars(photo, tmp_path / "out.png", overwrite=True)
    copy_sidecars(photo, tmp_path / "out.png", TURN, overwrite=True)
    assert "Canon" in (tmp_path / "out.xmp").read_text()


@pytest.mark.parametrize("overwrite", [False, True])
def test_a_sidecar_is_never_replaced_by_itself(photo: Path, overwrite: bool) -> None:
    """photo.png, painted after photo.jpg, has the same one."""
    photo.with_suffix(".xmp").write_text(PACKET)
    output = photo.with_suffix(".png")
    check_sidecars(photo, output, overwrite=overwrite)
    assert copy_sidecars(photo, output, TURN, overwrite=overwrite) == []
    assert photo.with_suffix(".xmp").read_text() == PACKET


@pytest.mark.parametrize("photo", ["", ".", "..", "/", "n" * 251 + ".jpg"])
def test_names_that_no_sidecar_can_have(photo: str, tmp_path: Path) -> None:
    """Whoever reads the photograph says what is wrong with its name."""
    check_sidecars(Path(photo), tmp_path / "out.png", overwrite=False)


def test_a_copy_whose_name_is_too_long_is_named(photo: Path, tmp_path: Path) -> None:
    photo.with_name("photo.jpg.xmp").write_text(PACKET)
    output = tmp_path / ("n" * 251 + ".png")
    with pytest.raises(UnwritableImageError, match=r"\.png\.xmp: can't be written"):
        copy_sidecars(photo, output, TURN, overwrite=False)


def test_a_sidecar_that_cannot_be_read_is_named(
    photo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sidecar = photo.with_suffix(".xmp")
    sidecar.write_text(PACKET)

    def vanish(path: Path, mode: str) -> None:
        raise FileNotFoundError(2, "No such file or directory")

    monkeypatch.setattr(Path, "open", vanish)
    for refused in (
        lambda: check_sidecars(photo, tmp_path / "out.png", overwrite=False),
        lambda: copy_sidecars(photo, tmp_path / "out.png", TURN, overwrite=False),
    ):
        with pytest.raises(UnreadableImageError, match=r"photo\.xmp: can't be copied"):
            refused()
