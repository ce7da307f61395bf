"""Frames as H.264."""

from __future__ import annotations

import io
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from typing import IO, Any

import numpy as np

from styleplug.extras import import_extra
from styleplug.video.reader import Pixels

Timing = tuple[int, int]
"""When a frame begins, and how long it is seen, in units of a time base."""


@dataclass(frozen=True)
class Encoding:
    """How a video is encoded.

    Args:
        time_base: seconds of one unit of times.
        rate: frames a second, about.
        aspect: width of a pixel over its height.
        quality: H.264's constant rate factor.
    """

    time_base: Fraction
    rate: Fraction
    aspect: Fraction = Fraction(1)
    quality: int = 18


def encoded(frames: Iterable[Pixels], timings: Iterable[Timing], encoding: Encoding) -> bytes:
    """Frames as a stream of their own, in FFmpeg's NUT, which keeps all times as they are."""
    data = io.BytesIO()
    encode_to(data, "nut", frames, timings, encoding)
    return data.getvalue()


def encode_to(
    file: IO[bytes],
    container: str,
    frames: Iterable[Pixels],
    timings: Iterable[Timing],
    encoding: Encoding,
) -> None:
    """Write frames to a file, one after another.

    A side of an odd number of pixels gets one more, for colours are kept for each two by two.

    Args:
        container: FFmpeg's name of its format.

    Raises:
        MissingDependencyError: PyAV isn't installed.
        OSError: the file can't be written.
    """
    av = import_extra("av", "video")
    stream, lengths = None, dict[int, int]()

    def mux(packets: Iterable[Any]) -> None:
        for packet in packets:
            packet.duration = lengths.pop(packet.pts)  # which encoders don't hand on
            output.mux(packet)

    with av.open(file, "w", format=container) as output:
        for pixels, (time, duration) in zip(frames, timings, strict=True):
            height, width = (side + side % 2 for side in pixels.shape[:2])
            if stream is None:
                # Without frames that refer to later ones, segments join, whatever their times.
                options = {"crf": str(encoding.quality), "bf": "0", "preset": "medium"}
                stream = output.add_stream("libx264", rate=encoding.rate, options=options)
                stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
                stream.time_base = stream.codec_context.time_base = encoding.time_base
                stream.codec_context.sample_aspect_ratio = encoding.aspect
                _tag_colours(stream.codec_context)
            edges = [(0, height - pixels.shape[0]), (0, width - pixels.shape[1]), (0, 0)]
            frame = av.VideoFrame.from_ndarray(np.pad(pixels, edges, "edge"), format="rgb24")
            frame = frame.reformat(
                format="yuv420p", dst_colorspace="ITU709", dst_color_range="MPEG"
            )
            frame.pts, frame.time_base, lengths[time] = time, encoding.time_base, duration
            mux(stream.encode(frame))
        if stream is not None:
            mux(stream.encode(None))


def _tag_colours(context: object) -> None:
    """Say that colours are coded as of ITU-R BT.709, within the limited range."""
    for name in ("color_primaries", "color_trc", "colorspace", "color_range"):
        setattr(context, name, 1)
