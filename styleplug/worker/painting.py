"""A stylize or filter job: calls the public door, and tells the host what becomes of it."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import asdict, fields, replace
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any

import styleplug
from styleplug.config import FilterConfig, StylizeConfig
from styleplug.errors import ConfigError, UnwritableImageError
from styleplug.events import Event, Planned, Preview, Progress
from styleplug.hookspecs import FilterResult, StylizeResult
from styleplug.image.picture import Picture
from styleplug.image.resize import fitted, resized
from styleplug.styles import find_style
from styleplug.worker.lines import Output
from styleplug.worker.messages import Filter, Named, Source, Stylize
from styleplug.worker.pixels import read_source, write_result

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


def paint(message: Stylize | Filter, output: Output) -> None:
    """Do a job in the current folder, from reading the photograph to saying where the picture is.

    Raises:
        StyleplugError: it can't be done.
    """
    started = time.monotonic()
    photograph = read_source(message.photo)
    result = _result(message, photograph, _listener(message, photograph, output))
    # A picture file keeps what the photograph's said besides.
    picture, form = replace(photograph, pixels=result.image, alpha=result.alpha), message.result
    output.send(
        "finished",
        id=message.id,
        result=_told(picture, write_result(picture, form, Path.cwd()))
        | ({"format": form} if isinstance(form, str) else asdict(form)),
        stopped=result.stopped if isinstance(result, StylizeResult) else "finished",
        seconds=time.monotonic() - started,
        device=result.device,
    )


def _result(
    message: Stylize | Filter, photograph: Picture, on_event: Callable[[Event], None]
) -> StylizeResult | FilterResult:
    if isinstance(message, Filter):
        options = _known(FilterConfig, message.options)
        return styleplug.apply_filter(photograph, message.filter, FilterConfig(**options), on_event)
    options = _known(StylizeConfig, message.options)
    config = StylizeConfig.from_preset(message.preset, **options)
    paintings = [_painting(painting) for painting in message.paintings]
    return styleplug.stylize(photograph, paintings, config, on_event)


def _known(config: type[Any], options: Mapping[str, Any]) -> Mapping[str, Any]:
    """The options, all of which the config has: what was asked for isn't to be left out silently.

    Raises:
        ConfigError: one is unknown.
    """
    names = [field.name for field in fields(config)]
    for name in options:
        if name not in names:
            raise ConfigError("option", name, f"one of {', '.join(names)}")
    return options


def _painting(painting: Source | Named) -> Picture:
    if isinstance(painting, Named):
        return styleplug.read_image(find_style(painting.name).path)
    return read_source(painting)


def _listener(
    message: Stylize | Filter, photograph: Picture, output: Output
) -> Callable[[Event], None]:
    """What tells the host of a job's events; how it ends is said elsewhere."""
    longest = message.preview if isinstance(message, Stylize) else 0
    numbers = count(1)

    def tell(event: Event) -> None:
        match event:
            case Planned():
                facts = {name: getattr(event, name) for name in ("scales", "seconds", "notes")}
                output.send("planned", id=message.id, **facts)
            case Progress():
                output.send(
                    "progress",
                    id=message.id,
                    fraction=event.fraction,
                    remaining=event.remaining,
                    text=f"{event.scale} px, step {event.iteration} of {event.iterations}",
                )
            case Preview() if longest:
                picture = _shown(event.pixels, photograph, longest)
                path = Path.cwd() / f"preview-{next(numbers)}.png"
                # A disk that is full now may not be so at the end, when it matters.
                with suppress(UnwritableImageError):
                    styleplug.write_image(picture, path)
                    output.send("preview", id=message.id, **_told(picture, path))

    return tell


def _shown(pixels: NDArray[np.float32], photograph: Picture, longest: int) -> Picture:
    """The pixels, made no longer than `longest`, with the photograph's transparency."""
    if max(pixels.shape[:2]) > longest:
        pixels = fitted(pixels, longest)
    alpha = photograph.alpha
    return Picture(pixels, None if alpha is None else resized(alpha, *pixels.shape[:2]))


def _told(picture: Picture, path: Path) -> dict[str, Any]:
    """Where a picture is, and how large."""
    width, height = picture.size
    return {"path": str(path), "width": width, "height": height}
