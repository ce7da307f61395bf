"""In darktable itself: photographs are exported, painted, and found again in the library."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from dng import HEIGHT, WIDTH, dng
from PIL import Image

import styleplug

pytestmark = pytest.mark.slow

Photo = Callable[[str], Path]

EXPORT = """
list_paintings()
export()
wait_for_told(1)
answer.library = library()
"""
ACT = EXPORT.replace("export()", "act()")
TAG = """
for _, photo in ipairs(photos) do
  dt.tags.attach(dt.tags.create("places|home"), photo)
end
"""


def by_file(answer: dict[str, Any]) -> dict[Path, dict[str, Any]]:
    return {Path(picture["file"]): picture for picture in answer["library"]}


def painted(photo: Path, name: str, number: str = "") -> Path:
    return photo.with_name(f"{photo.stem}-{name}{number}.jpg")


def test_the_storage_paints_with_a_painting(darktable: Any, photo: Photo) -> None:
    before = photo("cat.jpg")
    sha256 = hashlib.sha256(before.read_bytes()).digest()
    answer = darktable.run(EXPORT, before, choice="mosaic", preset="faithful")
    assert answer["told"] == ["styleplug: 1 of 1 pictures painted"]
    after = painted(before, "mosaic")
    assert set(by_file(answer)) == {before, after}
    picture = by_file(answer)[after]
    assert picture["leader"] == str(before)
    assert "styleplug|mosaic" in picture["tags"]
    assert styleplug.read_image(after).size == styleplug.read_image(before).size
    assert hashlib.sha256(before.read_bytes()).digest() == sha256
    assert darktable.left_over() == []


def test_the_action_filters_the_selection(darktable: Any, photo: Photo) -> None:
    photos = [photo("one.jpg"), photo("two.jpg")]
    answer = darktable.run(TAG + ACT, *photos)
    assert answer["told"] == ["styleplug: 2 of 2 pictures painted"]
    for before in photos:
        picture = by_file(answer)[painted(before, "posterise")]
        assert picture["leader"] == str(before)
        assert {"styleplug|posterise", "places|home"} <= set(picture["tags"])
    assert has_few_levels(painted(photos[0], "posterise"))


def test_a_raw_file_is_developed_and_filtered(darktable: Any, tmp_path: Path) -> None:
    raw = tmp_path / "photo.dng"
    raw.write_bytes(dng())
    answer = darktable.run(EXPORT, raw)
    assert answer["told"] == ["styleplug: 1 of 1 pictures painted"]
    after = painted(raw, "posterise")
    assert by_file(answer)[after]["leader"] == str(raw)
    left, right = styleplug.read_image(after).pixels[HEIGHT // 2, [WIDTH // 4, WIDTH * 3 // 4]]
    assert right.argmax() == 1
    assert left.min() > right[[0, 2]].max()


AWKWARD = [
    "it's.jpg",
    'two "quotes".jpg',
    "$HOME `id` $(id).jpg",
    "-o %s\\n;&|.jpg",
    "été 日本.v2.jpg",
]


def test_awkward_names(darktable: Any, photo: Photo) -> None:
    photos = [photo(f"a 'folder' $x/{name}") for name in AWKWARD]
    answer = darktable.run(EXPORT, *photos)
    assert answer["told"] == [f"styleplug: {len(photos)} of {len(photos)} pictures painted"]
    for before in photos:
        assert by_file(answer)[painted(before, "posterise")]["leader"] == str(before)


def test_one_name_in_two_folders_and_a_result_that_is_there(darktable: Any, photo: Photo) -> None:
    dark, light = photo("dark/one.jpg"), photo("light/one.jpg")
    for path, level in ((dark, 20), (light, 235)):
        Image.new("RGB", (96, 64), (level, level, level)).save(path)
    taken = painted(dark, "posterise")
    taken.write_text("mine")
    after = painted(dark, "posterise", "_01")
    after.with_name(f".{after.name}.part").symlink_to(taken)
    os.mkfifo(painted(light, "posterise"))
    answer = darktable.run(EXPORT, dark, light)
    assert answer["told"] == ["styleplug: 2 of 2 pictures painted"]
    assert taken.read_text() == "mine"
    assert styleplug.read_image(after).pixels.mean() < 0.3
    assert styleplug.read_image(painted(light, "posterise", "_01")).pixels.mean() > 0.7


def has_few_levels(path: Path) -> bool:
    """Whether most values are close to a third of the range; JPEG makes them vary."""
    pixels = styleplug.read_image(path).pixels
    return bool((abs(pixels * 3 - (pixels * 3).round()) < 0.1).mean() > 0.8)


def test_formats_are_those_of_the_catalogue(darktable: Any, photo: Photo) -> None:
    ask = """
    local function supported()
      return { pdf = catalogue.supports("pdf"), avif = catalogue.supports("avif") }
    end
    answer.before = supported()
    list_paintings()
    answer.after, answer.tif = supported(), catalogue.format("tif")
    """
    answer = darktable.run(ask, photo("cat.jpg"))
    assert answer["before"] == {"pdf": True, "avif": True}, "nobody knows yet"
    assert answer["after"] == {"pdf": False, "avif": True}
    assert answer["tif"] == "tiff"
