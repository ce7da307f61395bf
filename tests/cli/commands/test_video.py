"""`styleplug video`: what is asked for, and what is said."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from click.testing import Result
from clips import Clip, pan, write_clip

SIZE = (48, 36)
CHEAP = ("--size", "48", "--iterations", "2", "--frame-iterations", "2", "--device", "cpu")


@pytest.fixture
def clip(folder: Path) -> Path:
    frames = pan("harbour.jpg", 3, SIZE, (1, 0.5)).frames()
    return write_clip(folder / "in.mp4", frames)


def test_a_filter_of_a_plug_in(
    run: Callable[..., Result], negative: None, clip: Path, folder: Path
) -> None:
    result = run("video", "in.mp4", "--filter", "negative", "-o", "out.mkv", "--quality", "4")
    assert result.exit_code == 0, result.stderr
    assert result.stderr.splitlines()[0] == "3 frames of 48×36 pixels"
    assert result.stderr.splitlines()[-1] == "out.mkv"
    before, after = Clip.read(clip).frames, Clip.read(folder / "out.mkv").frames
    assert np.abs(255 - before[2].astype(int) - after[2]).mean() < 8


def test_a_painting_and_the_photographs_colours(
    run: Callable[..., Result], clip: Path, folder: Path
) -> None:
    command = ("video", "in.mp4", "--style", "painting.png", *CHEAP)
    result = run(*command, "-o", "out.mp4", "--colors", "luminance", "--json")
    assert result.exit_code == 0, result.stderr
    events = [json.loads(line) for line in result.stdout.splitlines()]
    assert [event["event"] for event in events if event["event"] != "advanced"] == [
        *("planned", "frame", "frame", "frame", "done")
    ]
    assert not list(folder.glob(".*"))


@pytest.mark.parametrize(
    ("options", "why"),
    [
        (("--filter", "negative", "--style", "painting.png"), "takes no options of a painting"),
        ((), "Missing option"),
        (("--style", "painting.png", "--time-limit", "5"), "time_limit is 5.0, but must be left"),
        (("--style", "painting.png", "--resolution", "photo"), "resolution is 'photo', but must"),
        (("--filter", "negative", "--steadiness", "1"), "must be a number from 0 to 0.98"),
        (("--filter", "none"), "filter is 'none', but must be one that is installed"),
    ],
)
def test_what_cannot_be_is_refused(
    run: Callable[..., Result],
    negative: None,
    clip: Path,
    folder: Path,
    options: tuple[str, ...],
    why: str,
) -> None:
    result = run("video", "in.mp4", *options, "-o", "out.mp4")
    assert result.exit_code == 2
    assert why in result.stderr
    assert not (folder / "out.mp4").exists()


def test_the_missing_extra_is_named(
    run: Callable[..., Result], negative: None, clip: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "cv2", None)
    result = run("video", "in.mp4", "--filter", "negative", "-o", "out.mp4")
    assert result.exit_code == 1
    assert "mend it with: pip install" in result.stderr
    assert "styleplug[video]" in result.stderr
