"""`--like`, `--strip`, and what the picture keeps of the photograph's metadata."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import Result
from PIL import Image

from styleplug.image.read import read_picture
from styleplug.image.write import write_picture
from styleplug.jobs.provenance import SourceFile, StylizeProvenance, provenance_in

PACKET = (
    b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF'
    b' xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about=""'
    b' xmlns:tiff="http://ns.adobe.com/tiff/1.0/" tiff:Make="Canon"/></rdf:RDF></x:xmpmeta>'
)


@pytest.fixture
def painted(paint: Callable[..., Result], folder: Path) -> Path:
    """A picture with a note of how it was made: from noise, with a seed."""
    assert paint("--seed", "7", "--init", "noise", "--preset", "faithful").exit_code == 0
    return folder / "out.png"


@pytest.fixture
def again(run: Callable[..., Result]) -> Callable[..., Result]:
    """Paints photo.png like out.png, to again.png."""

    def invoke(*arguments: object) -> Result:
        return run("stylize", "photo.png", "--like", "out.png", "-o", "again.png", *arguments)

    return invoke


def recipe_of(path: Path) -> StylizeProvenance:
    recipe = provenance_in(read_picture(path).origin.metadata.xmp)
    assert recipe is not None
    return recipe


def test_the_same_picture_again(again: Callable[..., Result], painted: Path, folder: Path) -> None:
    assert again("--device", "cpu").exit_code == 0
    first, second = recipe_of(painted), recipe_of(folder / "again.png")
    # What "auto" came to is what counts: another engine rounds otherwise.
    assert second.options == {**first.options, "engine": first.engine}
    assert second.preset == first.preset
    assert (read_picture(painted).pixels == read_picture(folder / "again.png").pixels).all()


def test_options_that_are_given_win(
    again: Callable[..., Result], painted: Path, folder: Path
) -> None:
    assert again("--seed", "8", "--style", "photo.png").exit_code == 0
    recipe = recipe_of(folder / "again.png")
    assert recipe.options["seed"] == "8"
    assert recipe.options["init"] == "noise"
    assert [painting.image.name for painting in recipe.paintings] == ["photo.png"]


@pytest.mark.parametrize("place", ["beside the picture", "beside the photograph", "current folder"])
def test_the_painting_is_looked_for(
    run: Callable[..., Result], painted: Path, folder: Path, place: str
) -> None:
    homes = {"beside the picture": "a", "beside the photograph": "b", "current folder": "."}
    for name, file in (("a", "out.png"), ("b", "photo.png")):
        (folder / name).mkdir()
        shutil.move(folder / file, folder / name)
    (folder / "painting.png").rename(folder / homes[place] / "painting.png")
    result = run("stylize", "b/photo.png", "--like", "a/out.png", "-o", "again.png")
    assert result.exit_code == 0, result.stderr


@pytest.mark.parametrize("replacement", [None, "photo.png"])
def test_a_painting_that_is_gone_has_to_be_given(
    again: Callable[..., Result], painted: Path, folder: Path, replacement: str | None
) -> None:
    (folder / "painting.png").rename(folder / "moved.png")
    if replacement:
        shutil.copy(folder / replacement, folder / "painting.png")
    result = again()
    assert result.exit_code == 2
    assert result.stderr.startswith("styleplug: painting.png: ")
    assert result.stderr.endswith("; give the painting with --style\n")
    assert not (folder / "again.png").exists()
    assert again("--style", "moved.png").exit_code == 0


@pytest.mark.parametrize(("option", "instead"), [("init", "content"), ("palette", "photo.png")])
def test_files_that_options_name_are_looked_for_too(
    paint: Callable[..., Result],
    again: Callable[..., Result],
    folder: Path,
    option: str,
    instead: str,
) -> None:
    shutil.copy(folder / "photo.png", folder / "other.png")
    assert paint(f"--{option}", "other.png").exit_code == 0
    assert str(folder) not in str(recipe_of(folder / "out.png"))
    assert again().exit_code == 0
    (folder / "other.png").unlink()
    refused = again("--overwrite")
    assert refused.exit_code == 2
    assert refused.stderr.endswith(f"; give it with --{option}\n")
    assert again("--overwrite", f"--{option}", instead).exit_code == 0


@pytest.mark.parametrize("option", ["init", "palette"])
@pytest.mark.parametrize("place", ["private/start.png", "start.png", "/dev/zero", "x" * 5000])
def test_what_a_note_says_is_no_path_to_open(
    painted: Path, again: Callable[..., Result], folder: Path, place: str, option: str
) -> None:
    """A stranger's picture would have a file of his choice shine through the result."""
    (folder / "private").mkdir()
    for start in ("private/start.png", "start.png"):
        shutil.copy(folder / "painting.png", folder / start)
    picture = read_picture(painted)
    recipe = recipe_of(painted)
    stranger = replace(recipe, options={**recipe.options, option: place}, initial=None)
    noted = stranger.embed_in(picture.origin.metadata)
    write_picture(picture.with_metadata(noted), painted, overwrite=True)
    refused = again()
    assert refused.exit_code == 2
    assert refused.stderr.endswith(f"give it with --{option}\n")
    assert again(f"--{option}", "photo.png").exit_code == 0


