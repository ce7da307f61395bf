"""What is done of a video, in a folder beside its place: after any end, the work goes on from it.

Frames are kept as PNG until there is a segment of them, which is then encoded, and kept as well;
so the folder holds few frames at any time. Each file appears whole or not at all, and names say
all: 00000240.png is a frame, 00000000-00000239.nut the segment of so many. A run that goes on takes
the frames from here, and so comes to those of an unbroken one, to the last bit.
"""

from __future__ import annotations

import io
import json
import shutil
from collections.abc import Iterable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import numpy as np
from PIL import Image

from styleplug.atomic import remove_leftovers, written_atomically
from styleplug.disk import synchronise, write_remedy
from styleplug.errors import VideoError
from styleplug.video.painter import PaintedFrame
from styleplug.video.reader import Pixels

FORMAT = 1
"""To be raised whenever older folders can't be gone on from."""

_RECIPE, _LOCK, _SEGMENT = "recipe.json", ".lock", ".nut"


@dataclass(frozen=True)
class Segment:
    """Encoded frames, from the number `first` up to but without `end`."""

    path: Path
    first: int
    end: int


class Workspace:
    """The folder of the work on one video, used as a context.

    Args:
        output: where the video will be.
        recipe: what it is made of, and how, as JSON can have it.
        restart: begin anew where the folder is that of another recipe.

    Raises, when it is entered:
        VideoError: the folder is another recipe's, another process is at work in it, or it can't
            be written.
    """

    def __init__(self, output: Path, recipe: Mapping[str, Any], *, restart: bool) -> None:
        self.folder = output.with_name(f".{output.name}.styleplug")
        self._recipe = {"format": FORMAT, **recipe}
        self._restart = restart
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        try:
            for part in ("frames", "painted", "segments"):
                (self.folder / part).mkdir(parents=True, exist_ok=True)
                remove_leftovers(self.folder / part)
            self._lock()
            self._check_recipe()
        except OSError as error:
            self._stack.close()
            raise self._unwritable(error) from error
        except VideoError:
            self._stack.close()
            raise
        return self

    def __exit__(self, *error: object) -> None:
        if self.done:
            self._stack.close()
        else:  # there is nothing to go on from
            self.remove()

    @property
    def segments(self) -> list[Segment]:
        """Those that are finished, in their order, without gaps."""
        found: list[Segment] = []
        for path in sorted((self.folder / "segments").glob(f"*{_SEGMENT}")):
            first, last = map(int, path.stem.split("-"))
            if first == (found[-1].end if found else 0):
                found.append(Segment(path, first, last + 1))
        return found

    @property
    def encoded(self) -> int:
        """How many frames are in segments."""
        return self.segments[-1].end if self.segments else 0

    @property
    def done(self) -> int:
        """How many frames are finished."""
        number = self.encoded
        while self._frame("frames", number).exists():
            number += 1
        return number

    def keep_frame(self, number: int, frame: PaintedFrame) -> None:
        """Keep a frame; the one that it went on from is no longer needed for that.

        Raises:
            VideoError: it can't be written.
        """
        # What is painted comes first: a frame counts as finished by what is shown.
        if frame.painted is not frame.shown:
            self._write(self._frame("painted", number), _png(frame.painted))
        self._write(self._frame("frames", number), _png(frame.shown))
        self._frame("painted", number - 1).unlink(missing_ok=True)
        if number == self.encoded:
            self._frame("frames", number - 1).unlink(missing_ok=True)

    def last_frame(self, number: int) -> Pixels:
        """What the frame after this one goes on from.

        Raises:
            VideoError: it can't be read.
        """
        painted = self._frame("painted", number)
        return self._read(painted if painted.exists() else self._frame("frames", number))

    def frames(self, first: int, end: int) -> Iterable[Pixels]:
        """What is shown of some frames.

        Raises:
            VideoError: one can't be read.
        """
        return (self._read(self._frame("frames", number)) for number in range(first, end))

    def keep_segment(self, first: int, end: int, data: bytes) -> None:
        """Keep a segment, in the place of its frames; the last one is still to be gone on from.

        Raises:
            VideoError: it can't be written.
        """
        name = f"{first:08}-{end - 1:08}{_SEGMENT}"
        self._write(self.folder / "segments" / name, data)
        for number in range(first, end - 1):
            self._frame("frames", number).unlink(missing_ok=True)

    def remove(self) -> None:
        """Remove all of it: the video is in its place."""
        self._stack.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _lock(self) -> None:
        from filelock import FileLock, Timeout

        lock = FileLock(self.folder / _LOCK)
        try:
            lock.acquire(timeout=0)
        except Timeout:
            raise VideoError(self.folder, "another styleplug is at work on this video") from None
        self._stack.callback(lock.release)

    def _check_recipe(self) -> None:
        path = self.folder / _RECIPE
        if not path.exists() and not self.done:
            self._write(path, json.dumps(self._recipe, indent=1).encode())
            return
        try:
            found = json.loads(path.read_bytes())
        except (FileNotFoundError, ValueError):
            found = None
        if found == self._recipe:
            return
        if not self._restart:
            raise VideoError(
                self.folder,
                "what is done here is of another video, or was made with other options; give those"
                " again to go on, another output, or --overwrite to begin anew",
            )
        for part in ("frames", "painted", "segments"):
            for file in (self.folder / part).iterdir():
                file.unlink()
        self._write(path, json.dumps(self._recipe, indent=1).encode())

    def _frame(self, part: str, number: int) -> Path:
        return self.folder / part / f"{number:08}.png"

    def _write(self, path: Path, data: bytes) -> None:
        try:
            with written_atomically(path) as file:
                file.write(data)
                synchronise(file)
        except OSError as error:
            raise self._unwritable(error) from error

    def _read(self, path: Path) -> Pixels:
        try:
            with Image.open(path) as picture:
                return np.asarray(picture.convert("RGB"))
        except (OSError, SyntaxError) as error:
            raise VideoError(path, "can't be read; remove the folder, and begin anew") from error

    def _unwritable(self, error: OSError) -> VideoError:
        remedy = write_remedy(error, "choose another output")
        return VideoError(self.folder, f"can't be written ({error.strerror}); {remedy}")


def _png(pixels: Pixels) -> bytes:
    data = io.BytesIO()
    Image.fromarray(pixels).save(data, "PNG", compress_level=1)
    return data.getvalue()
