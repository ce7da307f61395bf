from __future__ import annotations

import re
from collections.abc import Callable
from io import StringIO

import pytest
from terminal import Terminal, use_plain_terminal

from styleplug.batch.events import (
    BatchEvent,
    BatchPlanned,
    PictureAdvanced,
    PictureDone,
    PictureFailed,
    PictureSkipped,
    PictureStarted,
)
from styleplug.cli.ui import batch_bar

CONTROL = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
FAILED = PictureFailed("/in/[b]\x1b[2J.jpg", "image-unreadable", "is no picture")


@pytest.fixture
def draw(monkeypatch: pytest.MonkeyPatch) -> Callable[..., str]:
    """What standard error receives of some events, one each ten seconds."""
    use_plain_terminal(monkeypatch)
    now = [0.0]
    monkeypatch.setattr(batch_bar.time, "monotonic", lambda: now[0])

    def write(*events: BatchEvent, stream: StringIO, is_watching: bool = False) -> str:
        monkeypatch.setattr("sys.stderr", stream)
        with batch_bar.batch_bar(is_watching) as show:
            for event in events:
                show(event)
                now[0] += 10
        return CONTROL.sub("", stream.getvalue())

    return write


def test_a_bar_with_the_time_left(draw: Callable[..., str]) -> None:
    long = f"/in/{'a' * 50}[b].jpg"
    planned = (
        BatchPlanned(12, 2),
        PictureStarted("/in/a.jpg"),
        PictureDone("/in/a.jpg", "/out/a.jpg", 1.0),
    )
    text = draw(*planned, PictureStarted(long), PictureAdvanced(long, 0.5), stream=Terminal())
    assert "12 pictures, 2 of them done before" in text
    assert "15%" in text
    # One and a half in 40 seconds.
    assert "1/10  3:47 min left  aaaaaaaaaaaaa…aaaaaaa[b].jpg" in text
    assert max(map(len, text.replace("\r", "\n").splitlines())) < 80


def test_what_wasnt_begun_says_nothing_of_time(draw: Callable[..., str]) -> None:
    skipped = (BatchPlanned(4, 0), PictureSkipped("/in/a.jpg", "/out/a.jpg"), FAILED)
    text = draw(*skipped, PictureStarted("/in/b.jpg"), stream=Terminal())
    assert "0/2         ? left  b.jpg" in text


def test_lines_where_there_is_no_terminal(draw: Callable[..., str]) -> None:
    warning = "/in/a.jpg has \x1b[2J"
    done = [
        PictureDone(f"/in/{name}", f"/out/{name}", 1.25, (warning,)) for name in ("a.jpg", "b.jpg")
    ]
    started = [PictureStarted(event.source) for event in done]
    text = draw(BatchPlanned(1, 0), *started, *done, FAILED, stream=StringIO())
    assert text.splitlines() == [
        "1 picture",
        "styleplug: /in/a.jpg has \ufffd[2J",
        "/out/a.jpg  (1.2 s)",
        "/out/b.jpg  (1.2 s)",
    ]


def test_a_watcher_says_at_once_what_failed(draw: Callable[..., str]) -> None:
    text = draw(BatchPlanned(1, 0), FAILED, stream=StringIO(), is_watching=True)
    assert text.splitlines()[-1] == "/in/[b]\ufffd[2J.jpg: is no picture"
