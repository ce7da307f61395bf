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
            ask_person("list")
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
    answer = darktable.run('ask_person("list")\nwait_for_told(1)', photo("one.jpg"))
    told = "".join(answer["told"])
    assert "styleplug ended unexpectedly (exit code 7)" in told
    assert all(f"line {i}\n" in told for i in range(1, 100))
    assert told in answer["output"]


def test_a_painting_that_has_gone(darktable: Any, photo: Photo) -> None:
    text = """
    local known = catalogue.read()
    table.insert(known.styles, { name = "gone", title = "" })
    settings.offer(known)
    act()
    wait_for_told(2)
    answer.count = #dt.database
    """
    answer = darktable.run(text, photo("one.jpg"), choice="gone")
    assert answer["told"][0].startswith("styleplug: one.jpg: ")
    assert "gone" in answer["told"][0].removeprefix("styleplug: one.jpg: ")
    assert answer["told"][1] == "styleplug: 0 of 1 pictures painted"
    assert answer["count"] == 1


@pytest.mark.parametrize("name", ["die", "fail"])
def test_a_filter_that_fails_spoils_one_picture(darktable: Any, photo: Photo, name: str) -> None:
    text = LIST_AND_ACT.replace("wait_for_told(1)", "wait_for_told(2)")
    answer = darktable.run(text, photo("one.jpg"), choice=f"filter: {name}")
    assert answer["told"][0].startswith("styleplug: one.jpg: ")
    assert answer["told"][1] == "styleplug: 0 of 1 pictures painted"
    assert answer["count"] == 1
    assert darktable.left_over() == []


def test_a_result_that_cannot_be_written(darktable: Any, photo: Photo, tmp_path: Path) -> None:
    text = """
    answer.copied, answer.said = pcall(files.copy, tostring(photos[1]), "/dev/full/one.jpg")
    """
    answer = darktable.run(text, photo("one.jpg"))
    assert answer["copied"] is False
    assert answer["said"].startswith("The result can't be written: ")
    assert "/dev/full" in answer["said"]


def test_cancelling(darktable: Any, photo: Photo) -> None:
    text = LIST_AND_ACT.replace("act()", 'act()\nwait_for_job()\nask_person("cancel")')
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
