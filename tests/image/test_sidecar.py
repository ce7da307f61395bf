"""Sidecars go along with the picture, and never over another's."""

from __future__ import annotations

from pathlib import Path

import pytest

from styleplug.errors import UnreadableImageError, UnwritableImageError
from styleplug.image.sidecar import check_sidecars, copy_sidecars
from styleplug.image.xmp import RDF

PACKET = (
    f'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="{RDF}"><rdf:Description rdf:about=""'
    ' xmlns:tiff="http://ns.adobe.com/tiff/1.0/" tiff:Orientation="6" tiff:Make="Canon"/>'
    "</rdf:RDF></x:xmpmeta>"
)


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
    assert copy_sidecars(photo, output, (4, 3), overwrite=False) == [tmp_path / copy]
    expected = PACKET.replace('Orientation="6"', 'Orientation="1"')
    assert (tmp_path / copy).read_text() == expected
    assert photo.with_name(sidecar).read_text() == PACKET


def test_a_sidecar_that_is_no_xmp_is_copied_as_it_is(photo: Path, tmp_path: Path) -> None:
    photo.with_suffix(".xmp").write_bytes(b"")
    copy_sidecars(photo, tmp_path / "out.png", (4, 3), overwrite=False)
    assert (tmp_path / "out.xmp").read_bytes() == b""


def test_without_sidecars_nothing_is_written(photo: Path, tmp_path: Path) -> None:
    check_sidecars(photo, tmp_path / "out.png", overwrite=False)
    assert copy_sidecars(photo, tmp_path / "out.png", (4, 3), overwrite=False) == []
    assert [path.name for path in tmp_path.iterdir()] == ["photos"]


def test_an_existing_sidecar_is_replaced_only_if_allowed(photo: Path, tmp_path: Path) -> None:
    photo.with_suffix(".xmp").write_text(PACKET)
    (tmp_path / "out.xmp").write_text("another's")
    for refused in (
        lambda: check_sidecars(photo, tmp_path / "out.png", overwrite=False),
        lambda: copy_sidecars(photo, tmp_path / "out.png", (4, 3), overwrite=False),
    ):
        with pytest.raises(UnwritableImageError, match=r"out\.xmp: exists already"):
            refused()
    assert (tmp_path / "out.xmp").read_text() == "another's"
    check_sidecars(photo, tmp_path / "out.png", overwrite=True)
    copy_sidecars(photo, tmp_path / "out.png", (4, 3), overwrite=True)
    assert "Canon" in (tmp_path / "out.xmp").read_text()


@pytest.mark.parametrize("overwrite", [False, True])
def test_a_sidecar_is_never_replaced_by_itself(photo: Path, overwrite: bool) -> None:
    """photo.png, painted after photo.jpg, has the same one."""
    photo.with_suffix(".xmp").write_text(PACKET)
    output = photo.with_suffix(".png")
    check_sidecars(photo, output, overwrite=overwrite)
    assert copy_sidecars(photo, output, (4, 3), overwrite=overwrite) == []
    assert photo.with_suffix(".xmp").read_text() == PACKET


@pytest.mark.parametrize("photo", ["", ".", "..", "/", "n" * 251 + ".jpg"])
def test_names_that_no_sidecar_can_have(photo: str, tmp_path: Path) -> None:
    """Whoever reads the photograph says what is wrong with its name."""
    check_sidecars(Path(photo), tmp_path / "out.png", overwrite=False)


def test_a_copy_whose_name_is_too_long_is_named(photo: Path, tmp_path: Path) -> None:
    photo.with_name("photo.jpg.xmp").write_text(PACKET)
    output = tmp_path / ("n" * 251 + ".png")
    with pytest.raises(UnwritableImageError, match=r"\.png\.xmp: can't be written"):
        copy_sidecars(photo, output, (4, 3), overwrite=False)


def test_a_sidecar_that_cannot_be_read_is_named(
    photo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sidecar = photo.with_suffix(".xmp")
    sidecar.write_text(PACKET)

    def vanish(path: Path) -> bytes:
        raise FileNotFoundError(2, "No such file or directory")

    monkeypatch.setattr(Path, "read_bytes", vanish)
    for refused in (
        lambda: check_sidecars(photo, tmp_path / "out.png", overwrite=False),
        lambda: copy_sidecars(photo, tmp_path / "out.png", (4, 3), overwrite=False),
    ):
        with pytest.raises(UnreadableImageError, match=r"photo\.xmp: can't be copied"):
            refused()
