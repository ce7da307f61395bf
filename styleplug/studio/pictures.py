"""Small pictures of uploads and results: made when they are first asked for, and kept beside them.

A size is brought down to one of a few, so that nobody can fill the disk by asking for all.
"""

from __future__ import annotations

import asyncio
import hashlib
import re
from collections.abc import Awaitable, Callable
from pathlib import Path
from weakref import WeakValueDictionary

from styleplug.studio.limits import Limits
from styleplug.studio.picture_process import BASE_SIDE
from styleplug.studio.picture_workers import PictureWorkers
from styleplug.studio.problems import wrong_field
from styleplug.studio.records import Upload

SIZES = (64, 96, 128, 192, 256, 384, 512, 768, 1024, 1536, 2048, 3072, 4096)
"""Longest sides, in pixels, that pictures are made small to."""
FILTER_SIZE, LARGEST_FILTER = 192, 512
"""Longest sides of a small filtered picture: by default, and at most."""
BASE = "base.png"


class SmallPictures:
    """Makes them.

    Args:
        workers: that do it.
        limits: of the service.
    """

    def __init__(self, workers: PictureWorkers, limits: Limits) -> None:
        self._workers, self._limits = workers, limits
        self._locks: WeakValueDictionary[Path, asyncio.Lock] = WeakValueDictionary()

    async def take_in(self, file: Path, name: str, folder: Path) -> tuple[int, int, bool]:
        """Look at a new picture, and keep its small copy in a folder.

        Returns:
            Width and height in pixels, and whether there is transparency.

        Raises:
            Problem: it is none that can be used.
        """
        found = await self._workers.do(
            *("take in", name),
            path=str(file),
            base=str(folder / BASE),
            most_pixels=self._limits.pixels,
        )
        return found["width"], found["height"], found["has_alpha"]

    async def preview(self, file: Path, folder: Path, name: str, size: int, alpha: bool) -> Path:
        """A picture whose longest side is at most `size`: PNG with `alpha`, JPEG without.

        Args:
            file: of the whole picture.
            folder: where its small ones are kept.
            name: of it, for messages.
            size: in pixels, one of `SIZES`.
            alpha: whether it has transparency.
        """
        output = folder / f"preview-{size}.{'png' if alpha else 'jpg'}"
        base = folder / BASE
        source = base if size <= BASE_SIDE and base.exists() else file

        async def make() -> None:
            await self._workers.do("shrink", name, path=str(source), output=str(output), size=size)

        return await self._once(output, make)

    async def filtered(self, upload: Upload, folder: Path, filter: str, size: int) -> Path:
        """An upload through a filter, as a JPEG whose longest side is `size` of `SIZES`."""
        digest = hashlib.sha256(filter.encode()).hexdigest()[:16]
        output = folder / f"filter-{digest}-{size}.jpg"

        async def make() -> None:
            await self._workers.do(
                *("filter", upload.name),
                path=str(folder / BASE),
                output=str(output),
                size=size,
                filter=filter,
            )

        return await self._once(output, make)

    async def mask(self, file: Path, name: str, output: Path) -> bool:
        """Write a mask of the persons in a picture's file; says whether there are any.

        Raises:
            Problem: the picture can't be used.
        """
        found: bool = await self._workers.do("mask", name, path=str(file), output=str(output))
        return found

    async def _once(self, output: Path, make: Callable[[], Awaitable[None]]) -> Path:
        """Make a file that isn't there; whoever asks for it meanwhile waits for the same."""
        lock = self._locks.setdefault(output, asyncio.Lock())
        async with lock:
            if not output.exists():
                await make()
        return output


def whole_number(text: str) -> int:
    """The number that a text is, of few digits; 0 for any other text."""
    return int(text) if re.fullmatch(r"[0-9]{1,5}", text) else 0


def size_asked_for(text: str | None, usual: int, most: int = SIZES[-1]) -> int:
    """The largest of `SIZES` within what a client asks for.

    Raises:
        Problem: it is no number, or out of range.
    """
    size = usual if text is None else whole_number(text)
    if not SIZES[0] <= size <= most:
        raise wrong_field("size", f"a whole number of pixels from {SIZES[0]} to {most}")
    return max(one for one in SIZES if one <= size)
