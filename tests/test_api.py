"""The public functions, with a small network: what goes in, what comes out, what is said."""

from __future__ import annotations

import itertools
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from PIL import Image

import styleplug
from styleplug import pictures
from styleplug.config import StylizeConfig
from styleplug.errors import (
    Cancelled,
    ConfigError,
    DivergedError,
    LayerNotFoundError,
    MissingDependencyError,
    ModelNotFoundError,
    StyleplugError,
    UnreadableImageError,
    UnsupportedImageError,
)
from styleplug.events import Event, Failed, Finished, Planned, Preview, Progress
from styleplug.image.picture import Picture
from styleplug.runtime import providers
from styleplug.runtime.models import Model
from styleplug.transfer import targets
from styleplug.transfer.loss import Evaluation
from styleplug.transfer.objective import Objective

pytestmark = pytest.mark.usefixtures("small_network")

Pixels = NDArray[np.float32]


def cheap(**options: Any) -> StylizeConfig:
    """A config of a few milliseconds, of which two runs give the same."""
    return StylizeConfig(**{"size": 32, "iterations": 2, "device": "cpu", **options})


QUICK = cheap()
SCALES = cheap(size=128, iterations=3)
ENDLESS = cheap(iterations=1_000_000)


@pytest.fixture
def unread(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody may read a network."""

    def fail(model: Model) -> bytes:
        raise AssertionError(f"{model.path} was read")

    monkeypatch.setattr(Model, "read", fail)


@pytest.fixture
def photo(make_picture: Callable[..., Pixels]) -> Pixels:
    return make_picture(96, 128)[0].transpose(1, 2, 0)


@pytest.fixture
def painting(make_picture: Callable[..., Pixels]) -> Pixels:
    return make_picture(60, 80, seed=1)[0].transpose(1, 2, 0)


def bytes_of(pixels: Pixels) -> NDArray[np.uint8]:
    return np.rint(pixels * 255).astype(np.uint8)


def as_file(pixels: Pixels, folder: Path) -> Path:
    Image.fromarray(bytes_of(pixels)).save(folder / "a.png")
    return folder / "a.png"


@pytest.mark.parametrize(
    "convert",
    [
        lambda pixels, folder: bytes_of(pixels).astype(np.float32) / 255,
        lambda pixels, folder: bytes_of(pixels) / 255.0,
        lambda pixels, folder: bytes_of(pixels),
        lambda pixels, folder: np.dstack([bytes_of(pixels), np.full((96, 128), 9, np.uint8)]),
        lambda pixels, folder: Image.fromarray(bytes_of(pixels)),
        lambda pixels, folder: as_file(pixels, folder),
        lambda pixels, folder: str(as_file(pixels, folder)),
        lambda pixels, folder: Picture.from_any(bytes_of(pixels)),
    ],
    ids=["float32", "float64", "uint8", "RGBA", "PIL", "path", "text", "picture"],
)
def test_every_form_of_a_picture_gives_the_same_result(
    convert: Callable[[Pixels, Path], Any], photo: Pixels, painting: Pixels, tmp_path: Path
) -> None:
    expected = styleplug.stylize(bytes_of(photo), painting, QUICK)
    result = styleplug.stylize(convert(photo, tmp_path), painting, QUICK)
    np.testing.assert_array_equal(result.image, expected.image)


def test_the_result_is_a_picture_as_large_as_the_photograph(
    photo: Pixels, painting: Pixels
) -> None:
    before = photo.copy(), painting.copy()
    result = styleplug.stylize(photo, painting, QUICK)
    assert result.image.shape == photo.shape
    assert result.image.dtype == np.float32
    assert 0 <= result.image.min() < result.image.max() <= 1
    assert result.to_pil().size == (128, 96)
    assert (result.stopped, result.cost) == ("finished", 2)
    np.testing.assert_array_equal(photo, before[0])
    np.testing.assert_array_equal(painting, before[1])


def test_the_result_can_be_left_at_the_working_size(photo: Pixels, painting: Pixels) -> None:
    config = cheap(size=64, iterations=1, output_size="working")
    assert styleplug.stylize(photo, painting, config).image.shape == (48, 64, 3)


def test_a_small_photograph_is_not_enlarged(photo: Pixels, painting: Pixels) -> None:
    config = cheap(size=512, iterations=1, output_size="working")
    assert styleplug.stylize(photo[:40, :50], painting, config).image.shape == (40, 50, 3)


def test_several_paintings_are_mixed(photo: Pixels, painting: Pixels) -> None:
    config = cheap(iterations=6)
    other = np.ascontiguousarray(1 - painting)
    one, two, mixed, same = (
        styleplug.stylize(photo, paintings, config).image
        for paintings in ([painting], (other,), [painting, other], (painting, painting))
    )
    assert not np.allclose(mixed, one, atol=0.01)
    assert not np.allclose(mixed, two, atol=0.01)
    np.testing.assert_allclose(same, one, atol=0.01)


def test_without_a_painting_there_is_nothing_to_do(photo: Pixels) -> None:
    with pytest.raises(ConfigError, match=r"style_images .* one painting or more"):
        styleplug.stylize(photo, [])


def test_events_come_in_their_order(photo: Pixels, painting: Pixels) -> None:
    events: list[Event] = []
    result = styleplug.stylize(photo, painting, SCALES, events.append)
    plan, finished = events[0], events[-1]
    assert isinstance(plan, Planned)
    assert plan.scales == (64, 128)
    assert plan.evaluations == (4, 3)
    assert plan.notes == ("vgg19 is not installed; using the bundled vgg16",)
    kinds = [(kind, len(list(group))) for kind, group in itertools.groupby(events, type)]
    assert kinds == [
        (Planned, 1),
        (Progress, 4),
        (Preview, 1),
        (Progress, 3),
        (Preview, 1),
        (Finished, 1),
    ]
    assert isinstance(finished, Finished)
    assert finished.result is result


@pytest.mark.parametrize("engine", ["onnx", "torch"])
def test_plan_and_result_say_on_what_it_ran(photo: Pixels, painting: Pixels, engine: str) -> None:
    events: list[Event] = []
    options = {"size": 32, "iterations": 1, "device": "cpu", "precision": "float32"}
    config = styleplug.StylizeConfig(engine=engine, **options)
    result = styleplug.stylize(photo, painting, config, events.append)
    assert isinstance(events[0], Planned)
    assert events[0].device == result.device == "CPU"


def test_progress_counts_up_to_the_whole(photo: Pixels, painting: Pixels) -> None:
    events: list[Event] = []
    result = styleplug.stylize(photo, painting, SCALES, events.append)
    steps = [event for event in events if isinstance(event, Progress)]
    assert [(s.scale, s.iteration, s.iterations) for s in steps] == [
        *((64, i, 4) for i in range(1, 5)),
        *((128, i, 3) for i in range(1, 4)),
    ]
    for name in ("fraction", "cost", "elapsed"):
        values = [getattr(step, name) for step in steps]
        assert values == sorted(values)
    assert steps[-1].fraction == pytest.approx(1)
    assert steps[-1].remaining == pytest.approx(0)
    assert steps[-1].cost == result.cost == pytest.approx(4 / 4 + 3 * 1.25)


def test_previews_are_pictures_of_their_scale(photo: Pixels, painting: Pixels) -> None:
    previews: list[Event] = []
    styleplug.stylize(photo, painting, SCALES, previews.append)
    shapes = [event.pixels.shape for event in previews if isinstance(event, Preview)]
    assert shapes == [(48, 64, 3), (96, 128, 3)]


def test_a_chosen_backbone_needs_no_note(photo: Pixels, painting: Pixels) -> None:
    events: list[Event] = []
    config = cheap(iterations=1, backbone="vgg16")
    styleplug.stylize(photo, painting, config, events.append)
    assert events[0].notes == ()


def test_cancelled_before_there_was_a_picture(photo: Pixels, painting: Pixels) -> None:
    cancel = threading.Event()
    cancel.set()
    events: list[Event] = []
    with pytest.raises(Cancelled):
        styleplug.stylize(photo, painting, QUICK, events.append, cancel)
    assert [type(event) for event in events] == [Failed]
    assert events[0].code == "cancelled"


def test_cancelled_from_the_callback_gives_the_picture_so_far(
    photo: Pixels, painting: Pixels
) -> None:
    cancel = threading.Event()
    events: list[Event] = []

    def listen(event: Event) -> None:
        events.append(event)
        if isinstance(event, Progress) and event.iteration == 3:
            cancel.set()

    result = styleplug.stylize(photo, painting, ENDLESS, listen, cancel)
    assert result.stopped == "cancelled"
    assert result.image.shape == photo.shape
    assert [type(event) for event in events] == [Planned, *[Progress] * 3, Finished]
    assert result.cost == 3


def test_cancelled_from_another_thread(photo: Pixels, painting: Pixels) -> None:
    cancel, painted = threading.Event(), threading.Event()

    def listen(event: Event) -> None:
        if isinstance(event, Progress):
            painted.set()

    helper = threading.Thread(target=lambda: painted.wait(60) and cancel.set())
    helper.start()
    result = styleplug.stylize(photo, painting, ENDLESS, listen, cancel)
    helper.join()
    assert result.stopped == "cancelled"


def test_a_time_limit_ends_with_the_best_picture(photo: Pixels, painting: Pixels) -> None:
    config = cheap(iterations=1_000_000, time_limit=0.3)
    began = time.monotonic()
    result = styleplug.stylize(photo, painting, config)
    assert result.stopped == "time-limit"
    assert 0 < result.seconds < time.monotonic() - began < 30
    assert result.image.shape == photo.shape


def test_even_the_shortest_time_is_enough_for_one_evaluation(
    photo: Pixels, painting: Pixels
) -> None:
    config = cheap(iterations=1_000_000, time_limit=0.001)
    assert styleplug.stylize(photo, painting, config).cost == 1


def test_noise_is_the_same_for_the_same_seed(photo: Pixels, painting: Pixels) -> None:
    first, again, other = (
        styleplug.stylize(photo, painting, cheap(iterations=3, init="noise", seed=seed)).image
        for seed in (1, 1, 2)
    )
    np.testing.assert_array_equal(first, again)
    assert not np.allclose(first, other, atol=0.05)


def test_what_a_run_starts_from(photo: Pixels, painting: Pixels, tmp_path: Path) -> None:
    """With one evaluation the result is the start itself."""
    black = tmp_path / "black.png"
    Image.new("RGB", (7, 5)).save(black)
    starts = {
        "content": photo.mean(),
        "style": painting.mean(),
        str(black): 0.0,
    }
    for init, mean in starts.items():
        config = cheap(iterations=1, init=init)
        result = styleplug.stylize(photo, painting, config)
        assert result.image.mean() == pytest.approx(mean, abs=0.01)


def test_a_start_that_is_missing_is_named(photo: Pixels, painting: Pixels, unread: None) -> None:
    with pytest.raises(UnreadableImageError, match=r"^missing\.png: there is no such file"):
        styleplug.stylize(photo, painting, cheap(init="missing.png"))


def test_a_painting_by_its_name(photo: Pixels) -> None:
    named = styleplug.stylize(photo, ["lanterns", Path("mist")], QUICK)
    files = [pictures.path("painting.jpg"), str(pictures.path("mist.jpg"))]
    assert np.array_equal(named.image, styleplug.stylize(photo, files, QUICK).image)


def test_a_painting_that_is_neither_file_nor_name(photo: Pixels, unread: None) -> None:
    expected = r"^lantern: there is no such file, and no style .* did you mean lanterns\?"
    with pytest.raises(UnreadableImageError, match=expected):
        styleplug.stylize(photo, "lantern", QUICK)


def test_more_strength_gives_up_more_of_the_photograph(photo: Pixels, painting: Pixels) -> None:
    errors = [
        styleplug.stylize(photo, painting, cheap(iterations=16, strength=strength)).content_error
        for strength in (0, 0.2, 0.5)
    ]
    assert errors == sorted(errors)
    assert errors[0] < errors[2] / 2


def test_colours_are_kept_where_wished(photo: Pixels, painting: Pixels) -> None:
    inner = 0.3 + 0.4 * photo  # far from black and white, where colours must give way
    free, kept = (
        styleplug.stylize(inner, painting, cheap(iterations=8, colors=colors)).image
        for colors in ("painted", "luminance")
    )
    differences = [np.diff(pixels, axis=2) for pixels in (inner, free, kept)]
    assert np.abs(differences[2] - differences[0]).mean() < 0.01
    assert np.abs(differences[1] - differences[0]).mean() > 0.05
    assert np.abs(kept - inner).mean() > 0.02, "light and dark are the painting's"


def test_the_strokes_grow_with_their_scale(
    photo: Pixels, painting: Pixels, monkeypatch: pytest.MonkeyPatch
) -> None:
    sizes = []
    compute = targets.compute_targets

    def note(encoder: Any, photograph: Any, paintings: Any, *layers: Any) -> Any:
        sizes.append((photograph.size, paintings[0].size))
        return compute(encoder, photograph, paintings, *layers)

    monkeypatch.setattr(targets, "compute_targets", note)
    for scale in (0.5, 1, 2):
        styleplug.stylize(photo, painting, cheap(size=64, iterations=1, stroke_scale=scale))
    assert sizes == [((64, 48), (32, 24)), ((64, 48), (64, 48)), ((64, 48), (128, 96))]


@pytest.mark.parametrize("weight", ["content_weight", "style_weight", "tv_weight"])
def test_a_weight_without_measure_diverges_with_a_remedy(
    weight: str, photo: Pixels, painting: Pixels
) -> None:
    events: list[Event] = []
    config = cheap(**{weight: 1e300})
    with pytest.raises(DivergedError, match="smaller weights") as caught:
        styleplug.stylize(photo, painting, config, events.append)
    assert (caught.value.iteration, caught.value.last_good) == (1, None)
    assert events[-1] == Failed("diverged", str(caught.value))


def test_a_later_divergence_keeps_the_last_good_picture(
    photo: Pixels, painting: Pixels, monkeypatch: pytest.MonkeyPatch
) -> None:
    evaluate, calls = Objective.__call__, itertools.count(1)

    def broken(objective: Objective, picture: torch.Tensor) -> Evaluation:
        return evaluate(objective, picture * torch.nan if next(calls) == 3 else picture)

    monkeypatch.setattr(Objective, "__call__", broken)
    with pytest.raises(DivergedError, match="iteration 3") as caught:
        styleplug.stylize(photo, painting, ENDLESS)
    assert caught.value.last_good.image.shape == photo.shape
    assert np.isfinite(caught.value.last_good.image).all()


@pytest.mark.parametrize("field", ["content_layers", "style_layers"])
def test_an_unknown_layer_lists_the_known_before_any_work(
    field: str, photo: Pixels, painting: Pixels, unread: None
) -> None:
    events: list[Event] = []
    config = cheap(**{field: "relu1_1,relu1_9"})
    with pytest.raises(LayerNotFoundError, match=r"no layer 'relu1_9'; it has relu1_1, .*relu5_3"):
        styleplug.stylize(photo, painting, config, events.append)
    assert [event.code for event in events] == ["layer-not-found"]


@pytest.mark.parametrize("shape", [(1, 1, 3), (1, 10_000, 3), (10_000, 15, 3)])
def test_pictures_too_small_are_refused_before_any_work(
    shape: tuple[int, ...], photo: Pixels, painting: Pixels, unread: None
) -> None:
    small = np.zeros(shape, np.uint8)
    size = f"{shape[1]}×{shape[0]} pixels, but needs 16 on each side"
    with pytest.raises(UnsupportedImageError, match=f"the photograph has {size}"):
        styleplug.stylize(small, painting)
    with pytest.raises(UnsupportedImageError, match=f"painting 2 has {size}"):
        styleplug.stylize(photo, [painting, small])


def test_a_photograph_too_narrow_for_its_size_is_refused_before_any_work(
    painting: Pixels, unread: None
) -> None:
    narrow = np.zeros((20, 20_000, 3), np.uint8)
    with pytest.raises(UnsupportedImageError, match=r"20000×20 pixels .* take a larger size"):
        styleplug.stylize(narrow, painting)


def test_a_device_that_onnxruntime_lacks_lists_those_it_has(
    photo: Pixels, painting: Pixels, unread: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(providers, "_listed", lambda: ["CPUExecutionProvider"])
    with pytest.raises(ConfigError, match=r"device is 'cuda', but must be one .*: auto, cpu"):
        styleplug.stylize(photo, painting, cheap(device="cuda"))


def test_a_device_that_pytorch_lacks_is_refused_before_any_work(
    photo: Pixels, painting: Pixels, unread: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(providers, "_listed", lambda: list(providers.PROVIDERS.values()))
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 0)
    with pytest.raises(ConfigError, match=r"device is 'cuda', but must be .*; try auto or cpu"):
        styleplug.stylize(photo, painting, cheap(device="cuda"))


def test_half_precision_needs_a_gpu(photo: Pixels, painting: Pixels, unread: None) -> None:
    with pytest.raises(ConfigError, match="precision is 'float16', but must be float32 on the CPU"):
        styleplug.stylize(photo, painting, cheap(device="cpu", precision="float16"))


def test_a_backbone_that_is_not_installed_names_the_remedy(photo: Pixels, painting: Pixels) -> None:
    with pytest.raises(ModelNotFoundError, match=r"vgg19.*not installed.*styleplug models install"):
        styleplug.stylize(photo, painting, cheap(backbone="vgg19"))


def test_without_onnxruntime_the_remedy_is_named(
    photo: Pixels, painting: Pixels, monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing() -> list[str]:
        raise MissingDependencyError("onnxruntime", "cpu")

    monkeypatch.setattr(providers, "_listed", missing)
    events: list[Event] = []
    with pytest.raises(ImportError, match=r"pip install 'styleplug\[cpu\]'"):
        styleplug.stylize(photo, painting, QUICK, events.append)
    assert [event.code for event in events] == ["missing-dependency"]


@pytest.mark.parametrize(
    "value", [None, 5, "missing.jpg", np.zeros((20, 20)) - 5, np.zeros((2, 20, 20, 3), np.uint8)]
)
def test_what_is_no_picture_is_refused(value: Any, photo: Pixels, unread: None) -> None:
    with pytest.raises(StyleplugError):
        styleplug.stylize(photo, value)
    with pytest.raises(StyleplugError):
        styleplug.stylize(value, photo)
    with pytest.raises(StyleplugError):
        styleplug.extract_features(value)


def test_any_form_of_a_picture_is_written(tmp_path: Path) -> None:
    grey = np.linspace(0, 65535, 12).reshape(3, 4).astype(np.uint16)
    styleplug.write_image(grey, tmp_path / "array.png")
    assert styleplug.read_image(tmp_path / "array.png").pixels[..., 0] == pytest.approx(
        grey / 65535
    )
    styleplug.write_image(Image.new("RGBA", (4, 3), (255, 0, 0, 51)), str(tmp_path / "pil.tif"))
    assert styleplug.read_image(tmp_path / "pil.tif").alpha == pytest.approx(np.full((3, 4), 0.2))
    with pytest.raises(UnsupportedImageError, match="list is no picture"):
        styleplug.write_image([1, 2], tmp_path / "list.png")  # type: ignore[arg-type]  # on purpose


def test_an_exception_of_the_callback_reaches_the_caller(photo: Pixels, painting: Pixels) -> None:
    def listen(event: Event) -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        styleplug.stylize(photo, painting, QUICK, listen)


def test_features_by_layer(photo: Pixels) -> None:
    features = styleplug.extract_features(photo, ["relu2_2", "relu1_1"], device="cpu")
    assert {name: array.shape for name, array in features.items()} == {
        "relu1_1": (1, 4, 96, 128),
        "relu2_2": (1, 6, 48, 64),
    }
    assert all(array.dtype == np.float32 for array in features.values())


def test_features_at_a_size(photo: Pixels) -> None:
    assert styleplug.extract_features(photo, size=64)["relu4_2"].shape == (1, 8, 6, 8)


@pytest.mark.parametrize("layers", ["relu1_1,relu2_2", "relu1_1, relu2_2", ("relu1_1", "relu2_2")])
def test_layers_as_a_text_or_names(layers: Any, photo: Pixels) -> None:
    assert list(styleplug.extract_features(photo, layers)) == ["relu1_1", "relu2_2"]


@pytest.mark.parametrize("layers", ["", "relu1_9", ["relu1_1", "conv1_1"], []])
def test_features_of_unknown_layers(layers: Any, photo: Pixels) -> None:
    with pytest.raises((LayerNotFoundError, ConfigError), match="relu1_1, relu1_2"):
        styleplug.extract_features(photo, layers)
