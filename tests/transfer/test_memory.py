"""How work fits into memory: what is chosen, and that the estimates are true."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tracemalloc
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from styleplug.config import StylizeConfig
from styleplug.errors import OutOfMemoryError
from styleplug.runtime.models import Model
from styleplug.transfer import memory
from styleplug.transfer.engine import Engine
from styleplug.transfer.engine_onnx import OnnxEngine
from styleplug.transfer.memory import (
    Extras,
    MemoryEstimate,
    fitted_scales,
    memory_notes,
    slowdown,
)
from styleplug.transfer.schedule import Scale, plan_scales
from styleplug.transfer.solvers import LBFGS, Adam
from styleplug.vgg.gradient import Network
from styleplug.vgg.tiles import GRID

TAKEN = 300_000_000


@pytest.fixture
def engine(real_model: Model) -> Engine:
    return OnnxEngine(Network(real_model))


@pytest.fixture(autouse=True)
def machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """A process that takes 0.3 GB, on a machine with 100 GB to spare."""
    monkeypatch.setattr(memory, "resident_memory", lambda: TAKEN)
    monkeypatch.setattr(memory, "free_memory", lambda: 100 * 10**9)


def plan(engine: Engine, size: tuple[int, int], **options: Any) -> tuple[Scale, ...]:
    config = StylizeConfig(**{"size": max(size), **options})
    return fitted_scales(plan_scales(*size, config), [size], config, engine)


def test_with_enough_memory_nothing_changes(engine: Engine) -> None:
    config = StylizeConfig(size=512)
    scales = plan_scales(384, 512, config)
    assert fitted_scales(scales, [(384, 512)], config, engine) == scales
    assert memory_notes(scales, config) == ()


@pytest.mark.parametrize(
    ("size", "limit"), [((1536, 2048), 2.5e9), ((4000, 6000), 4e9), ((500, 4000), 1.5e9)]
)
def test_large_pictures_are_worked_on_in_tiles(
    engine: Engine, size: tuple[int, int], limit: float
) -> None:
    scales = plan(engine, size, max_memory=limit)
    last = scales[-1]
    assert last.window is not None
    assert last.window % GRID == 0
    assert scales[0].window is None
    assert slowdown(last, engine.architecture, ["relu5_1"]) > 4 / 3
    [*_, note] = memory_notes(scales, StylizeConfig())
    assert f"{max(size)} px are worked on in tiles of {last.window} px" in note


def test_what_regions_and_other_strengths_need_is_planned_for(engine: Engine) -> None:
    """A picture that just fits as a whole is worked on in tiles where it has three regions, each
    with its own copy of the features, or pictures of other strengths beside it."""
    config = StylizeConfig(size=512, pyramid=False)
    [scale] = plan_scales(512, 512, config)
    sizes = [(512, 512)]
    needed = MemoryEstimate([scale], sizes, config, engine, TAKEN).evaluation(0, None, 20)
    config = replace(config, max_memory=needed)
    for extras, whole in ((Extras(), True), (Extras(regions=3), False), (Extras(others=2), False)):
        [fitted] = fitted_scales([scale], sizes, config, engine, extras)
        assert (fitted.window is None and fitted.history == 20) == whole


@pytest.mark.slow
def test_more_memory_makes_it_faster(engine: Engine) -> None:
    plans = [plan(engine, (1536, 2048), max_memory=limit)[-1] for limit in (1.5e9, 2.5e9, 4e9)]
    found = [(scale.history, scale.window or 10_000) for scale in plans]
    assert found[0] < found[1] < found[2]


@pytest.mark.slow
def test_where_history_does_not_fit_adam_takes_over(engine: Engine) -> None:
    [*_, last] = plan(engine, (4000, 6000), max_memory=4e9)
    assert last.history == 0
    assert "with Adam in the place of L-BFGS" in memory_notes([last], StylizeConfig())[0]
    # Who asked for Adam knows.
    assert "Adam" not in memory_notes([last], StylizeConfig(optimizer="adam"))[0]


def test_what_can_not_fit_is_refused_with_figures(engine: Engine) -> None:
    with pytest.raises(OutOfMemoryError, match=r"needs \d+\.\d+ GB .* than 0\.90 GB") as caught:
        plan(engine, (4000, 6000), max_memory=0.9e9)
    assert caught.value.available == 900_000_000
    assert caught.value.needed is not None
    # What it says would do does.
    with pytest.raises(OutOfMemoryError):
        plan(engine, (4000, 6000), max_memory=caught.value.needed - 1)


def test_the_machines_own_limit_counts(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "free_memory", lambda: 2 * 10**9)
    assert plan(engine, (1536, 2048))[-1].window is not None
    assert plan(engine, (1536, 2048), max_memory=50e9)[-1].window is not None


def test_of_a_gpu_nothing_is_known(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "free_memory", lambda: 0)
    monkeypatch.setattr(engine, "on_host", False)
    assert plan(engine, (1536, 2048))[-1].window is None
    assert plan(engine, (1536, 2048), max_memory=2.5e9)[-1].window is not None


@pytest.mark.parametrize(("kind", "history"), [("lbfgs", 3), ("lbfgs", 8), ("adam", 0)])
def test_steps_take_no_more_than_planned(kind: str, history: int) -> None:
    """Of the planned pictures the best one is not the solver's."""
    solver = LBFGS(history=history) if history else Adam(0.02)
    solution = np.random.default_rng(0).random((1, 3, 200, 300), np.float32)
    picture = np.full_like(solution, 0.5)
    tracemalloc.start()
    for _ in range(history + 6):
        picture = solver.step(picture, picture - solution)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak // picture.nbytes <= memory.PICTURES_IN_STEP[kind] - 1 + 2 * history


