"""How long a print takes, and how much memory, over the photograph's size.

usage: python tests/benchmarks/megapixels.py [MEGAPIXELS ...]

Needs ../shared/images beside the checkout. A photograph, brought to MEGAPIXELS (default 0.25, 1, 3,
12 and 24) at 3:2, is painted in all its pixels by `styleplug stylize --resolution photo`, within
2.5 GB up to 4 megapixels and within 4 GB beyond, in the manner of a painting that is drawn 4000
pixels wide. The table has the seconds of the whole command, also for each megapixel, and the peak
of its resident memory. All sizes together take some 40 minutes on two quiet cores.
"""

from __future__ import annotations

import argparse
import math
import os
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import NamedTuple

from PIL import Image
from sheet import SHARED
from tables import tell

sys.path.insert(0, str(Path(__file__).parents[1] / "pictures/drawing"))
import harbour

SIZES = (0.25, 1.0, 3.0, 12.0, 24.0)
PHOTOGRAPH = SHARED / "images/large/garden.jpg"
PAINTING_WIDTH = 4000


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("sizes", nargs="*", type=float, default=SIZES, metavar="MEGAPIXELS")
    tables(parser.parse_args().sizes)


class Row(NamedTuple):
    """A photograph of a size, painted in all its pixels."""

    megapixels: float
    seconds: float
    seconds_per_megapixel: float
    limit_GB: float
    peak_GB: float


def tables(sizes: Sequence[float] = SIZES) -> list[list[Row]]:
    with tempfile.TemporaryDirectory() as name:
        return [tell(painted(Path(name), sizes))]


def painted(folder: Path, sizes: Sequence[float]) -> Iterator[Row]:
    painting = folder / "painting.jpg"
    # In a process of its own: what this one takes would count in the peaks of those it starts.
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as process:
        process.submit(draw_painting, painting).result()
    with Image.open(PHOTOGRAPH) as opened:
        photograph = opened.convert("RGB")
    for megapixels in sizes:
        height = round(math.sqrt(megapixels * 1e6 / 1.5))
        photo = folder / "photo.jpg"
        photograph.resize((round(1.5 * height), height), Image.Resampling.LANCZOS).save(photo)
        limit = 2.5 if megapixels <= 4 else 4.0
        words = ["stylize", photo, "--style", painting, "--resolution", "photo"]
        words += ["--max-memory", f"{limit}GB", "--overwrite", "-o", folder / "print.png"]
        seconds, peak = taken(*words)
        yield Row(megapixels, seconds, seconds / megapixels, limit, peak)


def draw_painting(file: Path) -> None:
    harbour.draw(PAINTING_WIDTH).save(file, quality=95)


def taken(*words: object) -> tuple[float, float]:
    """Seconds and GB at the peak of a styleplug command.

    Raises:
        RuntimeError: it failed; it said why on standard error.
    """
    command = [sys.executable, "-m", "styleplug", *map(str, words)]
    begun = time.perf_counter()
    child = os.posix_spawn(sys.executable, command, os.environ)
    _, status, usage = os.wait4(child, 0)
    if status:
        raise RuntimeError(f"{command} failed")
    return time.perf_counter() - begun, usage.ru_maxrss * 1024 / 1e9


if __name__ == "__main__":
    main()
