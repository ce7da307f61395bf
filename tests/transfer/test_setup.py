"""Which engine computes the gradients, and what isn't loaded for it."""

import subprocess
import sys
from collections.abc import Callable

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

import styleplug
from styleplug.errors import ConfigError
from styleplug.events import Event, Progress
from styleplug.runtime.models import Model
from styleplug.transfer import setup
from styleplug.transfer.engine_onnx import OnnxEngine
from styleplug.transfer.engine_torch import TorchEngine
from styleplug.transfer.objective import Objective
from styleplug.vgg import precision
from styleplug.vgg.tensors import as_pixels

PHOTO, PAINTING = np.random.default_rng(0).random((2, 48, 64, 3), np.float32)
QUICK = {"size": 64, "iterations": 1, "device": "cpu"}

PAINT = """
import sys
import numpy as np
import styleplug

if sys.argv[1] == "none":
    sys.modules["torch"] = None
pictures = np.random.default_rng(0).random((2, 48, 64, 3), np.float32)
config = styleplug.StylizeConfig(size=64, iterations=2, device="cpu", engine=sys.argv[2])
styleplug.stylize(*pictures, config)
assert not sys.modules.get("torch")
"""


@pytest.mark.usefixtures("small_network")
@pytest.mark.parametrize(("torch", "engine"), [("there", "onnx"), ("none", "auto")])
def test_onnx_runtime_paints_without_torch(torch: str, engine: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", PAINT, torch, engine], capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.usefixtures("small_network")
@pytest.mark.parametrize(
    ("engine", "used"),
    [("torch", TorchEngine), ("onnx", OnnxEngine)],
)
def test_the_engine_is_the_one_asked_for(
    engine: str, used: type, monkeypatch: pytest.MonkeyPatch
) -> None:
    evaluate, engines = Objective.__call__, []

    def watched(objective: Objective, picture: object) -> object:
        engines.append(type(objective.engine))
        return evaluate(objective, picture)

    monkeypatch.setattr(Objective, "__call__", watched)
    styleplug.stylize(PHOTO, PAINTING, styleplug.StylizeConfig(engine=engine, **QUICK))
    assert engines == [used]


@pytest.mark.parametrize(
    ("machine", "options", "used"),
    [
        ({"knows_bfloat16": True}, {}, (TorchEngine, "bfloat16")),
        ({"knows_bfloat16": True}, {"precision": "float32"}, (OnnxEngine, "float32")),
        ({"knows_bfloat16": False}, {}, (OnnxEngine, "float32")),
        ({"knows_bfloat16": False}, {"precision": "bfloat16"}, (TorchEngine, "bfloat16")),
        # It has instructions for it, and is slow at them.
        ({"knows_bfloat16": True, "is_slow": True}, {}, (OnnxEngine, "float32")),
        # There is a GPU, but PyTorch can't use it.
        (
            {"is_slow": True, "may_have_gpu": True},
            {"device": "auto"},
            (OnnxEngine, "float32"),
        ),
    ],
)
@pytest.mark.skipif(torch.cuda.is_available(), reason="of machines without a GPU")
def test_auto_is_what_is_quickest_here(
    machine: dict[str, bool],
    options: dict[str, str],
    used: tuple[type, str],
    monkeypatch: pytest.MonkeyPatch,
    tiny_model: Model,
) -> None:
    for name in ("knows_bfloat16", "may_have_gpu"):
        monkeypatch.setattr(setup, name, lambda name=name: machine.get(name, False))
    slow, quick = torch.bfloat16, torch.float32
    if not machine.get("is_slow"):
        slow, quick = quick, slow
    monkeypatch.setattr(precision, "_seconds", {slow: 2, quick: 1}.__getitem__)
    tested_anew = precision._quick_type_of_cpu.__wrapped__
    monkeypatch.setattr(precision, "_quick_type_of_cpu", tested_anew)
    engine = setup.make_engine(styleplug.StylizeConfig(**{**QUICK, **options}), tiny_model)
    assert (type(engine), engine.precision) == used


@pytest.mark.usefixtures("small_network")
def test_engines_take_the_same_course(make_picture: Callable[..., NDArray[np.float32]]) -> None:
    """At first: each step makes the rounding's differences larger."""
    pictures = [as_pixels(make_picture(48, 64, seed)) for seed in (1, 2)]
    courses = []
    for engine in ("torch", "onnx"):
        events: list[Event] = []
        options = QUICK | {"init": "style", "iterations": 4, "precision": "float32"}
        config = styleplug.StylizeConfig(engine=engine, **options)
        styleplug.stylize(*pictures, config, events.append)
        courses.append([event.loss for event in events if isinstance(event, Progress)])
    assert len(courses[0]) == 4
    assert courses[1] == pytest.approx(courses[0], rel=1e-2)


@pytest.mark.usefixtures("small_network")
def test_half_precision_needs_torch() -> None:
    config = styleplug.StylizeConfig(engine="onnx", precision="float16", **QUICK)
    with pytest.raises(ConfigError, match=r"precision .*--engine torch") as caught:
        styleplug.stylize(PHOTO, PAINTING, config)
    assert caught.value.field == "precision"