MEASURED = """
import json, sys
import numpy as np
import styleplug
from styleplug.transfer import plan
from styleplug.transfer.memory import MemoryEstimate
engine, precision, size, limit = *sys.argv[1:3], int(sys.argv[3]), float(sys.argv[4])
regions = int(sys.argv[5])
config = styleplug.StylizeConfig(
    size=size, iterations=2, engine=engine, precision=precision, device="cpu",
    optimizer="adam", pyramid=False, content_error=None, content_weight=1, preserve="none",
    max_memory=limit or None,
)
needs = []
fit = plan.fitted_scales
def fitted(scales, paintings, config, engine, extras):
    [scale] = fit(scales, paintings, config, engine, extras)
    from styleplug.runtime.memory import resident_memory
    estimate = MemoryEstimate([scale], paintings, config, engine, resident_memory(), extras)
    evaluation = estimate.evaluation(0, scale.window, scale.history)
    needs.extend([estimate.encoding(scale.encoding), evaluation])
    return (scale,)
plan.fitted_scales = fitted
photo, painting = (np.random.default_rng(n).random((size, size, 3), np.float32) for n in range(2))
paintings = [painting]
if regions:
    columns = np.arange(size) * regions // size
    masks = [np.repeat((columns == n)[None], size, 0).astype(np.float32) for n in range(regions)]
    masks = [np.repeat(mask[..., None], 3, 2) for mask in masks]
    paintings = [styleplug.Painting(painting, region=mask) for mask in masks]
styleplug.stylize(photo, paintings, config)
# Not ru_maxrss, which begins with what the process that started this one had.
with open("/proc/self/status") as status:
    [peak] = [int(line.split()[1]) * 1024 for line in status if line.startswith("VmHWM")]
print(json.dumps({"estimate": max(needs), "peak": peak}))
"""


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells the peak there")
@pytest.mark.parametrize(
    ("by", "size", "limit", "regions"),
    [
        *(
            (by, *how, 0)
            for by in ("torch float32", "torch bfloat16", "onnx float32")
            for how in ((256, 0), (512, 0), (448, 0.9e9))
        ),
        ("onnx float32", 448, 0, 3),
    ],
)
def test_estimates_are_true(by: str, size: int, limit: float, regions: int) -> None:
    run = subprocess.run(
        [sys.executable, "-c", MEASURED, *by.split(), str(size), str(limit), str(regions)],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "STYLEPLUG_PLUGINS": ""},
    )
    assert run.returncode == 0, run.stderr
    found = json.loads(run.stdout)
    assert found["peak"] <= found["estimate"] <= 1.6 * found["peak"]
    if limit:
        assert found["peak"] <= limit
