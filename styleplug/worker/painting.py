"""A stylize or filter job: calls the public API, and tells the host what becomes of it."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import asdict
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any

import styleplug
from styleplug.config import FilterConfig, StylizeConfig
from styleplug.errors import ImageError, ProtocolError
from styleplug.events import Event, Planned, Preview, Progress
from styleplug.filter_region import FilterRegion, in_regions
from styleplug.hookspecs import Checkpoint, FilterResult, StylizeResult
from styleplug.image.picture import Picture
from styleplug.image.resize import fitted, resized
from styleplug.jobs.job import FilterJob, PictureJob, StylizeJob
from styleplug.jobs.run import prepare
from styleplug.painting import Painting
from styleplug.parts import images_of, with_image
from styleplug.styles import find_style
from styleplug.worker.lines import Output, shortened
from styleplug.worker.messages import (
    FilterMessage,
    JobMessage,
    NamedPainting,
    PictureSource,
    PixelFormat,
    StylizeMessage,
)
from styleplug.worker.pixels import check_form, read_source, write_result

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


def paint(message: JobMessage, output: Output, stop: threading.Event) -> None:
    """Do a job in the current folder, from reading the photograph to saying where the picture is.

    Args:
        stop: set where it is to end with the picture as it is.

    Raises:
        Cancelled: it was to end before there was a picture.
        StyleplugError: it can't be done.
    """
    started = time.monotonic()
    check_form(message.result, Path.cwd())
    photo, paintings = message.photo, _paintings(message)
    job = _job(message, paintings)
    of_paintings = (source for painting in paintings for source in painting.images)
    of_filters = (source for region in _regions(message) for source in region.images)
    sources = [photo, *of_paintings, *of_filters, *images_of(message.mask)]
    prepared = prepare(job, Path(photo.path), map(read_source, sources))
    result = prepared.run(_listener(message, prepared.photograph, output), stop)
    picture, form = prepared.picture(result), message.result
    output.send(
        "finished",
        id=message.id,
        result=_described(picture, write_result(picture, form, Path.cwd()))
        | ({"format": form} if isinstance(form, str) else asdict(form)),
        stopped=_ending(result),
        seconds=time.monotonic() - started,
        device=result.device,
    )


def _ending(result: StylizeResult | FilterResult) -> str:
    """How it ended, as hosts are told."""
    if isinstance(result, FilterResult):
        return "finished"
    return {"time-limit": "time-limit", "cancelled": "stopped"}.get(result.stopped, "finished")


def _paintings(message: JobMessage) -> list[Painting[PictureSource]]:
    if isinstance(message, FilterMessage):
        return []
    return [painting.with_images(_as_source) for painting in message.paintings]


def _regions(message: JobMessage) -> tuple[FilterRegion[PictureSource], ...]:
    """Where a filter's job has filters of their own."""
    if isinstance(message, FilterMessage) and not isinstance(message.filter, str):
        return message.filter
    return ()


def _as_source(given: PictureSource | NamedPainting) -> PictureSource:
    if isinstance(given, NamedPainting):
        return PictureSource(str(find_style(given.name).path))
    return given


def _job(message: JobMessage, paintings: Sequence[Painting[PictureSource]]) -> PictureJob:
    mask = with_image(message.mask, _path)
    strip = isinstance(message.result, PixelFormat)  # which have no place for a note
    if isinstance(message, FilterMessage):
        filter_config = FilterConfig.from_options(message.options)
        filter = in_regions(message.filter, _path)
        return FilterJob(filter, filter_config, strip=strip, mask=mask)
    files = tuple(one.with_images(_path) for one in paintings)
    config = StylizeConfig.from_preset(message.preset, **message.options)
    checkpoint = _checkpoint(message)
    return StylizeJob(files, config, message.preset, strip=strip, mask=mask, checkpoint=checkpoint)


def _path(source: PictureSource) -> Path:
    return Path(source.path)


def _checkpoint(message: StylizeMessage) -> Checkpoint | None:
    """The file to keep the state in, and to go on from once it is there."""
    path = message.checkpoint
    if not path:
        return None
    return Checkpoint(path, message.checkpoint_seconds, resume=os.path.exists(path))


def _listener(message: JobMessage, photograph: Picture, output: Output) -> Callable[[Event], None]:
    """What sends a job's events to the host; how it ends is said elsewhere."""
    longest = message.preview if isinstance(message, StylizeMessage) else 0
    numbers = count(1)

    def send_event(event: Event) -> None:
        match event:
            case Planned():
                output.send(
                    "planned",
                    id=message.id,
                    scales=[max(1, int(scale)) for scale in event.scales],
                    seconds=max(0.0, float(event.seconds)),
                    notes=[shortened(note) for note in event.notes],
                )
            case Progress():
                output.send(
                    "progress",
                    id=message.id,
                    fraction=min(1.0, max(0.0, float(event.fraction))),
                    remaining=max(0.0, float(event.remaining)),
                    text=f"{event.scale} px, step {event.iteration} of {event.iterations}",
                )
            case Preview() if longest:
                picture = _shown(event.pixels, photograph, longest)
                path = Path.cwd() / f"preview-{next(numbers)}.png"
                styleplug.write_image(picture, path)
                output.send("preview", id=message.id, **_described(picture, path))

    def on_event(event: Event) -> None:
        # The host can do without: a disk that is full now may not be so at the end, when it
        # matters, and a plug-in may say anything.
        with suppress(ImageError, ProtocolError, TypeError, ValueError, AttributeError):
            send_event(event)

    return on_event


def _shown(pixels: NDArray[np.float32], photograph: Picture, longest: int) -> Picture:
    """The pixels, made no longer than `longest`, with the photograph's transparency."""
    if max(pixels.shape[:2]) > longest:
        pixels = fitted(pixels, longest)
    alpha = photograph.alpha
    return Picture(pixels, None if alpha is None else resized(alpha, *pixels.shape[:2]))


def _described(picture: Picture, path: Path) -> dict[str, Any]:
    """Where a picture is, and how large."""
    width, height = picture.size
    return {"path": str(path), "width": width, "height": height}
