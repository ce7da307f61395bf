"""What a host and an observer see of jobs, whichever plug-in does them."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

import styleplug
from styleplug.config import FilterConfig, StylizeConfig
from styleplug.errors import (
    Cancelled,
    ConfigError,
    OutOfMemoryError,
    PluginError,
    UnsupportedImageError,
)
from styleplug.events import Failed, Finished, Planned, Progress
from styleplug.hookspecs import (
    Filter,
    FilterRequest,
    FilterResult,
    Job,
    StylizeRequest,
    StylizeResult,
    hookimpl,
)
from styleplug.image.luma import luma
from styleplug.plugins import plugin_manager

PIXELS = np.full((20, 30, 3), 0.5, np.float32)
RESULT = StylizeResult(PIXELS, "finished", "none", 0.5, 0.25, 1.0, 2.0)
ENDLESS = StylizeConfig(size=32, iterations=1_000_000, device="cpu")


class Panic(BaseException):
    """As libraries written in Rust raise it."""


class Watch:
    """Notes all that observers are told."""

    def __init__(self) -> None:
        self.jobs: list[Job] = []
        self.events: list[tuple[Job, object]] = []
        self.endings: list[tuple[Job, object, object]] = []

    @hookimpl
    def styleplug_before_job(self, job: Job) -> None:
        self.jobs.append(job)

    @hookimpl
    def styleplug_progress(self, event: object, job: Job) -> None:
        self.events.append((job, event))

    @hookimpl
    def styleplug_after_job(self, job: Job, result: object, error: object) -> None:
        self.endings.append((job, result, error))


class Painter:
    """Answers both kinds of job by a function of the request."""

    def __init__(self, answer: Callable[[Any], Any]) -> None:
        self.answer = answer

    @hookimpl
    def styleplug_stylize(self, request: StylizeRequest) -> StylizeResult | None:
        return self.answer(request)

    @hookimpl
    def styleplug_register_filters(self) -> list[Filter]:
        return [Filter("invert", "The other way round")]

    @hookimpl
    def styleplug_apply_filter(self, request: FilterRequest) -> FilterResult | None:
        return self.answer(request) if request.filter == "invert" else None


@pytest.fixture
def register() -> Iterator[Callable[..., Any]]:
    """Registers a plug-in for the time of a test."""
    plugins = []

    def add(plugin: Any, name: str = "") -> Any:
        plugin_manager().register(plugin, name or None)
        plugins.append(plugin)
        return plugin

    yield add
    for plugin in plugins:
        plugin_manager().unregister(plugin)


@pytest.fixture
def watch(register: Callable[..., Any]) -> Watch:
    return register(Watch())


def stylize(**options: Any) -> StylizeResult:
    """Call the hook as a host does."""
    request = StylizeRequest(PIXELS, (PIXELS,), **options)
    return plugin_manager().hook.styleplug_stylize(request=request)


def test_observers_see_a_job_that_a_host_began(small_network: None, watch: Watch) -> None:
    told: list[object] = []
    config = StylizeConfig(size=32, iterations=2, device="cpu")
    result = stylize(config=config, on_event=told.append)
    [job] = watch.jobs
    assert job.request.config is config
    assert [event for _, event in watch.events] == told
    kinds = [type(event) for event in told]
    assert kinds[:3] == [Planned, Progress, Progress]
    assert kinds[-1] is Finished
    assert told[-1].result is result
    assert watch.endings == [(job, result, None)]


def test_a_plug_in_of_others_needs_to_say_nothing(register: Callable[..., Any]) -> None:
    register(Painter(lambda request: RESULT))
    told: list[object] = []
    assert stylize(on_event=told.append) is RESULT
    assert told == [Finished(RESULT)]


def test_what_a_plug_in_says_reaches_all(register: Callable[..., Any], watch: Watch) -> None:
    plan = Planned((32,), (1,), 1.0, "none")

    def paint(request: StylizeRequest) -> StylizeResult:
        request.notify(plan)
        return RESULT

    register(Painter(paint))
    told: list[object] = []
    stylize(on_event=told.append)
    assert told == [event for _, event in watch.events] == [plan, Finished(RESULT)]


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (UnsupportedImageError(None, "too odd"), "image-unsupported"),
        (ZeroDivisionError("oh"), "plugin"),
        (MemoryError(), "out-of-memory"),
        (Cancelled(), "cancelled"),
    ],
)
def test_a_job_that_fails_says_so(
    error: BaseException, code: str, register: Callable[..., Any], watch: Watch
) -> None:
    def fail(request: object) -> None:
        raise error

    register(Painter(fail), "faulty")
    told: list[object] = []
    raised = {"plugin": PluginError, "out-of-memory": OutOfMemoryError}
    with pytest.raises(raised.get(code, type(error))) as caught:
        stylize(on_event=told.append)
    [failed] = told
    assert isinstance(failed, Failed)
    assert failed.code == code
    assert watch.endings == [(watch.jobs[0], None, caught.value)]
    if code == "plugin":
        assert caught.value.plugin == "faulty"
        assert caught.value.__cause__ is error
        assert "faulty: failed in styleplug_stylize (ZeroDivisionError: oh)" in str(caught.value)


def test_an_exception_of_the_listener_is_not_the_plug_ins(register: Callable[..., Any]) -> None:
    def paint(request: StylizeRequest) -> StylizeResult:
        request.notify(Planned((32,), (1,), 1.0, "none"))
        return RESULT

    def listen(event: object) -> None:
        raise ZeroDivisionError

    register(Painter(paint))
    with pytest.raises(ZeroDivisionError):
        stylize(on_event=listen)


@pytest.mark.parametrize("error", [ZeroDivisionError(), SystemExit(0), Panic()])
@pytest.mark.parametrize("hook", ["before_job", "progress", "after_job"])
def test_an_observer_that_raises_harms_nobody(
    hook: str,
    error: BaseException,
    register: Callable[..., Any],
    caplog: pytest.LogCaptureFixture,
) -> None:
    def fail() -> None:
        raise error

    first, last = Watch(), Watch()
    register(first)
    register(type("Faulty", (), {f"styleplug_{hook}": staticmethod(hookimpl(fail))})(), "faulty")
    register(last)
    register(Painter(lambda request: RESULT))
    assert stylize() is RESULT
    assert caplog.messages == [
        f"plug-in faulty failed in styleplug_{hook} ({error!r}); the job goes on"
    ]
    for watch in (first, last):
        assert (len(watch.jobs), len(watch.events), len(watch.endings)) == (1, 1, 1)


def test_a_listener_that_fails_at_the_end_leaves_a_job_without_a_result(
    register: Callable[..., Any], watch: Watch
) -> None:
    def listen(event: object) -> None:
        raise ZeroDivisionError

    register(Painter(lambda request: RESULT))
    with pytest.raises(ZeroDivisionError) as caught:
        stylize(on_event=listen)
    assert watch.endings == [(watch.jobs[0], None, caught.value)]


def test_a_host_cancels_from_another_thread_within_one_evaluation(small_network: None) -> None:
    cancel = threading.Event()
    iterations: list[int] = []
    after: list[int] = []

    def listen(event: object) -> None:
        if isinstance(event, Progress):
            (after if cancel.is_set() else iterations).append(event.iteration)
            if event.iteration == 3:
                canceller = threading.Thread(target=cancel.set)
                canceller.start()
                canceller.join()

    result = stylize(config=ENDLESS, on_event=listen, cancel=cancel)
    assert result.stopped == "cancelled"
    assert (iterations, after) == ([1, 2, 3], [])


def test_two_jobs_at_once_are_kept_apart(small_network: None, watch: Watch) -> None:
    both, results = threading.Barrier(2, timeout=60), {}
    cancels = {"one": threading.Event(), "other": threading.Event()}

    def run(name: str) -> None:
        def listen(event: object) -> None:
            if isinstance(event, Progress) and event.iteration in (2, 4):
                both.wait()  # so that each is in the middle of the other
            if isinstance(event, Progress) and event.iteration == (3 if name == "one" else 6):
                cancels[name].set()
                both.abort()

        try:
            results[name] = stylize(config=ENDLESS, on_event=listen, cancel=cancels[name])
        except threading.BrokenBarrierError as error:
            results[name] = error

    threads = [threading.Thread(target=run, args=(name,)) for name in cancels]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results["one"].stopped == "cancelled"
    assert isinstance(results["other"], threading.BrokenBarrierError)
    assert len({id(job) for job in watch.jobs}) == 2
    for job, result, error in watch.endings:
        own = [event for of, event in watch.events if of is job]
        steps = [event.iteration for event in own if isinstance(event, Progress)]
        assert steps == list(range(1, len(steps) + 1))
        assert (result is None) is (error is not None)


def test_a_filter_is_a_job_too(register: Callable[..., Any], watch: Watch) -> None:
    register(Painter(lambda request: FilterResult(1 - request.image)))
    told: list[object] = []
    result = styleplug.apply_filter(PIXELS / 2, "invert", on_event=told.append)
    np.testing.assert_array_equal(result.image, 1 - PIXELS / 2)
    assert told == [Finished(result)]
    assert watch.endings == [(watch.jobs[0], result, None)]


@pytest.mark.parametrize("strength", [0, 0.25, 1])
def test_the_strength_blends(strength: float, register: Callable[..., Any]) -> None:
    register(Painter(lambda request: FilterResult(np.ones_like(request.image))))
    config = FilterConfig(strength=strength)
    image = styleplug.apply_filter(PIXELS, "invert", config).image
    np.testing.assert_allclose(image, 0.5 + 0.5 * strength)
    assert image.dtype == np.float32


def test_every_filter_can_keep_the_colours(register: Callable[..., Any]) -> None:
    register(Painter(lambda request: FilterResult(1 - request.image)))
    pixels = np.random.default_rng(0).uniform(0.4, 0.6, PIXELS.shape).astype(np.float32)
    image = styleplug.apply_filter(pixels, "invert", FilterConfig(colors="luminance")).image
    np.testing.assert_allclose(luma(image), luma(1 - pixels), atol=1e-2)
    np.testing.assert_allclose(np.ptp(image, axis=2), np.ptp(pixels, axis=2), atol=1e-2)
    half = FilterConfig(colors="luminance", strength=0.5)
    blended = styleplug.apply_filter(pixels, "invert", half).image
    np.testing.assert_allclose(blended, (image + pixels) / 2, atol=1e-6)


def test_a_filter_keeps_transparency(register: Callable[..., Any]) -> None:
    register(Painter(lambda request: FilterResult(1 - request.image)))
    alpha = np.linspace(0, 1, PIXELS[..., 0].size, dtype=np.float32).reshape(PIXELS.shape[:2])
    result = styleplug.apply_filter(np.dstack([PIXELS, alpha]), "invert")
    np.testing.assert_array_equal(result.image, 1 - PIXELS)
    np.testing.assert_array_equal(result.alpha, alpha)
    assert styleplug.apply_filter(PIXELS, "invert").alpha is None


def test_a_filter_that_nobody_has(register: Callable[..., Any]) -> None:
    register(Painter(lambda request: None))
    with pytest.raises(ConfigError, match=r"filter is 'wave', .* installed \(.*invert,.*udnie"):
        styleplug.apply_filter(PIXELS, "wave")


def test_a_filter_that_gives_another_shape_is_named(register: Callable[..., Any]) -> None:
    register(Painter(lambda request: FilterResult(PIXELS[:5])), "cropper")
    with pytest.raises(PluginError, match=r"cropper: its filter gave .*, not \(20, 30, 3\)"):
        styleplug.apply_filter(PIXELS, "invert")
