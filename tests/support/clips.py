"""Clips that tests draw themselves: a window that moves over a picture, as a camera would."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any

import av
import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from styleplug.pictures import path as bundled

Box = tuple[float, float, float, float]
"""What of a picture is seen: left, top, right, bottom, in its pixels."""
Frames = Sequence[NDArray[np.uint8]]

TICKS = 1000
"""Units of a clip's time in a second."""
_BORDER = 8
"""Pixels at the border in which no error is measured."""


@dataclass(frozen=True)
class Shot:
    """A picture's name, and where the window is, frame by frame."""

    picture: str
    boxes: tuple[Box, ...]
    size: tuple[int, int]
    """Width and height of the frames."""

    def frames(self) -> list[NDArray[np.uint8]]:
        """What is seen, each frame reduced from the picture itself."""
        with Image.open(bundled(self.picture)) as file:
            photo = file.convert("RGB")
        return [
            np.asarray(photo.resize(self.size, Image.Resampling.LANCZOS, box)) for box in self.boxes
        ]


def pan(picture: str, count: int, size: tuple[int, int], step: tuple[float, float]) -> Shot:
    """A window that moves by a step, in pixels of a frame, right and down."""
    scale = _scale(picture, (size[0] + count * step[0], size[1] + count * step[1]))
    corners = [(number * step[0] * scale, number * step[1] * scale) for number in range(count)]
    boxes = [(x, y, x + size[0] * scale, y + size[1] * scale) for x, y in corners]
    return Shot(picture, tuple(boxes), size)


def zoom(picture: str, count: int, size: tuple[int, int], factor: float) -> Shot:
    """A window that becomes smaller by a factor from frame to frame."""
    scale = _scale(picture, size)
    with Image.open(bundled(picture)) as photo:
        x, y = photo.width / 2, photo.height / 2
    boxes = []
    for number in range(count):
        half = [side * scale * factor**-number / 2 for side in size]
        boxes.append((x - half[0], y - half[1], x + half[0], y + half[1]))
    return Shot(picture, tuple(boxes), size)


def warping_error(frames: Frames, shot: Shot) -> float:
    """The mean squared difference, in a range of 1, of each frame and the one before, moved as the
    window has, by bilinear interpolation (Lai et al., "Learning Blind Video Temporal Consistency",
    2018); the border left out.
    """
    width, height = shot.size
    errors = []
    for (before, after), (old, new) in zip(pairwise(frames), pairwise(shot.boxes), strict=True):
        x, y = _places(width, old, new, 0), _places(height, old, new, 1)
        across, down = (
            np.ascontiguousarray(one) for one in np.broadcast_arrays(x, y[:, np.newaxis])
        )
        moved = cv2.remap(_floats(before), across, down, cv2.INTER_LINEAR)
        inner = np.ix_(_seen(y, height), _seen(x, width))
        errors.append(np.square(moved - _floats(after))[inner].mean())
    return float(np.mean(errors))


def write_clip(
    path: Path,
    frames: Frames,
    times: Sequence[int] | None = None,
    *,
    sound: bool = True,
    codec: str = "libx264",
    pixels: str = "yuv420p",
    **options: str,
) -> Path:
    """Write a clip, by default of 25 frames a second, and almost without loss.

    Args:
        times: when each frame begins, in thousandths of a second.
        sound: whether there is one, a tone.
    """
    times = times or range(0, 40 * len(frames), 40)
    with av.open(str(path), "w") as file:
        given = options or ({"crf": "4"} if codec == "libx264" else {})
        video: Any = file.add_stream(codec, rate=25, options=given)
        video.height, video.width = frames[0].shape[:2]
        video.pix_fmt = pixels
        video.time_base = video.codec_context.time_base = Fraction(1, TICKS)
        audio: Any = file.add_stream("aac", rate=8000, layout="mono") if sound else None
        if audio:
            for sounding in _tone(times[-1] + 40):
                file.mux(audio.encode(sounding))
            file.mux(audio.encode(None))
        for pixels_of_frame, time in zip(frames, times, strict=True):
            frame = av.VideoFrame.from_ndarray(pixels_of_frame, format="rgb24")
            frame.pts, frame.time_base = time, Fraction(1, TICKS)
            file.mux(video.encode(frame))
        file.mux(video.encode(None))
    return path


@dataclass(frozen=True, eq=False)
class Clip:
    """What a file holds: frames, when each is seen, in seconds, and the packets of its sound."""

    frames: list[NDArray[np.uint8]]
    times: list[Fraction]
    sound: list[tuple[Fraction, bytes]]

    @classmethod
    def read(cls, path: Path) -> Clip:
        with av.open(str(path)) as file:
            decoded: list[Any] = list(file.decode(video=0))
        frames = [frame.to_ndarray(format="rgb24") for frame in decoded]
        times = [frame.pts * frame.time_base for frame in decoded]
        with av.open(str(path)) as file:
            packets: list[Any] = [one for one in file.demux() if one.stream.type == "audio"]
        sound = [(p.pts * p.time_base, bytes(p)) for p in packets if p.dts is not None]
        return cls(frames, times, sound)


def _tone(milliseconds: int) -> Iterator[av.AudioFrame]:
    waves = np.sin(np.arange(8 * milliseconds) * (2 * np.pi * 440 / 8000))
    samples = (waves * 8000).astype(np.int16)[np.newaxis]
    for start in range(0, samples.shape[1], 1024):
        frame = av.AudioFrame.from_ndarray(samples[:, start : start + 1024], "s16", "mono")
        frame.sample_rate, frame.pts, frame.time_base = 8000, start, Fraction(1, 8000)
        yield frame


def _scale(picture: str, room: Sequence[float]) -> float:
    """Pixels of the picture for one of a frame, so that there is so much room in it."""
    with Image.open(bundled(picture)) as photo:
        return min(photo.width / room[0], photo.height / room[1])


def _places(side: int, old: Box, new: Box, axis: int) -> NDArray[np.float32]:
    """Where in the old frame the pixels of the new one are, along an axis."""
    seen = new[axis] + (np.arange(side) + 0.5) * (new[axis + 2] - new[axis]) / side
    places = (seen - old[axis]) * side / (old[axis + 2] - old[axis]) - 0.5
    return places.astype(np.float32)


def _seen(places: NDArray[np.float32], side: int) -> NDArray[np.bool_]:
    seen = (places >= 2) & (places <= side - 3)
    seen[:_BORDER] = seen[-_BORDER:] = False
    return seen


def _floats(frame: NDArray[np.uint8]) -> NDArray[np.float32]:
    return frame.astype(np.float32) / np.float32(255)
