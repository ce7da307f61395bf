"""A video from file to file: frame after frame is painted, kept, and in the end put together."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from styleplug.atomic import written_atomically
from styleplug.config import VideoConfig
from styleplug.disk import synchronise, write_remedy
from styleplug.errors import Cancelled, VideoError
from styleplug.events import Event, Progress
from styleplug.image.write import EXISTS, check_place
from styleplug.jobs.job import PictureJob
from styleplug.jobs.provenance import SourceFile
from styleplug.video.encoder import Encoding, Timing, encoded
from styleplug.video.events import FrameAdvanced, FrameDone, VideoDone, VideoEvent, VideoPlanned
from styleplug.video.joining import check_container, join
from styleplug.video.motion import MotionEstimator
from styleplug.video.painter import Array, FramePainter, check_frame_job
from styleplug.video.reader import Frame, Pixels, VideoInfo, read_frames, video_info
from styleplug.video.workspace import Workspace

FRAMES_PER_SEGMENT = 240
"""As far apart as encoders have key frames anyway: segments cost nothing."""
FEWEST_FOUND = 0.9
"""Of the frames that a file says it has, often by its duration alone: fewer are worth a word."""

_log = logging.getLogger("styleplug")


@dataclass(frozen=True)
class VideoJob:
    """A job done to each frame of a video.

    Args:
        job: what to do to frames.
        source: the video.
        output: where the result goes.
        config: of the video.
        overwrite: whether an existing file may be replaced, and work that was begun with other
            options be given up.
    """

    job: PictureJob
    source: Path
    output: Path
    config: VideoConfig = field(default_factory=VideoConfig)
    overwrite: bool = False

    def recipe(self) -> dict[str, object]:
        """The same for all that come to the same video."""
        return {
            "source": SourceFile.of(self.source).sha256,
            "job": self.job.digest(),
            "options": self.config.texts(),
        }


def check_video_job(job: VideoJob) -> None:
    """Make sure, before any work is done, that a video can be made.

    Raises:
        ConfigError: an option can't be used for videos.
        MissingDependencyError: the extra "video" isn't installed.
        UnwritableImageError: the place won't do, or is taken.
        VideoError: the source is no video, or the output's format won't do.
    """
    check_frame_job(job.job)
    inputs = [job.source, *job.job.inputs]
    check_place(job.output, inputs=inputs, overwrite=job.overwrite)
    check_container(job.source, job.output)


def run_video(
    job: VideoJob, on_event: Callable[[VideoEvent], None], cancel: threading.Event
) -> None:
    """Make a video, or go on with it where that was begun; errors also as of `check_video_job`.

    Raises:
        Cancelled: `cancel` was set; the same job goes on.
        StyleplugError: a frame can't be painted, or the video not be read or written.
    """
    check_video_job(job)
    info = video_info(job.source)
    with Workspace(job.output, job.recipe(), restart=job.overwrite) as workspace:
        run = _Run(job, info, workspace, on_event, cancel)
        run.paint()
        _write(job, workspace)
        on_event(VideoDone(workspace.encoded, run.scenes))
        workspace.remove()


class _Run:
    """The frames of a video on their way into segments."""

    def __init__(
        self,
        job: VideoJob,
        info: VideoInfo,
        workspace: Workspace,
        on_event: Callable[[VideoEvent], None],
        cancel: threading.Event,
    ) -> None:
        self._workspace, self._on_event, self._cancel = workspace, on_event, cancel
        self._source, self._info = job.source, info
        self._painter = FramePainter(job.job, job.config, (info.width, info.height))
        self._motion = MotionEstimator()
        self._is_held = job.config.steadiness > 0
        self._encoding = Encoding(info.time_base, info.rate, info.aspect, job.config.quality)
        self._timings: list[Timing] = []
        self.scenes = 0

    def paint(self) -> None:
        """All frames that aren't done yet."""
        workspace, info = self._workspace, self._info
        encoded, done = workspace.encoded, workspace.done
        remarks = tuple(f"{self._source} {remark}" for remark in info.remarks)
        self._on_event(VideoPlanned(info.width, info.height, info.frames, done, remarks))
        before: Pixels | None = None
        number = -1
        # What is done is decoded once more, for seeking isn't exact in every file; it takes a
        # hundredth of the time that painting took.
        for number, frame in enumerate(read_frames(self._source)):
            if self._cancel.is_set():
                raise Cancelled
            if number >= encoded:
                self._timings.append((frame.time, frame.duration))
            if number >= done:
                self._paint(number, frame, before)
            if len(self._timings) == FRAMES_PER_SEGMENT:
                self._encode(number + 1)
            before = frame.pixels
        if self._timings:
            self._encode(number + 1)
        self._check_count(number + 1)

    def _check_count(self, found: int) -> None:
        if not found:
            raise VideoError(self._source, "has no frame that can be read")
        said = self._info.frames
        if said and found < FEWEST_FOUND * said:
            _log.warning(
                "%s has %d frames of the %d that it says; it may be damaged",
                *(self._source, found, said),
            )

    def _paint(self, number: int, frame: Frame, before: Pixels | None) -> None:
        def follow(event: Event) -> None:
            if isinstance(event, Progress):
                self._on_event(FrameAdvanced(number, event.fraction))

        previous = None if before is None else self._previous(number, frame, before)
        painted = self._painter.paint(frame.pixels, previous, follow, self._cancel)
        self._workspace.keep_frame(number, painted)
        self.scenes += previous is None
        self._on_event(FrameDone(number, previous is None))

    def _previous(self, number: int, frame: Frame, before: Pixels) -> tuple[Array, Array] | None:
        """What a frame goes on from; None where a scene begins."""
        if not self._is_held:
            return None
        motion = self._motion.between(before, frame.pixels)
        if motion.is_cut:
            return None
        last = self._workspace.last_frame(number - 1).astype(np.float32) / np.float32(255)
        return motion.moved(last), motion.trust

    def _encode(self, end: int) -> None:
        """Make a segment of the frames up to this number."""
        first = end - len(self._timings)
        frames = self._workspace.frames(first, end)
        data = encoded(frames, self._timings, self._encoding)
        self._workspace.keep_segment(first, end, data)
        self._timings = []


def _write(job: VideoJob, workspace: Workspace) -> None:
    segments = [segment.path for segment in workspace.segments]
    try:
        with written_atomically(job.output, overwrite=job.overwrite) as file:
            join(segments, job.source, file, job.output, strip=job.job.strip)
            synchronise(file)
    except FileExistsError as error:
        raise VideoError(job.output, EXISTS) from error
    except OSError as error:
        remedy = write_remedy(error)
        problem = f"can't be written ({error.strerror}); {remedy}, and give the same command again"
        raise VideoError(job.output, problem) from error
