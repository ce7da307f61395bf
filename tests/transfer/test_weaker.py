"""Weaker pictures beside a transfer's own, with the tiny network."""

from collections.abc import Callable
from dataclasses import replace
from itertools import groupby
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from styleplug.config import StylizeConfig
from styleplug.errors import ConfigError, DivergedError
from styleplug.events import Event, Finished, Progress
from styleplug.hookspecs import StylizeRequest, StylizeResult
from styleplug.runtime.models import Model
from styleplug.transfer.engine_onnx import OnnxEngine
from styleplug.transfer.engine_torch import TorchEngine
from styleplug.transfer.loss import Evaluation
from styleplug.transfer.objective import Objective
from styleplug.transfer.octaves import EVALUATIONS
from styleplug.transfer.run import Transfer
from styleplug.transfer.scene import compose
from styleplug.transfer.weaker import check_strengths
from styleplug.vgg.encoder import Encoder
from styleplug.vgg.gradient import Network
from styleplug.vgg.mirror import TorchVGG
from styleplug.vgg.tensors import as_pixels

MakeTransfer = Callable[..., Transfer]
WEAKER = (0.5, 0.2)


@pytest.fixture
def make_transfer(
    tiny_model: Model, make_picture: Callable[..., NDArray[np.float32]]
) -> MakeTransfer:
    photo, painting = (
        np.ascontiguousarray(make_picture(*shape, seed)[0].transpose(1, 2, 0))
        for shape, seed in (((96, 128), 1), ((100, 80), 2))
    )

    def make(weaker: tuple[float, ...] = WEAKER, engine: str = "onnx", **options: Any) -> Transfer:
        config = StylizeConfig(**{"size": 128, "iterations": 6, "strength": 0.8, **options})
        request = StylizeRequest(photo, (painting,), config, weaker=weaker)
        of_engine = {
            "torch": lambda: TorchEngine(TorchVGG(tiny_model, device="cpu")),
            "onnx": lambda: OnnxEngine(Network(tiny_model, "max")),
        }[engine]()
        return Transfer(request, compose(request), Encoder(tiny_model, device="cpu"), of_engine)

    return make


def result_of(events: list[Event]) -> StylizeResult:
    assert isinstance(events[-1], Finished)
    assert isinstance(events[-1].result, StylizeResult)
    return events[-1].result


@pytest.mark.parametrize("engine", ["torch", "onnx"])
def test_one_run_paints_all_strengths(make_transfer: MakeTransfer, engine: str) -> None:
    """The strongest is that of a run of its own to the last bit."""
    together = result_of(list(make_transfer(engine=engine, iterations=30).run()))
    alone = result_of(list(make_transfer((), engine, iterations=30).run()))
    np.testing.assert_array_equal(together.image, alone.image)
    assert list(together.weaker) == list(WEAKER)
    assert together.cost < 2 * alone.cost


@pytest.mark.slow
def test_the_weaker_the_more_of_the_photograph(
    real_model: Model, make_picture: Callable[..., NDArray[np.float32]]
) -> None:
    """Nearly as when each is painted by itself."""
    photo, painting = (as_pixels(make_picture(96, 96, seed)) for seed in (1, 2))

    def painted(strength: float, *weaker: float) -> StylizeResult:
        config = StylizeConfig(size=96, iterations=15, strength=strength, pyramid=False)
        request = StylizeRequest(photo, (painting,), config, weaker=weaker)
        engine = OnnxEngine(Network(real_model, "max"))
        transfer = Transfer(request, compose(request), Encoder(real_model, device="cpu"), engine)
        return result_of(list(transfer.run()))

    together, alone = painted(0.7, 0.4), painted(0.4)
    weaker = together.weaker[0.4]
    assert weaker.content_error == pytest.approx(alone.content_error, rel=0.2)
    assert weaker.content_error < 0.85 * together.content_error


def test_weaker_pictures_have_octaves_too(make_transfer: MakeTransfer) -> None:
    options = {"size": 64, "resolution": "photo", "iterations": 4}
    events = list(make_transfer((0.3,), **options).run())
    together, alone = (result_of(e) for e in (events, list(make_transfer((), **options).run())))
    np.testing.assert_array_equal(together.image, alone.image)
    steps = [event.scale for event in events if isinstance(event, Progress)]
    assert [scale for scale, _ in groupby(steps)] == [64, 128]
    assert steps.count(128) == 2 * EVALUATIONS
    assert together.weaker[0.3].image.shape == together.image.shape


def test_progress_counts_all_strengths(make_transfer: MakeTransfer) -> None:
    events = list(make_transfer(iterations=5).run())
    steps = [event for event in events if isinstance(event, Progress)]
    fractions = [step.fraction for step in steps]
    assert fractions == sorted(fractions)
    assert fractions[-1] == pytest.approx(1)
    assert result_of(events).stopped == "finished"


@pytest.mark.parametrize(("after", "kept"), [(1, []), (2, [0.5])])
def test_what_is_not_yet_weaker_is_left_out(
    make_transfer: MakeTransfer, after: int, kept: list[float]
) -> None:
    """Cancelled in the first, and in the second, of two weaker pictures."""
    transfer = make_transfer(iterations=5)
    events, turns = [], 0
    for event in transfer.run():
        events.append(event)
        if isinstance(event, Progress) and event.scale == 128:
            turns += event.iteration == 1
            if turns > after:
                transfer.request.cancel.set()
    result = result_of(events)
    assert result.stopped == "cancelled"
    assert list(result.weaker) == kept
    whole = result_of(list(make_transfer((), iterations=5).run()))
    np.testing.assert_array_equal(result.image, whole.image)


def test_a_divergence_keeps_the_stronger_picture(
    make_transfer: MakeTransfer, monkeypatch: pytest.MonkeyPatch
) -> None:
    transfer = make_transfer(iterations=5)
    evaluate, weaker = Objective.__call__, transfer.schedule.scales[-1].balance

    def breaks(objective: Objective, picture: Any) -> Evaluation:
        found = evaluate(objective, picture)
        return replace(found, loss=float("nan")) if objective.loss.balance == weaker else found

    monkeypatch.setattr(Objective, "__call__", breaks)
    with pytest.raises(DivergedError) as caught:
        list(transfer.run())
    assert caught.value.last_good is not None
    assert list(caught.value.last_good.weaker) == [0.5]


@pytest.mark.parametrize(
    ("options", "weaker", "words"),
    [
        ({}, (0.5,), "below 0.5"),
        ({}, (0.3, 0.4), "below 0.3"),
        ({}, (-0.1,), "from 0"),
        ({"content_weight": 1}, (0.3,), "where weights are given"),
    ],
)
def test_strengths_that_cannot_be(
    options: dict[str, Any], weaker: tuple[float, ...], words: str
) -> None:
    with pytest.raises(ConfigError, match=words):
        check_strengths(StylizeConfig(**options), weaker)
