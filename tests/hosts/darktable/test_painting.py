"""In darktable itself: photographs are exported, painted, and found again in the library."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from dng import HEIGHT, WIDTH, dng

import styleplug
from styleplug import pictures

pytestmark = pytest.mark.slow

Photo = Callable[[str], Path]

EXPORT = """
import({photos})
list_paintings()
export()
wait_for_told(1)
answer.library = library()
"""
ACT = EXPORT.replace("export()", "act()")


def script(text: str, *photos: Path) -> str:
    """A script with the photographs' names as Lua writes them."""
    names = ", ".join('"' + "".join(f"\\x{b:02x}" for b in os.fsencode(p)) + '"' for p in photos)
    return text.replace("{photos}", names)


def by_file(answer: dict[str, Any]) -> dict[Path, dict[str, Any]]:
    return {Path(picture["file"]): picture for picture in answer["library"]}


def painted(photo: Path, name: str, number: str = "") -> Path:
    return photo.with_name(f"{photo.stem}-{name}{number}.jpg")


def test_the_storage_paints_with_a_painting(darktable: Any, photo: Photo) -> None:
    before = photo("cat.jpg")
    sha256 = hashlib.sha256(before.read_bytes()).digest()
    answer = darktable.run(script(EXPORT, before), choice="mosaic", preset="faithful")
    assert answer["told"] == ["styleplug: 1 of 1 pictures painted"]
    after = painted(before, "mosaic")
    assert set(by_file(answer)) == {before, after}
    picture = by_file(answer)[after]
    assert picture["leader"] == str(before)
    assert "styleplug|mosaic" in picture["tags"]
    assert styleplug.read_image(after).size == styleplug.read_image(before).size
    assert hashlib.sha256(before.read_bytes()).digest() == sha256


def test_the_action_filters_the_selection(darktable: Any, photo: Photo) -> None:
    photos = [photo("one.jpg"), photo("two.jpg")]
    answer = darktable.run(script(ACT, *photos))
    assert answer["told"] == ["styleplug: 2 of 2 pictures painted"]
    for before in photos:
        after = painted(before, "posterise")
        assert by_file(answer)[after]["leader"] == str(before)
        assert "styleplug|posterise" in by_file(answer)[after]["tags"]
        levels = set((styleplug.read_image(after).pixels * 255).round().astype(int).ravel() // 40)
        assert len(levels) <= 4 + 3  # three steps and what JPEG makes of them
