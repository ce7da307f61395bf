"""The bar on a terminal, and plain lines elsewhere."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable
from io import StringIO

import numpy as np
import pytest
from terminal import Terminal, use_plain_terminal

from styleplug.cli.ui.progress import progress_bar
from styleplug.events import Event, Finished, Planned, Preview, Progress
from styleplug.hookspecs import StylizeResult

PIXELS = np.zeros((4, 5, 3), np.float32)
PLAN = Planned(
    (64, 128, 256), (94, 75, 60), 83.2, "vgg16", ("a note on [brackets]",), "onnx", "CPU"
)
CONTROL = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


def step(**values: float) -> Progress:
    usual = {
        "scale": 256,
        "iteration": 30,
        "iterations": 60,
        "fraction": 0.5,
        "cost": 40.0,
        "elapsed": 20.0,
        "scale_seconds": 12.0,
        "remaining": 12.4,
        "loss": 0.123456,
        "content_error": 0.75,
        "style_error": 0.0123,
        "total_variation": 0.001,
        "content_weight": 0.2,
    }
    return Progress(**{**usual, **values})


@pytest.fixture
def draw(monkeypatch: pytest.MonkeyPatch) -> Callable[..., str]:
    """What standard error receives of some events."""
    use_plain_terminal(monkeypatch)

    def write(
        *events: Event, stream: StringIO, verbose: bool = False, cancelled: bool = False
    ) -> str:
        monkeypatch.setattr("sys.stderr", stream)
        cancel = threading.Event()
        if cancelled:
            cancel.set()
        with progress_bar(verbose, cancel) as show:
            for event in events:
                show(event)
        return stream.getvalue()

    return write


@pytest.fixture
def bar(draw: Callable[..., str]) -> Callable[..., str]:
    """The last line that a terminal shows after some events."""

    def last_line(*events: Event, **options: bool) -> str:
        text = CONTROL.sub("", draw(*events, stream=Terminal(), **options))
        return [line for line in re.split(r"[\r\n]+", text) if line.strip()][-1]

    return last_line


def test_the_bar_shows_scale_share_loss_speed_and_time_left(bar: Callable[..., str]) -> None:
    words = bar(PLAN, step()).split()
    assert words[:3] == ["256", "px", "30/60"]
    assert words[-8:] == ["50%", "loss", "0.1235", "2.5", "steps/s", "12", "s", "left"]


@pytest.mark.parametrize(
    ("values", "speed", "left"),
    [
        ({"scale_seconds": 0.3, "remaining": 59.4}, "100.0 steps/s", "59 s left"),
        ({"scale_seconds": 30.0, "remaining": 60}, "1.0 steps/s", "1:00 min left"),
        ({"scale_seconds": 75.0, "remaining": 3599}, "2.5 s/step", "59:59 min left"),
        ({"scale_seconds": 0.0, "remaining": 5400}, "30000.0 steps/s", "1:30 h left"),
    ],
)
def test_speed_and_time_in_units_that_fit(
    bar: Callable[..., str], values: dict[str, float], speed: str, left: str
) -> None:
    line = " ".join(bar(PLAN, step(**values)).split())
    assert line.endswith(f"{speed} {left}")


@pytest.mark.parametrize("loss", [0.0, 1e-9, 0.123456, 12.3456, 1234567.891, 1e30])
def test_the_widest_line_leaves_room_for_the_echo_of_ctrl_c(
    bar: Callable[..., str], loss: float
) -> None:
    event = step(
        scale=16384,
        iteration=117,
        iterations=117,
        fraction=1.0,
        loss=loss,
        scale_seconds=99999.0,
        remaining=359_999.0,
    )
    line = bar(PLAN, event)
    assert line.startswith("16384 px 117/117 ")
    assert line.rstrip().endswith(" left")
    assert len(line.rstrip()) <= 77


def test_the_numbers_stay_in_their_columns(bar: Callable[..., str]) -> None:
    lines = [
        bar(PLAN, step(scale=64, iteration=19, iterations=94, loss=1.0, remaining=5)),
        bar(PLAN, step(loss=0.0123456, remaining=4000)),
    ]
    for word in ("px ", "loss ", " left"):
        assert len({line.index(word) for line in lines}) == 1


def test_the_bar_is_erased(draw: Callable[..., str]) -> None:
    assert draw(PLAN, step(), stream=Terminal()).endswith("\x1b[1A\x1b[2K")


def test_before_the_first_step_the_bar_says_so(bar: Callable[..., str]) -> None:
    assert bar().split()[0] == "preparing"


def test_after_ctrl_c_the_bar_says_what_a_second_one_costs(bar: Callable[..., str]) -> None:
    line = bar(PLAN, step(), cancelled=True).rstrip()
    assert line.endswith("50% stopping; Ctrl-C again loses the picture")
    assert len(line) <= 77


def test_a_narrow_terminal_cuts_the_line(
    bar: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    assert len(bar(step())) <= 40


def test_the_plan_is_announced(draw: Callable[..., str]) -> None:
    assert draw(PLAN, stream=StringIO()).splitlines() == [
        "a note on [brackets]",
        "vgg16 by onnx on CPU, 64 → 128 → 256 px: about 1:23 min",
    ]


def test_errors_at_each_scale_on_a_terminal_only_if_asked_for(draw: Callable[..., str]) -> None:
    events = (PLAN, step(scale=64, iteration=60), Preview(64, PIXELS))
    line = "   64 px: content error 0.750, style error 0.0123, content weight 0.200"
    assert line in draw(*events, stream=Terminal(), verbose=True)
    assert line not in draw(*events, stream=Terminal())


@pytest.mark.parametrize("verbose", [True, False])
def test_without_a_terminal_there_are_plain_lines(draw: Callable[..., str], verbose: bool) -> None:
    result = StylizeResult(PIXELS, "finished", "vgg16", 0.5, 0.2, 1.0, 2.0)
    scales = (
        event
        for scale in PLAN.scales
        for iteration in (30, 60)
        for event in (step(scale=scale, iteration=iteration), Preview(scale, PIXELS))
    )
    text = draw(PLAN, *scales, Finished(result), stream=StringIO(), verbose=verbose)
    assert text.replace("\n", "").isprintable()
    assert [line.split(":")[0].strip() for line in text.splitlines()[2:]] == [
        "64 px",
        "128 px",
        "256 px",
    ]


def test_without_a_terminal_no_line_is_wrapped(draw: Callable[..., str]) -> None:
    note = " ".join(["note"] * 40)
    assert draw(Planned((64,), (1,), 1.0, "vgg16", (note,)), stream=StringIO()).startswith(note)
