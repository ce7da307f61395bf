"""A film of a picture on its way, of which no more than one frame is in memory at any time.

Frames are kept in a temporary file, and encoded once it is known how many there are.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray
from PIL import GifImagePlugin, Image, ImageSequence
from PIL.TiffImagePlugin import AppendingTiffWriter

from styleplug.cli.ui.extras import import_video
from styleplug.cli.ui.output import writing
from styleplug.image.resize import fitted_size, resized
from styleplug.image.samples import quantised

EXTENSIONS = (".gif", ".webp", ".mp4")
LONGEST_SIDE = 512
"""In pixels, at the most."""
SLOWEST, QUICKEST = 0.4, 0.1
"""Seconds that frames are seen, the first and the last of them: most happens in the beginning."""
FIRST, LAST = 1.0, 3.0
"""Seconds that the photograph and the finished picture are seen."""


def check_film(path: Path) -> None:
    """Make sure that what a film of this extension needs is there.

    Raises:
        MissingDependencyError: it isn't.
    """
    if path.suffix.lower() == ".mp4":
        import_video()


class Film:
    """The pictures of a film, in a temporary file until it is written.

    Args:
        size: width and height of the largest of them; the film is smaller where that is large.
    """

    def __init__(self, size: tuple[int, int]) -> None:
        self._size = fitted_size(*size, min(LONGEST_SIDE, max(size)))
        # Without a name, and so never left behind.
        self._file: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115  # `write` closes it
        self._count = 0

    def add(self, pixels: NDArray[np.float32]) -> None:
        """Take in a picture, (H, W, 3) float32 in [0, 1], of any size.

        Raises:
            OSError: there is no room for it.
        """
        picture = Image.fromarray(quantised(resized(pixels, *self._size), 8))
        self._file.seek(0)
        with AppendingTiffWriter(self._file, self._count == 0) as pages:
            picture.save(pages, "TIFF")
            pages.newFrame()
        self._count += 1

    def write(self, path: Path, *, overwrite: bool) -> None:
        """Write the film, of two pictures or more, whole or not at all; its pictures are gone then.

        Raises:
            ConfigError: the place can't be written.
        """
        from styleplug.atomic import written_atomically

        write = _WRITERS[path.suffix.lower()]
        with (
            self._file,
            Image.open(self._file) as frames,
            writing(path, "film"),
            written_atomically(path, overwrite=overwrite) as file,
        ):
            write(file, path, frames, durations(self._count))


def durations(count: int) -> list[float]:
    """How long each of so many pictures is seen, in seconds; the first is the photograph.

    >>> durations(5)
    [1.0, 0.4, 0.25, 0.1, 3.0]
    """
    between = np.linspace(SLOWEST, QUICKEST, max(0, count - 2)).round(3)
    return [FIRST, *map(float, between), LAST]


def _write_gif(file: IO[bytes], path: Path, frames: Image.Image, seconds: list[float]) -> None:
    """Each frame with a palette of its own, as soon as it is there: Pillow itself keeps all."""
    for number, frame in enumerate(ImageSequence.Iterator(frames)):
        picture = frame.convert("RGB").quantize(256)
        if number == 0:
            header, _ = GifImagePlugin.getheader(picture.copy(), info={"loop": 0})
            file.writelines(header)
        file.writelines(
            GifImagePlugin.getdata(
                picture, duration=round(1000 * seconds[number]), include_color_table=True
            )
        )
    file.write(b";")


def _write_webp(file: IO[bytes], path: Path, frames: Image.Image, seconds: list[float]) -> None:
    milliseconds = [round(1000 * one) for one in seconds]
    frames.save(file, "WEBP", save_all=True, duration=milliseconds, loop=0, quality=85, method=4)


def _write_mp4(file: IO[bytes], path: Path, frames: Image.Image, seconds: list[float]) -> None:
    from styleplug.video.joining import write_clip

    def pixels() -> Iterator[Any]:
        for frame in ImageSequence.Iterator(frames):
            yield np.asarray(frame.convert("RGB"))

    write_clip(file, path, pixels(), seconds)


_WRITERS = {".gif": _write_gif, ".webp": _write_webp, ".mp4": _write_mp4}
