"""A stylize or filter job: calls the public API, and tells the host what becomes of it."""

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
from styleplug.errors import ConfigError, ImageError, ProtocolError
from styleplug.events import Event, Planned, Preview, Progress
from styleplug.hookspecs import FilterResult, StylizeResult
from styleplug.image.picture import Picture
from styleplug.image.resize import fitted, resized
from styleplug.recipe import FilterRecipe, Recipe
from styleplug.styles import find_style
from styleplug.worker.lines import Output, shortened
from styleplug.worker.messages import Filter, Named, Source, Stylize
from styleplug.worker.pixels import check_form, read_source, write_result

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


def paint(message: Stylize | Filter, output: Output) -> None:
    """Do a job in the current folder, from reading the photograph to saying where the picture is.

    Raises:
        StyleplugError: it can't be done.
    """
    started = time.monotonic()
    check_form(message.result)
    photograph, form = read_source(message.photo), message.result
    listener = _listener(message, photograph, output)
    result: StylizeResult | FilterResult
    recipe: Recipe | FilterRecipe | None
    if isinstance(message, Filter):
        result, recipe = _filtered(message, photograph, listener)
    else:
        result, recipe = _painted(message, photograph, listener)
    # A picture file keeps what the photograph's said besides, but for how that one was made.
    picture = replace(photograph, pixels=result.image, alpha=result.alpha)
    if recipe is not None:
        picture = picture.with_metadata(recipe.embed_in(photograph.origin.metadata))
    is_cut_short = isinstance(result, StylizeResult) and result.stopped == "time-limit"
    output.send(
        "finished",
        id=message.id,
        result=_told(picture, write_result(picture, form, Path.cwd()))
        | ({"format": form} if isinstance(form, str) else asdict(form)),
        stopped="time-limit" if is_cut_short else "finished",
        seconds=time.monotonic() - started,
        device=result.device,
    )


def _painted(
    message: Stylize, photograph: Picture, on_event: Callable[[Event], None]
) -> tuple[StylizeResult, Recipe | None]:
    """The picture, and of a picture file the note of how it was made."""
    options = _known(StylizeConfig, message.options)
    config = StylizeConfig.from_preset(message.preset, **options)
    files = [_file(painting) for painting in message.paintings]
    paintings = [_painting(painting) for painting in message.paintings]
    # Before the work, for the files may be others when it is done.
    recipe = (
        Recipe.planned(config, message.preset, Path(message.photo.path), files)
        if isinstance(message.result, str)
        else None
    )
    result = styleplug.stylize(photograph, paintings, config, on_event)
    return result, recipe and recipe.finished(result)


def _filtered(
    message: Filter, photograph: Picture, on_event: Callable[[Event], None]
) -> tuple[FilterResult, FilterRecipe | None]:
    """As `_painted`."""
    config = FilterConfig(**_known(FilterConfig, message.options))
    recipe = (
        FilterRecipe.planned(message.filter, config, Path(message.photo.path))
        if isinstance(message.result, str)
        else None
    )
    return styleplug.apply_filter(photograph, message.filter, config, on_event), recipe


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


def _file(painting: Source | Named) -> Path:
    return find_style(painting.name).path if isinstance(painting, Named) else Path(painting.path)


def _painting(painting: Source | Named) -> Picture:
    if isinstance(painting, Named):
        return styleplug.read_image(_file(painting))
    return read_source(painting)


def _listener(
    message: Stylize | Filter, photograph: Picture, output: Output
) -> Callable[[Event], None]:
    """What tells the host of a job's events; how it ends is said elsewhere."""
    longest = message.preview if isinstance(message, Stylize) else 0
    numbers = count(1)

    def send(event: Event) -> None:
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
                output.send("preview", id=message.id, **_told(picture, path))

    def tell(event: Event) -> None:
        # The host can do without: a disk that is full now may not be so at the end, when it
        # matters, and a plug-in may say anything.
        with suppress(ImageError, ProtocolError, TypeError, ValueError, AttributeError):
            send(event)

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
