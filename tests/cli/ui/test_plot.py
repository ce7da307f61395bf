"""The drawing of a job's losses."""

from __future__ import annotations

import io
import subprocess
import sys

import numpy as np
import pytest
from PIL import Image

from styleplug.cli.ui.plot import loss_curves
from styleplug.events import Progress


def step(scale: int, iteration: int, loss: float, content_error: float = 0.5) -> Progress:
    return Progress(
        *(scale, iteration, 20, 0.5, 1.0, 1.0, 1.0, 1.0),
        *(loss, content_error, loss / 5, 0.01, 0.2),
    )


STEPS = [step(scale, i, 2 * 0.9**i, 0.02 * i) for scale in (64, 128) for i in range(20)]


def test_each_scale_is_marked() -> None:
    svg = loss_curves(STEPS, "svg").decode()
    # Letters are drawn, and named in comments.
    for text in ("64 px", "128 px", "evaluation", "loss", "content error", "style error"):
        assert f"<!-- {text} -->" in svg.replace("<!--  ", "<!-- ")


def test_other_losses_make_another_drawing() -> None:
    one, other = (
        np.asarray(Image.open(io.BytesIO(loss_curves(steps, "png"))))
        for steps in (STEPS, STEPS[:9])
    )
    assert one.shape == other.shape
    assert not np.array_equal(one, other)


@pytest.mark.parametrize("steps", [STEPS[:1], [step(32, 1, 0.0, 0.0)], [step(32, 1, 1e9)]])
def test_any_course_can_be_drawn(steps: list[Progress]) -> None:
    assert Image.open(io.BytesIO(loss_curves(steps, "png"))).size == (800, 600)


def test_the_module_loads_no_matplotlib() -> None:
    modules = "sys, styleplug.cli.ui.plot, styleplug.cli.ui.artifacts"
    code = f"import {modules}; print('matplotlib' in sys.modules)"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout == "False\n"
