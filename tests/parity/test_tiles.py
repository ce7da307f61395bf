"""The objective in tiles gives what it gives of the whole picture: loss, terms and gradient."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from mean_term import MeanTerm
from numpy.typing import NDArray
from plain_losses import as_float64

from styleplug.runtime.models import Model
from styleplug.transfer.balance import TargetError
from styleplug.transfer.engine import Engine
from styleplug.transfer.engine_onnx import OnnxEngine
from styleplug.transfer.engine_torch import TorchEngine
from styleplug.transfer.loss import Loss
from styleplug.transfer.objective import Objective
from styleplug.transfer.scene import ContentImage, StyleImage
from styleplug.transfer.targets import Targets, compute_targets
from styleplug.transfer.terms import TERMS
from styleplug.transfer.terms.preserve import PreserveTerm
from styleplug.vgg.encoder import Encoder
from styleplug.vgg.gradient import Network
from styleplug.vgg.mirror import TorchVGG
from styleplug.vgg.tensors import as_pixels

Array = NDArray[np.float32]
MakePicture = Callable[..., Array]

CONTENT = {"relu4_2": 1.0}
STYLE = {f"relu{block}_1": 0.2 for block in range(1, 6)}
SHRINKING = 1.7
"""From one level to the next."""
ENGINES: dict[str, Callable[[Model, str], Engine]] = {
    "torch": lambda model, pooling: TorchEngine(TorchVGG(model, pooling=pooling, device="cpu")),
    "onnx": lambda model, pooling: OnnxEngine(Network(model, pooling)),
}


@pytest.fixture
def make_targets(make_picture: MakePicture) -> Callable[..., list[Targets]]:
    """Makes targets from pictures of a size, and perhaps of smaller sizes, and of an alpha."""

    def make(
        model: Model,
        size: tuple[int, int],
        pooling: str,
        levels: int,
        masked: bool,
        in_regions: bool = False,
        **more: Any,
    ) -> list[Targets]:
        encoder = Encoder(model, pooling=pooling, device="cpu")
        paintings = [StyleImage(as_pixels(make_picture(40, 60, seed=2)))]
        if in_regions:
            paintings.append(StyleImage(as_pixels(make_picture(40, 60, seed=4)), region=1))
        targets = []
        for level in range(levels):
            height, width = (round(side / SHRINKING**level) for side in size)
            y, x = np.mgrid[:height, :width]
            distance = np.hypot(y - height / 2, x - width / 3)
            alpha = np.clip((min(height, width) / 2.5 - distance) / 8, 0, 1).astype(np.float32)
            seen = alpha if masked else np.ones_like(alpha)
            upper = seen * np.linspace(1, 0, height, dtype=np.float32)[:, np.newaxis]
            photograph = ContentImage(
                as_pixels(make_picture(height, width, seed=1)),
                alpha if masked else None,
                regions=(upper, seen - upper) if in_regions else (),
                preserved=alpha[::-1] if more.get("preserving") else None,
            )
            content, style = more.get("content", CONTENT), more.get("style", STYLE)
            targets.append(compute_targets(encoder, photograph, paintings, content, style))
        return targets

    return make


def evaluate_both(
    engine: Engine,
    targets: list[Targets],
    picture: NDArray[Any],
    window: int,
    content: dict[str, float] = CONTENT,
    style: dict[str, float] = STYLE,
    rounding: float = 1e-5,
) -> tuple[float, float]:
    """The error of the gradient in tiles: relative L2, and the largest over the RMS."""
    loss = Loss(
        targets,
        content_layers=content,
        style_layers=style,
        balance=TargetError(0.3),
        tv_weight=0.5,
    )
    whole, tiled = Objective(engine, loss), Objective(engine, loss, window)
    expected, found = (one(one.to_device(picture)) for one in (whole, tiled))
    for name in ("loss", "content_error", "style_error", "total_variation", "content_weight"):
        assert getattr(found, name) == pytest.approx(getattr(expected, name), rel=rounding), name
    exact = np.asarray(expected.gradient, np.float64)
    difference = np.asarray(found.gradient, np.float64) - exact
    rms = float(np.sqrt(np.square(exact).mean()))
    assert rms > 0
    return float(np.sqrt(np.square(difference).mean())) / rms, float(np.abs(difference).max()) / rms


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("masked", [False, True])
@pytest.mark.parametrize("levels", [1, 2, 3])
@pytest.mark.parametrize("pooling", ["max", "avg"])
def test_terms(
    tiny_model: Model,
    make_picture: MakePicture,
    make_targets: Callable[..., list[Targets]],
    pooling: str,
    levels: int,
    masked: bool,
    engine: str,
) -> None:
    targets = make_targets(tiny_model, (181, 197), pooling, levels, masked)
    picture = make_picture(181, 197, seed=3)
    error, worst = evaluate_both(ENGINES[engine](tiny_model, pooling), targets, picture, 144)
    assert error <= 1e-5
    assert worst <= 1e-4


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("masked", [False, True])
@pytest.mark.parametrize("levels", [1, 2])
def test_what_is_preserved(
    tiny_model: Model,
    make_picture: MakePicture,
    make_targets: Callable[..., list[Targets]],
    levels: int,
    masked: bool,
    engine: str,
) -> None:
    targets = make_targets(tiny_model, (181, 197), "max", levels, masked, preserving=True)
    assert PreserveTerm in targets[0].by_term
    picture = make_picture(181, 197, seed=3)
    error, worst = evaluate_both(ENGINES[engine](tiny_model, "max"), targets, picture, 144)
    assert error <= 1e-5
    assert worst <= 1e-4


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("masked", [False, True])
def test_regions(
    tiny_model: Model,
    make_picture: MakePicture,
    make_targets: Callable[..., list[Targets]],
    masked: bool,
    engine: str,
) -> None:
    targets = make_targets(tiny_model, (181, 197), "max", 2, masked, in_regions=True)
    picture = make_picture(181, 197, seed=3)
    error, worst = evaluate_both(ENGINES[engine](tiny_model, "max"), targets, picture, 144)
    assert error <= 1e-5
    assert worst <= 1e-4


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("levels", [1, 2])
def test_a_new_term(
    tiny_model: Model,
    make_picture: MakePicture,
    make_targets: Callable[..., list[Targets]],
    monkeypatch: pytest.MonkeyPatch,
    levels: int,
    engine: str,
) -> None:
    monkeypatch.setattr("styleplug.transfer.targets.TERMS", (*TERMS, MeanTerm))
    targets = make_targets(tiny_model, (181, 197), "max", levels, masked=True)
    assert MeanTerm in targets[0].by_term
    picture = make_picture(181, 197, seed=3)
    error, worst = evaluate_both(ENGINES[engine](tiny_model, "max"), targets, picture, 144)
    assert error <= 1e-5
    assert worst <= 1e-4


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(
    ("size", "window"),
    [
        ((160, 160), 144),
        ((145, 400), 144),
        ((400, 32), 176),
        ((33, 319), 208),
        ((250, 321), 192),
        ((100, 120), 144),  # one tile is all of it
    ],
)
def test_shapes_and_plans(
    tiny_model: Model,
    make_picture: MakePicture,
    make_targets: Callable[..., list[Targets]],
    size: tuple[int, int],
    window: int,
    engine: str,
) -> None:
    targets = make_targets(tiny_model, size, "max", 2, masked=False)
    picture = make_picture(*size, seed=3)
    error, worst = evaluate_both(ENGINES[engine](tiny_model, "max"), targets, picture, window)
    assert error <= 1e-5
    assert worst <= 1e-4


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(
    ("content", "style"),
    [
        ({"relu2_2": 0.25, "relu4_2": 0.75}, {"relu1_1": 0.5, "relu3_1": 0.3, "relu5_1": 0.2}),
        ({"relu3_1": 1.0}, {"relu3_1": 1.0}),
        ({"relu5_3": 1.0}, {"relu1_2": 0.5, "relu2_2": 0.5}),
    ],
)
def test_layers(
    tiny_model: Model,
    make_picture: MakePicture,
    make_targets: Callable[..., list[Targets]],
    content: dict[str, float],
    style: dict[str, float],
    engine: str,
) -> None:
    layers = {"content": content, "style": style}
    targets = make_targets(tiny_model, (230, 244), "max", 1, masked=True, **layers)
    picture = make_picture(230, 244, seed=3)
    error, worst = evaluate_both(
        ENGINES[engine](tiny_model, "max"), targets, picture, 208, **layers
    )
    assert error <= 1e-5
    assert worst <= 1e-4


@pytest.mark.parametrize("masked", [False, True])
@pytest.mark.parametrize("levels", [1, 2, 3])
@pytest.mark.parametrize("pooling", ["max", "avg"])
def test_nothing_is_approximated(
    tiny_model: Model,
    make_picture: MakePicture,
    make_targets: Callable[..., list[Targets]],
    pooling: str,
    levels: int,
    masked: bool,
) -> None:
    """In float64 only rounding is left, and that is far below all else."""
    mirror = TorchVGG(tiny_model, pooling=pooling, device="cpu")
    mirror.double()
    mirror.dtype = torch.float64
    targets = [
        as_float64(one) for one in make_targets(tiny_model, (181, 197), pooling, levels, masked)
    ]
    picture = make_picture(181, 197, seed=3).astype(np.float64)
    error, worst = evaluate_both(TorchEngine(mirror), targets, picture, 160)
    assert error <= 1e-10
    assert worst <= 1e-10


@pytest.mark.slow
@pytest.mark.parametrize("engine", ENGINES)
def test_vgg16(
    real_model: Model,
    make_picture: MakePicture,
    make_targets: Callable[..., list[Targets]],
    engine: str,
) -> None:
    targets = make_targets(real_model, (200, 330), "max", 2, masked=False)
    picture = make_picture(200, 330, seed=3)
    # By ONNX, convolutions with fewer products round the terms of the whole by up to 1e-5.
    error, worst = evaluate_both(
        ENGINES[engine](real_model, "max"), targets, picture, 208, rounding=2e-5
    )
    assert error <= 1e-5
    assert worst <= 1e-4
