"""The page's files: few, and nothing in them that comes from elsewhere."""

from __future__ import annotations

import re
from pathlib import Path

import styleplug

PAGE = Path(styleplug.__file__).parent / "studio/page"
FILES = sorted(path for path in PAGE.rglob("*") if path.is_file())


def test_the_page_is_small():
    assert sum(path.stat().st_size for path in FILES) < 150_000


def test_nothing_comes_from_elsewhere_and_nothing_is_inline():
    for path in FILES:
        text = path.read_text("utf-8").replace("http://www.w3.org/", "")
        for word in ("http:", "https:", "url(", "innerHTML", "insertAdjacent"):
            assert word not in text, (path, word)
    page = (PAGE / "index.html").read_text("utf-8")
    assert not re.search(r"<script(?![^>]* src=)|<style|\sstyle=|\son\w+=", page)


def test_every_file_that_is_named_is_there():
    for path in FILES:
        text = path.read_text("utf-8")
        for name in re.findall(r'^(?:import|\} from|import .* from) .*?"(\.[^"]+)"', text, re.M):
            assert (path.parent / name).is_file(), f"{path.name} imports {name}"
        if path.suffix == ".html":
            for name in re.findall(r'(?:src|href)="([^"#]+)"', text):
                assert (PAGE / name).is_file(), name
