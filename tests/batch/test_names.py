from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from pathlib import Path, PurePath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from styleplug.batch.inputs import InputFile
from styleplug.batch.names import Names

OUT = Path("/out")
# Few letters, so that names meet.
STEMS = st.text("aAé\u0301e-2", min_size=1, max_size=3)
PLACES = st.builds(
    lambda folders, stem, kind: PurePath(*folders, f"{stem}{kind}"),
    st.lists(st.sampled_from(["x", "X"]), max_size=1),
    STEMS,
    st.sampled_from([".jpg", ".JPG", ".png", ".nef"]),
)


def named(names: Names, *places: str | PurePath, root: str = "/in") -> list[str]:
    found = [InputFile(Path(root, place), PurePath(place)) for place in places]
    return [place.as_posix() for _, place in names.assigned(found)]


def names(
    taken: dict[PurePath, Path] | None = None, suffix: str = "", kind: str | None = None
) -> Names:
    return Names(OUT, taken or {}, (), suffix, kind)


def same_file(place: PurePath) -> str:
    """What systems that mind neither case nor the way of accents take a name for."""
    return unicodedata.normalize("NFC", place.as_posix()).casefold()


@given(st.lists(PLACES, unique=True), st.sampled_from([None, "png"]), st.sampled_from(["", "-2"]))
def test_no_result_meets_another(places: Sequence[PurePath], kind: str | None, suffix: str) -> None:
    pictures = [InputFile(Path("/in", place), place) for place in places]
    given_names = names(None, suffix, kind).assigned(pictures)
    assert [found for found, _ in given_names] == pictures
    results = [place for _, place in given_names]
    assert len({same_file(place) for place in results}) == len(places)
    for found, place in given_names:
        assert place.parent == found.relative_output.parent, "the tree is mirrored"
        assert place.stem.startswith(f"{found.relative_output.stem}{suffix}")
    # The journal knows them: whatever comes first another time, they stay.
    taken = {place: found.source for found, place in given_names}
    again = names(taken, suffix, kind).assigned(reversed(pictures))
    assert again == list(reversed(given_names))


@given(st.lists(PLACES, unique=True))
def test_no_result_is_where_a_picture_is(places: Sequence[PurePath]) -> None:
    pictures = [InputFile(OUT / place, place) for place in places]
    results = [place for _, place in names().assigned(pictures)]
    assert not {same_file(place) for place in results} & {same_file(place) for place in places}


def test_formats_that_arent_written_become_png() -> None:
    assert named(names(), "a.nef", "b.gif", "c.JPG", "d") == ["a.png", "b.png", "c.JPG", "d.png"]


def test_every_name_of_a_format_stays() -> None:
    places = ["a.jpe", "b.jfif", "c.hif"]
    assert named(names(), *places) == places


def test_a_number_tells_pictures_apart() -> None:
    assert named(names(kind="jpg"), "a.jpg", "a.png", "A.tif") == ["a.jpg", "a-2.jpg", "A-3.jpg"]


def test_a_suffix_comes_before_the_extension() -> None:
    assert named(names(suffix="_p"), "x/a.b.jpg") == ["x/a.b_p.jpg"]


def test_results_arent_pictures_to_do(tmp_path: Path) -> None:
    taken = {PurePath("a-p.jpg"): tmp_path / "a.jpg"}
    own = Names(tmp_path, taken, (), "-p", None)
    assert named(own, "a.jpg", "a-p.jpg", root=str(tmp_path)) == ["a-p.jpg"]
    assert named(own, "b.jpg", "b-p.jpg", root=str(tmp_path)) == ["b-p-2.jpg", "b-p-p.jpg"]
    assert named(own, "b-p-2.jpg", root=str(tmp_path)) == []


def test_pictures_are_known_however_their_folder_is_reached(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "out").symlink_to(tmp_path / "in", target_is_directory=True)
    own = Names(tmp_path / "out", {}, [tmp_path / "in" / "b.jpg"], "", None)
    assert named(own, "a.jpg", root=str(tmp_path / "in")) == ["a-2.jpg"]
    assert named(own, "b.jpg", root="/elsewhere") == ["b-2.jpg"], "it is a painting, say"


@pytest.mark.parametrize("number", [2, 11])
def test_numbers_go_on(number: int) -> None:
    places = [f"a.{'x' * count}" for count in range(1, number + 1)]
    assert named(names(), *places)[-1] == f"a-{number}.png"
