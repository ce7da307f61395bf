"""In darktable itself: what people are told when something is wrong, and that it ends well."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.slow

Photo = Callable[[str], Path]

LIST_AND_ACT = """
list_paintings()
act()
wait_for_told(1)
answer.count = #dt.database
"""


def test_an_interpreter_that_has_gone(darktable: Any, photo: Photo) -> None:
    darktable.use_interpreter("/gone/bin/python")
    answer = darktable.run(
        """
            act()
            wait_for_told(1)
            tell_outside("list")
            wait_for_told(2)
            """,
        photo("one.jpg"),
    )
    assert "press “list paintings” in the export module first" in answer["told"][0]
    assert "isn't there any more: /gone/bin/python" in answer["told"][1]
    assert "styleplug hosts install darktable" in answer["told"][1]


def test_last_words_of_a_styleplug_that_cannot_start(
    darktable: Any, photo: Photo, tmp_path: Path
) -> None:
    python = tmp_path / "it's python"
    python.write_text("#!/bin/sh\nfor i in $(seq 99); do echo line $i >&2; done\nexit 7\n")
    python.chmod(0o755)
    darktable.use_interpreter(str(python))
    answer = darktable.run('tell_outside("list")\nwait_for_told(1)', photo("one.jpg"))
    told = "".join(answer["told"])
    assert "styleplug ended unexpectedly (exit code 7)" in told
    assert all(f"line {i}\n" in told for i in range(1, 100))
    assert told in answer["output"]


def test_what_fails_leaves_all_else_alone(darktable: Any, photo: Photo) -> None:
    full, one = photo("full.jpg"), photo("one.jpg")
    # Where the copy is made before it gets its name, which goes wrong so.
    partial = full.with_name(".full-posterise.jpg.part")
    (partial / "something").mkdir(parents=True)
    text = """
    local known = catalogue.read()
    table.insert(known.styles, { name = "gone", title = "" })
    settings.offer(known)
    for number, choice in ipairs { "gone", "filter: die", "filter: fail", "filter: posterise" } do
      choose(choice)
      dt.gui.selection(photos)
      act()
      wait_for(function() return ended_runs == number end)
    end
    answer.count = #dt.database
    """
    answer = darktable.run(text, full, one)
    gone, die, fail, disk = (answer["told"][at : at + 3] for at in range(0, 12, 3))
    for told in (gone, die, fail):
        assert told[0].startswith("styleplug: full.jpg: ")
        assert told[1].startswith("styleplug: one.jpg: ")
        assert told[2] == "styleplug: 0 of 2 pictures painted"
    assert "gone" in gone[0]
    assert "no such luck" in fail[0]
    assert disk == [
        f"styleplug: full.jpg: The result can't be written: {partial}: Is a directory",
        "styleplug: 1 of 2 pictures painted",
    ]
    assert answer["count"] == 3
    assert sorted(path.name for path in one.parent.iterdir() if path.suffix != ".xmp") == [
        partial.name,
        "full.jpg",
        "one-posterise.jpg",
        "one.jpg",
    ]
    assert darktable.left_over() == []


def test_cancelling(darktable: Any, photo: Photo) -> None:
    text = LIST_AND_ACT.replace("act()", 'act()\nwait_for_job()\ntell_outside("cancel")')
    answer = darktable.run(text, photo("one.jpg"), choice="filter: wait")
    assert answer["told"] == ["styleplug: cancelled"]
    assert answer["count"] == 1
    assert darktable.left_over() == []


def test_darktables_end_ends_the_work(darktable: Any, photo: Photo) -> None:
    text = LIST_AND_ACT.replace("wait_for_told(1)", "wait_for_job()")
    darktable.run(text, photo("one.jpg"), choice="filter: wait")
    end = time.monotonic() + 60
    while darktable.left_over() and time.monotonic() < end:
        time.sleep(0.1)
    assert darktable.left_over() == []
