"""A whole transfer with the tiny network: what it says on its way, and what it leaves."""

import itertools
import math
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from styleplug.config import StylizeConfig
from styleplug.errors import Cancelled, DivergedError
from styleplug.events import Event, Finished, Planned, Preview, Progress
from styleplug.hookspecs import StylizeRequest, StylizeResult
from styleplug.image.detail import enlarged
from styleplug.runtime.models import Model
from styleplug.transfer.engine import Engine
from styleplug.transfer.engine_onnx import OnnxEngine
from styleplug.transfer.engine_torch import TorchEngine
from styleplug.transfer.loss import Evaluation
from styleplug.transfer.objective import Objective
from styleplug.transfer.run import Transfer
from styleplug.transfer.scene import compose
from styleplug.transfer.targets import targets_by_scale
from styleplug.transfer.terms.style import StyleTerm
from styleplug.vgg.encoder import Encoder
from styleplug.vgg.gradient import Network
from styleplug.vgg.mirror import TorchVGG
from styleplug.vgg.tensors import as_pixels

MakeTransfer = Callable[..., Transfer]

ENGINES: dict[str, Callable[[Model, str], Engine]] = {
    "torch": lambda model, pooling: TorchEngine(TorchVGG(model, pooling=pooling, device="cpu")),
    "onnx": lambda model, pooling: OnnxEngine(Network(model, pooling)),
}


@pytest.fixture
def make_transfer(
    tiny_model: Model, make_picture: Callable[..., NDArray[np.float32]]
) -> MakeTransfer:
    photo, painting = (
        np.ascontiguousarray(make_picture(*shape, seed)[0].transpose(1, 2, 0))
        for shape, seed in (((96, 128), 1), ((100, 80), 2))
    )

    def make(preset: str = "painterly", engine: str = "torch", **options: Any) -> Transfer:
        config = StylizeConfig.from_preset(preset, **{"size": 128, "iterations": 8, **options})
        request = StylizeRequest(photo, (painting,), config)
        encoder = Encoder(tiny_model, pooling=config.pooling, device="cpu")
        of_engine = ENGINES[engine](tiny_model, config.pooling)
        return Transfer(request, compose(request), encoder, of_engine)

    return make


def finished(events: list[Event]) -> Finished:
    assert isinstance(events[-1], Finished)
    return events[-1]


def test_the_encoder_rests_once_it_is_known_what_to_paint(
    make_transfer: MakeTransfer, monkeypatch: pytest.MonkeyPatch
) -> None:
    transfer, done = make_transfer(), []
    release = transfer.encoder.release
    monkeypatch.setattr(transfer.encoder, "release", lambda: done.append(release()))
    assert isinstance(next(transfer.run()), Planned)
    assert len(done) == 1


@pytest.mark.parametrize("engine", ENGINES)
def test_the_engine_is_named_before_and_after(make_transfer: MakeTransfer, engine: str) -> None:
    events = list(make_transfer(engine=engine, iterations=1).run())
    assert isinstance(events[0], Planned)
    result = finished(events).result
    assert isinstance(result, StylizeResult)
    assert (events[0].engine, result.engine) == (engine, engine)


def test_events_tell_the_whole_story(make_transfer: MakeTransfer) -> None:
    transfer = make_transfer()
    events = list(transfer.run())
    assert isinstance(events[0], Planned)
    assert events[0].scales == (64, 128)
    steps = [event for event in events if isinstance(event, Progress)]
    assert len(steps) == sum(events[0].evaluations)
    assert [step.fraction for step in steps] == sorted(step.fraction for step in steps)
    assert steps[-1].fraction == pytest.approx(1)
    assert steps[-1].remaining == pytest.approx(0, abs=1e-6)
    assert steps[-1].cost == pytest.approx(transfer.schedule.total_cost)
    previews = [event for event in events if isinstance(event, Preview)]
    assert [preview.scale for preview in previews] == [64, 128]
    assert [p.pixels.shape for p in previews] == [(48, 64, 3), (96, 128, 3)]


def test_the_result_is_the_best_picture_of_the_last_scale(make_transfer: MakeTransfer) -> None:
    events = list(make_transfer().run())
    result = finished(events).result
    last = [e for e in events if isinstance(e, Progress) and e.scale == 128]
    best = min(last, key=lambda step: step.loss)
    assert (result.content_error, result.style_error) == (best.content_error, best.style_error)
    assert best.loss < last[0].loss
    assert result.image.shape == (96, 128, 3)
    assert result.image.dtype == np.float32
    assert 0 <= result.image.min() <= result.image.max() <= 1


