"""What is left to look at of a job beside its picture: `--plot`, `--film`, `--frames` and
`--compare`."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import styleplug
from styleplug.cli.ui.options import path_option
from styleplug.cli.ui.output import check_output, check_place, write_output
from styleplug.errors import ConfigError, ImageError, PluginError
from styleplug.events import Event, Planned, Preview, Progress

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from styleplug.cli.ui.film import Film
    from styleplug.hookspecs import StylizeResult
    from styleplug.image.picture import Picture

_log = logging.getLogger("styleplug")


def watch_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command `--plot`, `--film`, `--frames` and `--compare`."""
    options = {
        "--compare": ("FILE", "Where to write PHOTO and the result side by side."),
        "--frames": ("FOLDER", "Where to write the pictures on the way: 0001.png and so on."),
        "--film": (
            "FILE",
            "Where to write a film of the way from PHOTO to the result: .gif, .webp or, with the"
            " extra video, .mp4; at most 512 pixels long.",
        ),
        "--plot": ("FILE", "Where to draw the losses by evaluation: .png or .svg."),
    }
    for name, (metavar, text) in options.items():
        command = path_option(name, metavar=metavar, help=text)(command)
    return command


@dataclass
class Watch:
    """Follows a job by its events, and writes what was asked for of it.

    Args:
        plot: where to draw the losses; None for nowhere, likewise below.
        film: where to write a film of the pictures on the way.
        frames: the folder of the pictures on the way, new or empty.
        compare: where to write the photograph and the result side by side.
        overwrite: whether existing files may be replaced.
    """

    plot: Path | None = None
    film: Path | None = None
    frames: Path | None = None
    compare: Path | None = None
    overwrite: bool = False
    _steps: list[Progress] = field(default_factory=list)
    _longest: int = 0
    _count: int = 0
    _film: Film | None = None

    def check(self, inputs: Sequence[Path], outputs: Iterable[Path]) -> None:
        """Make sure, before any work is done, that all of it can be written.

        Raises:
            ConfigError, UnwritableImageError: a place won't do, or is taken.
            MissingDependencyError: a drawing needs a package that isn't installed.
        """
        taken = set(map(real_place, outputs))
        if self.compare:
            from styleplug.api import check_output as check_picture

            check_picture(self.compare, inputs=inputs, overwrite=self.overwrite)
            _check_free("compare", self.compare, taken)
        if self.plot:
            from styleplug.cli.ui.plot import empty_figure

            self._check_file("plot", self.plot, (".png", ".svg"), inputs)
            _check_free("plot", self.plot, taken)
            empty_figure()
        if self.film:
            from styleplug.cli.ui.film import EXTENSIONS, check_film

            self._check_file("film", self.film, EXTENSIONS, inputs)
            _check_free("film", self.film, taken)
            check_film(self.film)
        if self.frames:
            _check_folder(self.frames)

    def follow(self, event: Event, photograph: Picture) -> None:
        """Take note of an event; write the picture that it brings."""
        match event:
            case Planned():
                self._longest = event.scales[-1]
            case Progress():
                self._steps.append(event)
            case Preview():
                if self.frames:
                    self._write_frame(self.frames, event, photograph)
                if self.film:
                    self._add_to_film(event.pixels, photograph)

    def finish(self, photograph: Picture, result: StylizeResult | None) -> None:
        """Write what can be written only in the end; after a failure there is no result.

        Raises:
            ConfigError, UnwritableImageError: it can't be written.
        """
        if self.compare and result:
            both = _side_by_side(photograph, result)
            styleplug.write_image(both, self.compare, overwrite=self.overwrite)
        if self.film and self._film and result:
            self._add_to_film(result.image, photograph)
            self._film.write(self.film, overwrite=self.overwrite)
        if self.plot and self._steps:
            from styleplug.cli.ui.plot import loss_curves

            kind = self.plot.suffix[1:].lower()
            write_output(self.plot, loss_curves(self._steps, kind), "plot")

    def _check_file(
        self, option: str, path: Path, extensions: Sequence[str], inputs: Sequence[Path]
    ) -> None:
        for source in inputs:
            check_output(path, *extensions, source=source, overwrite=self.overwrite, option=option)

    def _add_to_film(self, pixels: NDArray[np.float32], photograph: Picture) -> None:
        """Take a picture into the film, which begins with the photograph."""
        from styleplug.cli.ui.film import Film

        try:
            if self._film is None:
                self._film = Film(photograph.size)
                self._film.add(photograph.pixels)
            self._film.add(pixels)
        except OSError as error:
            # As of frames.
            _log.warning("the film can't be kept (%s); going on without", error.strerror)
            self.film = None

    def _write_frame(self, folder: Path, event: Preview, photograph: Picture) -> None:
        """Write the next frame, at the size of the last scale: films have but one size."""
        from styleplug.image.resize import fitted_size, resized

        size = fitted_size(*photograph.size, self._longest)
        alpha = None if photograph.alpha is None else resized(photograph.alpha, *size)
        frame = styleplug.Picture(resized(event.pixels, *size), alpha)
        self._count += 1
        try:
            folder.mkdir(exist_ok=True)
            styleplug.write_image(frame, folder / f"{self._count:04}.png")
        except (OSError, ImageError, PluginError) as error:
            # The picture matters more.
            _log.warning("%s; going on without frames", error)
            self.frames = None


def _check_free(option: str, path: Path, taken: set[Path]) -> None:
    if real_place(path) in taken:
        raise ConfigError(option, str(path), "a file of its own")
    taken.add(real_place(path))


def real_place(path: Path) -> Path:
    """Where a file is written, however its folder is spelt; a link in its place is replaced."""
    return path.parent.resolve() / path.name


def _check_folder(folder: Path) -> None:
    """Frames never replace anything, so that no photograph is lost that is called 0001.png."""
    if os.path.isdir(folder):
        if os.listdir(folder):
            raise ConfigError("frames", str(folder), "a folder that is new or empty")
        check_place(folder / "0001.png", "frames")
    elif os.path.lexists(folder):
        raise ConfigError("frames", str(folder), "a folder, and this is a file")
    else:
        check_place(folder, "frames")


def _side_by_side(photograph: Picture, result: StylizeResult) -> Picture:
    """The photograph, at the size of the result, and the result."""
    import numpy as np

    from styleplug.image.picture import Picture
    from styleplug.image.transparency import resized_picture

    before = resized_picture(photograph, *result.image.shape[:2])
    alpha = None
    if before.alpha is not None and result.alpha is not None:
        alpha = np.concatenate([before.alpha, result.alpha], axis=1)
    return Picture(np.concatenate([before.pixels, result.image], axis=1), alpha)