def test_a_name_that_no_file_can_have_is_not_found(
    painted: Path, again: Callable[..., Result]
) -> None:
    picture = read_picture(painted)
    long = replace(recipe_of(painted), paintings=(SourceFile("x" * 5000, "0" * 64),))
    noted = long.embed_in(picture.origin.metadata)
    write_picture(picture.with_metadata(noted), painted, overwrite=True)
    result = again()
    assert result.exit_code == 2
    assert result.stderr.endswith("; give the painting with --style\n")


def test_a_picture_without_a_note(again: Callable[..., Result], folder: Path) -> None:
    shutil.copy(folder / "photo.png", folder / "out.png")
    result = again()
    assert result.exit_code == 2
    assert "like is 'out.png', but must be a picture that styleplug painted" in result.stderr


def test_a_preset_beside_it_is_refused(again: Callable[..., Result], painted: Path) -> None:
    result = again("--preset", "painterly")
    assert result.exit_code == 2
    assert "--preset can't be given with --like" in result.stderr


def test_a_painting_that_was_named_is_found_among_the_styles(
    run: Callable[..., Result],
    paint: Callable[..., Result],
    again: Callable[..., Result],
    folder: Path,
) -> None:
    assert run("styles", "add", "painting.png", "--name", "mine").exit_code == 0
    assert paint("--style", "mine").exit_code == 0
    (folder / "painting.png").unlink()
    assert again().exit_code == 0


def test_the_picture_to_paint_like_is_never_written_over(
    run: Callable[..., Result], painted: Path
) -> None:
    before = painted.read_bytes()
    result = run("stylize", "photo.png", "--like", "out.png", "-o", "out.png", "--overwrite")
    assert result.exit_code == 2
    assert "is the input out.png" in result.stderr
    assert painted.read_bytes() == before


def test_pipes_have_a_note_too(paint: Callable[..., Result], folder: Path) -> None:
    result = paint("--format", "png", output="-")
    assert result.exit_code == 0
    (folder / "out.png").write_bytes(result.stdout_bytes)
    assert [one.image.name for one in recipe_of(folder / "out.png").paintings] == ["painting.png"]


# What is kept


@pytest.fixture
def photograph(folder: Path) -> Path:
    """photo.jpg, with all that `--strip` is about."""
    with Image.open(folder / "photo.png") as image:
        exif = Image.Exif()
        exif[0x010F] = "Canon"
        image.save(folder / "photo.jpg", exif=exif, xmp=PACKET)
    (folder / "photo.xmp").write_bytes(PACKET)
    return folder / "photo.jpg"


def test_metadata_and_sidecars_are_kept(
    paint: Callable[..., Result], photograph: Path, folder: Path
) -> None:
    assert paint(photo="photo.jpg").exit_code == 0
    metadata = read_picture(folder / "out.png").origin.metadata
    assert metadata.exif == read_picture(photograph).origin.metadata.exif
    assert metadata.xmp is not None
    assert b'tiff:Make="Canon"' in metadata.xmp
    assert (folder / "out.xmp").read_bytes() == PACKET


def test_strip_leaves_nothing(paint: Callable[..., Result], photograph: Path, folder: Path) -> None:
    assert paint("--strip", photo="photo.jpg").exit_code == 0
    metadata = read_picture(folder / "out.png").origin.metadata
    assert not any(vars(metadata).values())
    assert not (folder / "out.xmp").exists()


def test_a_sidecar_in_the_way_is_told_before_any_work(
    paint: Callable[..., Result], photograph: Path, folder: Path
) -> None:
    (folder / "out.xmp").write_text("another's")
    result = paint(photo="photo.jpg")
    assert result.exit_code == 2
    assert result.stderr.startswith("styleplug: out.xmp: exists already")
    assert (folder / "out.xmp").read_text() == "another's"
    assert paint("--strip", photo="photo.jpg").exit_code == 0


def test_damaged_metadata_are_told_of_and_left_out(
    paint: Callable[..., Result], folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with Image.open(folder / "photo.png") as image:
        image.save(folder / "photo.jpg", xmp=b"<damaged")
    assert paint(photo="photo.jpg").exit_code == 0
    assert "photo.jpg has XMP data that are damaged; they were left out" in caplog.messages
    assert recipe_of(folder / "out.png").photograph.name == "photo.jpg"
