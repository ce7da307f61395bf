"""One frame after another through a job, each going on from what the one before has become."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from styleplug.config import StylizeConfig, VideoConfig
from styleplug.errors import Cancelled, ConfigError
from styleplug.hookspecs import PreviousFrame, StylizeResult
from styleplug.image.picture import Picture
from styleplug.image.recolour import recolour
from styleplug.image.samples import quantised
from styleplug.image.transparency import resized_picture
from styleplug.jobs.job import PictureJob, StylizeJob
from styleplug.jobs.run import PreparedJob, prepare, read_picture
from styleplug.video.reader import Pixels

if TYPE_CHECKING:
    from styleplug.events import Event

Array = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class PaintedFrame:
    """What a frame has become: what is `shown`, and what the next frame goes on from, which differ
    where painted frames get other colours."""

    shown: Pixels
    painted: Pixels


def check_frame_job(job: PictureJob) -> None:
    """Make sure that a job is one that frames can have.

    Raises:
        ConfigError: an option has a value that it can't have in a video.
    """
    if not isinstance(job, StylizeJob):
        return
    config = job.config
    if config.time_limit is not None:
        allowed = "left out for a video; end it with Ctrl-C, the same command goes on"
        raise ConfigError("time_limit", config.time_limit, allowed)
    if config.resolution not in ("auto", "size"):
        allowed = "left out for a video, which is painted at --size"
        raise ConfigError("resolution", config.resolution, allowed)
    if config.output_size != "photo":
        raise ConfigError("output_size", config.output_size, "photo for a video")
    has_places = job.mask or any(painting.region for painting in job.paintings)
    if has_places and config.colors not in ("painted", "luminance"):
        allowed = "painted or luminance for a video with masks or regions"
        raise ConfigError("colors", config.colors, allowed)


class FramePainter:
    """Has a job done to frames.

    Args:
        job: what to do to each frame, as `check_frame_job` allows it.
        config: of the video.
        size: width and height of its frames.

    Raises:
        ImageError: a painting or a mask can't be read.
    """

    def __init__(self, job: PictureJob, config: VideoConfig, size: tuple[int, int]) -> None:
        others = [read_picture(path) for path in job.pictures]
        if isinstance(job.mask, Path):  # brought to its size here, that isn't said of each frame
            others[-1] = resized_picture(others[-1], size[1], size[0])
        self._config = config
        self._colours: StylizeConfig | None = None
        self._palette: Picture | None = None
        first = later = replace(job, strip=True)
        if isinstance(job, StylizeJob):
            painting = replace(job.config, resolution="size", colors="painted", palette=None)
            first = replace(job, strip=True, config=painting)
            again = replace(painting, iterations=config.frame_iterations)
            later = replace(job, strip=True, config=again)
            if job.config.colors != "painted":
                self._colours = job.config
            if file := job.config.files().get("palette"):
                self._palette = read_picture(file)
        self._first, self._later = (_prepared(each, others) for each in (first, later))

    @property
    def changes_colours(self) -> bool:
        """Whether what is shown differs from what is painted."""
        return self._colours is not None

    def paint(
        self,
        frame: Pixels,
        previous: tuple[Array, Array] | None,
        on_event: Callable[[Event], None],
        cancel: threading.Event,
    ) -> PaintedFrame:
        """What a frame becomes.

        Args:
            previous: what the one before has become, moved to where it is now, (H, W, 3) in [0, 1];
                and how far that can be trusted, (H, W) in [0, 1]. None for the first of a scene.

        Raises:
            Cancelled: `cancel` was set.
            StyleplugError: the job can't be done.
        """
        picture = Picture(frame.astype(np.float32) / np.float32(255))
        prepared = self._first if previous is None else self._later
        held = previous and PreviousFrame(previous[0], previous[1] * self._config.steadiness)
        result = replace(prepared, photograph=picture).run(on_event, cancel, held)
        if isinstance(result, StylizeResult) and result.stopped == "cancelled":
            raise Cancelled
        painted = quantised(result.image, 8)
        if self._colours is None:
            return PaintedFrame(painted, painted)
        colors, strength = self._colours.colors, self._colours.color_strength
        shown = recolour(Picture(result.image), picture, colors, strength, self._palette)
        return PaintedFrame(quantised(shown, 8), painted)


def _prepared(job: PictureJob, others: list[Picture]) -> PreparedJob:
    """The job, with a picture in the place of each frame to come."""
    nothing = Picture(np.zeros((1, 1, 3), np.float32))
    return prepare(job, Path(), [nothing, *others])