def test_a_scale_begins_with_the_fine_detail_of_the_photograph(make_transfer: MakeTransfer) -> None:
    """As the small picture has none: after one evaluation, the picture is still that of before."""
    transfer = make_transfer(iterations=1)
    events = list(transfer.run())
    small = next(e.pixels for e in reversed(events) if isinstance(e, Preview) and e.scale == 64)
    photograph = transfer.request.content_image
    begun = finished(events).result.image
    np.testing.assert_allclose(begun, enlarged(small, photograph, detail=1), atol=1e-6)
    assert not np.allclose(begun, enlarged(small, photograph, detail=0), atol=0.01)


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("options", [{"optimizer": "adam"}, {"pooling": "avg"}, {"pyramid": False}])
def test_every_way_lowers_the_loss(
    make_transfer: MakeTransfer, options: dict[str, Any], engine: str
) -> None:
    steps = [e for e in make_transfer(engine=engine, **options).run() if isinstance(e, Progress)]
    last = [step.loss for step in steps if step.scale == 128]
    assert min(last) < last[0]


def test_targets_come_from_onnx_runtime(
    make_transfer: MakeTransfer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All of them, at every scale: nothing of PyTorch runs before the plan is out."""

    def forbidden(*_: Any) -> Any:
        raise AssertionError("a target was computed with PyTorch")

    transfer = make_transfer()
    with monkeypatch.context() as before:
        before.setattr(TorchVGG, "forward", forbidden)
        before.setattr("styleplug.transfer.terms.style.StyleTerm.statistic", forbidden)
        assert isinstance(next(transfer.run()), Planned)
        small, large = targets_by_scale(
            transfer.encoder,
            transfer.photograph,
            transfer.paintings,
            transfer.request.config,
            transfer.schedule.scales,
            transfer.request.cancel,
        )
    assert [len(target.by_term[StyleTerm]) for target in (*small, *large)] == [5, 5, 5]
    assert large[1] is small[0]  # scales share what is of one size


@pytest.mark.parametrize("preset", ["painterly", "faithful"])
@pytest.mark.parametrize("engine", ENGINES)
def test_a_seed_is_a_variation(make_transfer: MakeTransfer, preset: str, engine: str) -> None:
    """Another picture for each, the same one every time."""

    def painted(seed: int) -> NDArray[np.float32]:
        transfer = make_transfer(preset, engine, seed=seed)
        return finished(list(transfer.run())).result.image

    plain, first, second = painted(0), painted(1), painted(2)
    np.testing.assert_array_equal(first, painted(1))
    for one, other in ((plain, first), (plain, second), (first, second)):
        assert np.abs(one - other).mean() > 0.02


def test_the_article_s_recipe(make_transfer: MakeTransfer) -> None:
    """From noise, at one scale, with fixed weights."""
    transfer = make_transfer("article", iterations=5)
    noise = transfer.pixels
    assert noise.shape == (96, 128, 3)
    assert noise.std() == pytest.approx(1 / 12**0.5, rel=0.05)
    steps = [e for e in transfer.run() if isinstance(e, Progress)]
    assert {(step.scale, step.content_weight) for step in steps} == {(128, 1.0)}


@pytest.mark.slow
def test_the_content_error_is_led_to_its_target(make_transfer: MakeTransfer) -> None:
    errors = [
        finished(list(make_transfer(iterations=60, strength=strength).run())).result.content_error
        for strength in (0.1, 0.3, 0.6)
    ]
    assert errors == sorted(errors)
    assert errors[0] < 0.3


@pytest.mark.parametrize("engine", ENGINES)
def test_divergence_leaves_the_last_good_picture(
    make_transfer: MakeTransfer, engine: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    transfer = make_transfer(engine=engine, content_weight=1, style_weight=1)
    evaluate, calls = Objective.__call__, itertools.count(1)

    def breaks_in_the_end(objective: Objective, picture: Any) -> Evaluation:
        return evaluate(objective, picture * float("nan") if next(calls) == 5 else picture)

    monkeypatch.setattr(Objective, "__call__", breaks_in_the_end)
    with pytest.raises(DivergedError, match="iteration 5") as caught:
        list(transfer.run())
    assert caught.value.last_good is not None
    assert np.isfinite(caught.value.last_good.image).all()
    assert caught.value.last_good.stopped == "diverged"


@pytest.mark.parametrize("engine", ENGINES)
def test_weights_beyond_all_numbers_diverge_at_once(
    make_transfer: MakeTransfer, engine: str
) -> None:
    with pytest.raises(DivergedError, match="smaller weights") as caught:
        list(make_transfer(engine=engine, content_weight=1, style_weight=1e39).run())
    assert caught.value.last_good is None


def test_cancelling_before_the_start(make_transfer: MakeTransfer) -> None:
    transfer = make_transfer()
    transfer.request.cancel.set()
    with pytest.raises(Cancelled):
        list(transfer.run())


def test_cancelling_keeps_the_picture_so_far(make_transfer: MakeTransfer) -> None:
    transfer = make_transfer()
    events = []
    for event in transfer.run():
        events.append(event)
        if isinstance(event, Progress) and event.scale == 128:
            transfer.request.cancel.set()
    assert sum(isinstance(e, Progress) and e.scale == 128 for e in events) == 1
    assert finished(events).result.stopped == "cancelled"
    assert finished(events).result.image.shape == (96, 128, 3)


def test_a_time_limit_keeps_the_picture_so_far(make_transfer: MakeTransfer) -> None:
    events = list(make_transfer(time_limit=0.001).run())
    assert isinstance(events[0], Planned)
    assert events[0].seconds == 0.001
    result = finished(events).result
    assert result.stopped == "time-limit"
    assert result.image.shape == (96, 128, 3)


class Clock:
    """In the place of `time.monotonic`: an evaluation takes as many seconds as it sees pixels; all
    else takes none, unless a test says so."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock, evaluate = Clock(), Objective.__call__

    def timed(objective: Objective, picture: Any) -> Evaluation:
        clock.now += sum(math.prod(level.size) for level in objective.loss.levels)
        return evaluate(objective, picture)

    monkeypatch.setattr("time.monotonic", clock)
    monkeypatch.setattr(Objective, "__call__", timed)
    return clock


@pytest.mark.usefixtures("clock")
def test_scales_share_the_time(make_transfer: MakeTransfer) -> None:
    """Small scales keep more of their evaluations; what one more would exceed, isn't begun."""
    whole = make_transfer(iterations=20).schedule
    seconds = whole.total_cost * whole.full_size
    planned, *others = make_transfer(iterations=20, time_limit=seconds / 2).run()
    assert isinstance(planned, Planned)
    assert planned.evaluations == (25, 20)
    steps = [event for event in others if isinstance(event, Progress)]
    assert [sum(step.scale == scale for step in steps) for scale in planned.scales] == [18, 8]
    assert steps[-1].elapsed <= seconds / 2
    fractions = [step.fraction for step in steps]
    assert fractions == sorted(fractions)
    result = finished(others).result
    assert isinstance(result, StylizeResult)
    assert result.stopped == "time-limit"


@pytest.mark.usefixtures("clock")
def test_with_enough_time_nothing_is_left_out(make_transfer: MakeTransfer) -> None:
    transfer = make_transfer(iterations=6, time_limit=1e9)
    result = finished(list(transfer.run())).result
    assert isinstance(result, StylizeResult)
    assert result.stopped == "finished"
    assert result.cost == pytest.approx(transfer.schedule.total_cost)


@pytest.mark.parametrize(("seconds", "scales"), [(0, (64, 128)), (1, (64,))])
def test_a_scale_without_time_for_it_is_left_out(
    make_transfer: MakeTransfer,
    clock: Clock,
    monkeypatch: pytest.MonkeyPatch,
    seconds: float,
    scales: tuple[int, ...],
) -> None:
    """By how long the encoder takes for its last pass."""
    features = Encoder.features

    def timed(encoder: Encoder, image: Any, *arguments: Any) -> Any:
        clock.now += seconds
        return features(encoder, image, *arguments)

    monkeypatch.setattr(Encoder, "features", timed)
    planned, *others = make_transfer(iterations=20, time_limit=10.0).run()
    assert isinstance(planned, Planned)
    assert planned.scales == scales
    steps = [event for event in others if isinstance(event, Progress)]
    assert [step.scale for step in steps] == [64]


@pytest.mark.parametrize("engine", ENGINES)
def test_in_tiles_it_paints_the_same_picture(
    tiny_model: Model,
    make_picture: Callable[..., NDArray[np.float32]],
    monkeypatch: pytest.MonkeyPatch,
    engine: str,
) -> None:
    photo, painting = (as_pixels(make_picture(170, 210, seed)) for seed in (1, 2))
    config = StylizeConfig(size=210, iterations=4, optimizer="adam", learning_rate=0.01)

    def events() -> list[Event]:
        request = StylizeRequest(photo, (painting,), config)
        encoder = Encoder(tiny_model, device="cpu")
        return list(
            Transfer(request, compose(request), encoder, ENGINES[engine](tiny_model, "max")).run()
        )

    whole = finished(events()).result
    monkeypatch.setattr(
        "styleplug.transfer.plan.fitted_scales",
        lambda scales, *_: (*scales[:-1], replace(scales[-1], encoding=160, window=144)),
    )
    planned, *others = events()
    tiled = finished(others).result
    assert isinstance(planned, Planned)
    assert planned.notes == ("to fit into memory, 210 px are worked on in tiles of 144 px",)
    assert tiled.style_error == pytest.approx(whole.style_error, rel=1e-3)
    np.testing.assert_allclose(tiled.image, whole.image, atol=0.01)
