"""Reading videos by PyAV: what a file holds, and its frames, upright, one after another."""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from styleplug.errors import VideoError
from styleplug.extras import import_extra

if TYPE_CHECKING:
    import av
    from av.container import InputContainer
    from av.video.stream import VideoStream

Pixels = NDArray[np.uint8]
"""(H, W, 3), sRGB."""

_FORMATS = (
    *("mov", "matroska", "avi", "asf", "flv", "gif", "ivf", "mpeg", "mpegts", "mpegvideo", "mxf"),
    *("nut", "ogg", "dv", "h264", "hevc", "m4v", "obu", "yuv4mpegpipe"),
)
"""FFmpeg's names of what is read: files with videos in them. Others are pictures, or lists of other
files, which may be anywhere."""
_HD_HEIGHT = 720
"""From here on, a video that doesn't say how its colours are coded has them by ITU-R BT.709."""
_HDR_TRANSFERS = {16: "PQ", 18: "HLG"}
"""Of ITU-T H.273, by number: transfer functions of high dynamic range."""


@dataclass(frozen=True)
class VideoInfo:
    """What is known of a video before it is read.

    Args:
        width, height: of the frames, upright, in pixels.
        time_base: seconds of one unit of all times below.
        frames: how many there are, as far as the file says.
        aspect: width of a pixel over its height.
        rate: frames a second on average, for those who need a number.
        remarks: what a person should know, each the rest of a sentence that begins with the file.
    """

    width: int
    height: int
    time_base: Fraction
    frames: int | None
    aspect: Fraction
    rate: Fraction
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class Frame:
    """One frame, its `time` and `duration` in units of the video's time base."""

    time: int
    duration: int
    pixels: Pixels


@contextmanager
def opened(path: Path) -> Iterator[InputContainer]:
    """A video's file, open.

    Raises:
        MissingDependencyError: PyAV isn't installed.
        VideoError: there is none, or no video track that can be read.
    """
    av = import_extra("av", "video")
    try:
        container = open_file(path)
    except av.error.FFmpegError as error:
        raise _unreadable(path, error) from error
    with container:
        check_video(path, container)
        yield container


def open_file(path: Path) -> InputContainer:
    """A file with a video, open for reading, and nothing but a file.

    FFmpeg would take a name such as http://… for an address, and playlists are full of them.

    Raises:
        av.error.FFmpegError: it can't be read.
    """
    av = import_extra("av", "video")
    allowed = {"protocol_whitelist": "file", "format_whitelist": ",".join(_FORMATS)}
    container: InputContainer = av.open(f"file:{path}", options=allowed)
    return container


def check_video(path: Path, container: InputContainer) -> None:
    """Make sure that a file has a video track that can be decoded.

    Raises:
        VideoError: it has none.
    """
    stream = _video_stream(container)
    if stream is None:
        raise VideoError(path, "has no video track; name another file")
    if stream.codec_context is None:
        raise VideoError(
            path, "has a video track of a codec that FFmpeg, as PyAV has it, can't read"
        )


def video_info(path: Path) -> VideoInfo:
    """What is known of a video, by its first frame where only that tells.

    Raises:
        VideoError: it can't be read, or there is no frame.
    """
    with opened(path) as container:
        return _info(path, container)


def _info(path: Path, container: InputContainer) -> VideoInfo:
    stream = _stream_of(container)
    first = next(_decoded(path, container, stream), None)
    if first is None:
        raise VideoError(path, "has no frame that can be read")
    is_turned = first.rotation % 180 != 0
    width, height = (first.height, first.width) if is_turned else (first.width, first.height)
    aspect = stream.sample_aspect_ratio or Fraction(1)
    rate = stream.average_rate or stream.guessed_rate or Fraction(25)
    return VideoInfo(
        width=width,
        height=height,
        time_base=stream.time_base or 1 / rate,
        frames=_frame_count(container, stream, rate),
        aspect=1 / aspect if is_turned and aspect else aspect or Fraction(1),
        rate=rate,
        remarks=tuple(_remarks(first)),
    )


def read_frames(path: Path) -> Iterator[Frame]:
    """All frames of a video, from its first one.

    Times rise from frame to frame; one that the file doesn't say, or that doesn't, follows from
    those before. All are of the size of the first one.

    Raises:
        VideoError: the file is damaged.
    """
    with opened(path) as container:
        stream = _stream_of(container)
        base = stream.time_base
        rate = stream.average_rate or stream.guessed_rate or Fraction(25)
        usual = max(1, round(1 / (rate * base))) if base else 1
        last, size = None, None
        for frame in _decoded(path, container, stream):
            time = frame.pts
            if last is not None and (time is None or time <= last):
                time = last + (usual if time is None else 1)
            last = time if time is not None else 0
            size = size or (frame.width, frame.height)
            yield Frame(last, frame.duration or usual, _upright_pixels(frame, size))


def _upright_pixels(frame: av.VideoFrame, size: tuple[int, int]) -> Pixels:
    coded: Any = None
    if frame.colorspace == 2 and frame.height >= _HD_HEIGHT:  # unspecified
        coded = "ITU709"
    converted = frame.reformat(*size, format="rgb24", src_colorspace=coded)
    pixels = np.asarray(converted.to_ndarray(), np.uint8)
    return np.ascontiguousarray(np.rot90(pixels, frame.rotation // 90 % 4))


def _decoded(path: Path, container: InputContainer, stream: VideoStream) -> Iterator[av.VideoFrame]:
    """The frames of a stream.

    Raises:
        VideoError: one can't be read.
    """
    error_type = import_extra("av", "video").error.FFmpegError
    place = 0.0
    try:
        for frame in container.decode(stream):
            place = frame.time if frame.time is not None else place
            yield frame
    except error_type as error:
        minutes, seconds = divmod(place, 60)
        raise VideoError(
            path,
            f"is damaged after {int(minutes)}:{seconds:05.2f} ({error.strerror}); mend it, or cut"
            " it off there",
        ) from error


def _stream_of(container: InputContainer) -> VideoStream:
    stream = _video_stream(container)
    assert stream is not None, "check_video has found one"
    stream.thread_type = "AUTO"
    return stream


def _video_stream(container: InputContainer) -> VideoStream | None:
    """The track to take: the first one that is no cover of an album."""
    for stream in container.streams.video:
        if not stream.disposition & type(stream.disposition).attached_pic:
            return stream
    return None


def _frame_count(container: InputContainer, stream: VideoStream, rate: Fraction) -> int | None:
    if stream.frames:
        return stream.frames
    if stream.duration and stream.time_base:
        return math.ceil(stream.duration * stream.time_base * rate)
    if container.duration:
        return math.ceil(container.duration / 1_000_000 * rate)
    return None


def _remarks(frame: av.VideoFrame) -> Iterator[str]:
    if transfer := _HDR_TRANSFERS.get(frame.color_trc):
        yield f"is HDR ({transfer}); its colours are taken as if it weren't, and look dull"
    if any(component.is_alpha for component in frame.format.components):
        yield "has transparency, which is left out"
    if frame.interlaced_frame:
        yield "is interlaced; fast motion will look combed, unless it is deinterlaced first"


def _unreadable(path: Path, error: Any) -> VideoError:
    if isinstance(error, OSError):
        return VideoError(path, f"can't be read ({error.strerror})")
    return VideoError(path, "is no video that can be read; MP4, MOV, Matroska and others can")
