"""Which engine computes the gradients, and what isn't loaded for it."""

import subprocess
import sys

import numpy as np
import pytest

import styleplug
from styleplug.errors import ConfigError
from styleplug.transfer.objective_onnx import OnnxObjective
from styleplug.transfer.objective_torch import TorchObjective

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
    [("auto", TorchObjective), ("torch", TorchObjective), ("onnx", OnnxObjective)],
)
def test_the_engine_is_the_one_asked_for(
    engine: str, used: type, monkeypatch: pytest.MonkeyPatch
) -> None:
    evaluate, calls = used.__call__, []

    def counted(objective: object, picture: object) -> object:
        calls.append(objective)
        return evaluate(objective, picture)

    monkeypatch.setattr(used, "__call__", counted)
    styleplug.stylize(PHOTO, PAINTING, styleplug.StylizeConfig(engine=engine, **QUICK))
    assert len(calls) == 1


@pytest.mark.usefixtures("small_network")
def test_engines_paint_the_same_picture() -> None:
    """Near enough: where rounding decides between two winners of a window, they part."""
    options = QUICK | {"init": "style", "iterations": 8}
    one, other = (
        styleplug.stylize(PHOTO, PAINTING, styleplug.StylizeConfig(engine=engine, **options))
        for engine in ("torch", "onnx")
    )
    assert one.content_error == pytest.approx(other.content_error, rel=0.02)
    assert one.style_error == pytest.approx(other.style_error, rel=0.02)
    change = np.abs(one.image - PAINTING).mean()
    assert np.abs(one.image - other.image).mean() < change / 5


@pytest.mark.usefixtures("small_network")
def test_half_precision_needs_torch() -> None:
    config = styleplug.StylizeConfig(engine="onnx", precision="float16", **QUICK)
    with pytest.raises(ConfigError, match=r"precision .*--engine torch") as caught:
        styleplug.stylize(PHOTO, PAINTING, config)
    assert caught.value.field == "precision"
