"""The finished video: its segments one after another, with the sound of the original."""

from __future__ import annotations

import heapq
import io
import logging
from collections.abc import Iterable, Iterator
from fractions import Fraction
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from styleplug.errors import VideoError
from styleplug.extras import import_extra
from styleplug.video.encoder import Encoding, encode_to
from styleplug.video.reader import open_file, opened

if TYPE_CHECKING:
    from av import Packet
    from av.container import InputContainer, OutputContainer
    from av.stream import Stream
    from av.video.stream import VideoStream

CONTAINERS = {".mp4": "mp4", ".m4v": "mp4", ".mov": "mov", ".mkv": "matroska"}
"""FFmpeg's names of the formats that are written, by extension."""

_log = logging.getLogger("styleplug")


def check_container(source: Path, output: Path) -> None:
    """Make sure, before any work is done, that a video's sound can be kept.

    Raises:
        MissingDependencyError: PyAV isn't installed.
        VideoError: the output's extension is unknown, its format can't hold the source's sound,
            or the source is no video.
    """
    if output.suffix.lower() not in CONTAINERS:
        known = ", ".join(CONTAINERS)
        raise VideoError(output, f"has no known extension of videos; use one of {known}")
    av = import_extra("av", "video")
    with opened(source) as container, av.open(io.BytesIO(), "w", _format(output)) as trial:
        for stream in container.streams.audio:
            if _codec(stream) not in trial.supported_codecs:
                raise VideoError(
                    output,
                    f"can't hold the sound of {source}, which is {_codec(stream) or 'of no known'}"
                    " codec; .mkv can",
                )


def join(
    segments: Iterable[Path], source: Path, file: IO[bytes], output: Path, *, strip: bool
) -> None:
    """Write the finished video.

    Args:
        segments: of one encoding, in their order.
        source: what its sound, subtitles, chapters and title are copied from.
        file: where to write.
        output: what it will be called.
        strip: leave chapters and the title out.

    Raises:
        OSError: the file can't be written.
        VideoError: the source can't be read, or what it has be held.
    """
    av = import_extra("av", "video")
    segments = list(segments)
    with opened(source) as original, av.open(file, "w", _format(output)) as joined:
        if not strip:
            joined.metadata.update(original.metadata)
            joined.set_chapters(original.chapters())
        with open_file(segments[0]) as first:
            video = joined.add_stream_from_template(first.streams.video[0])
        copies = dict(_copies(original, joined, source))
        sources = [_video_packets(segments, video), _copied_packets(original, copies, source)]
        try:
            for packet in heapq.merge(*sources, key=_time):
                joined.mux(packet)
        except av.error.FFmpegError as error:
            if isinstance(error, OSError):
                raise
            problem = f"can't hold what {source} has ({error.strerror}); .mkv may"
            raise VideoError(output, problem) from error


def write_clip(
    file: IO[bytes], output: Path, frames: Iterable[Any], seconds: Iterable[float]
) -> None:
    """Write pictures without sound, each seen for so many seconds.

    Raises:
        OSError: the file can't be written.
    """
    base = Fraction(1, 1000)

    def timings() -> Iterator[tuple[int, int]]:
        time = 0
        for duration in (round(each / base) for each in seconds):
            yield time, duration
            time += duration

    encode_to(file, _format(output), frames, timings(), Encoding(base, Fraction(25)))


def _format(output: Path) -> str:
    return CONTAINERS[output.suffix.lower()]


def _copies(
    original: InputContainer, joined: OutputContainer, source: Path
) -> Iterator[tuple[int, Stream]]:
    """A new stream for each one that is copied, by the number of that."""
    for stream in (*original.streams.audio, *original.streams.subtitles):
        if _codec(stream) in joined.supported_codecs:
            copy = joined.add_stream_from_template(stream)
            copy.metadata.update(stream.metadata)
            yield stream.index, copy
        else:
            _log.warning("%s: its %s are left out", source, f"{stream.type}s ({_codec(stream)})")


def _video_packets(segments: Iterable[Path], video: VideoStream) -> Iterator[Packet[Any]]:
    for path in segments:
        with open_file(path) as segment:
            for packet in segment.demux(video=0):
                if packet.dts is not None:
                    packet.stream = video
                    yield packet


def _copied_packets(
    original: InputContainer, copies: dict[int, Stream], source: Path
) -> Iterator[Packet[Any]]:
    if not copies:
        return
    av = import_extra("av", "video")
    try:
        for packet in original.demux([original.streams[index] for index in copies]):
            if packet.dts is not None:
                packet.stream = copies[packet.stream.index]
                yield packet
    except av.error.FFmpegError as error:
        raise VideoError(source, f"its sound is damaged ({error.strerror}); mend it") from error


def _time(packet: Packet[Any]) -> Fraction:
    assert packet.dts is not None
    assert packet.time_base is not None
    return packet.dts * packet.time_base


def _codec(stream: Stream) -> str:
    context = stream.codec_context
    return context.name if context else ""
