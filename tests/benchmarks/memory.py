"""How much memory a transfer takes: of pictures as a whole, and in tiles.

usage: python tests/benchmarks/memory.py [SIZE ...] [--engine NAME] [--max-memory SIZE]

Paints pictures of random pixels, SIZE by three quarters of SIZE (default 512, 1024 and 2048), with
the default options but for one evaluation and one scale, each in a process of its own: once as a
whole, and once within --max-memory (default 2.5GB; less for the smaller ones, so that they are done
in tiles, too). The table has the limit, the side of the tiles, what was estimated before, the peak
of the process's resident memory, and the seconds of the evaluation.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
from tables import tell

import styleplug
from styleplug.events import Event, Planned, Progress
from styleplug.options import memory_size
from styleplug.runtime.memory import resident_memory
from styleplug.transfer import plan
from styleplug.transfer.memory import MemoryEstimate

SIZES = (512, 1024, 2048)
LIMIT = 2.5e9


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("sizes", nargs="*", type=int, default=SIZES, metavar="SIZE")
    parser.add_argument("--engine", default="auto")
    parser.add_argument("--max-memory", type=memory_size, default=LIMIT, metavar="SIZE")
    parser.add_argument("--child", type=float, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.child is not None:
        print(json.dumps(measured(arguments.sizes[0], arguments.engine, arguments.child)))
        return
    tables(arguments.sizes, arguments.engine, arguments.max_memory)


class Row(NamedTuple):
    """A transfer of a size, and what it took; no limit is a picture as a whole."""

    size: int
    limit_GB: float | None
    tiles: int | None
    estimated_GB: float
    peak_GB: float
    seconds: float


def tables(
    sizes: Sequence[int] = SIZES, engine: str = "auto", max_memory: float = LIMIT
) -> list[list[Row]]:
    return [tell(row for size in sizes for row in with_and_without(size, engine, max_memory))]


def with_and_without(size: int, engine: str, max_memory: float) -> Iterator[Row]:
    # A quarter of a gigabyte is the program, without any picture.
    smaller = 0.9e9 + (max_memory - 0.9e9) * min(1.0, (size / 2048) ** 2)
    for limit in (0.0, smaller):
        child = [__file__, str(size), "--engine", engine, "--child", str(limit)]
        with tempfile.TemporaryDirectory() as cache:  # the painting's Gram matrices count, too
            done = subprocess.run(
                [sys.executable, *child],
                stdout=subprocess.PIPE,
                env={**os.environ, "STYLEPLUG_CACHE_DIR": cache},
                check=True,
            )
        row = json.loads(done.stdout)
        yield Row(
            size,
            limit / 1e9 or None,
            row["window"],
            row["estimate"] / 1e9,
            row["peak"] / 1e9,
            row["seconds"],
        )


def measured(size: int, engine: str, limit: float) -> dict[str, float | None]:
    """Of one transfer, in this process; a limit of 0 is none."""
    config = styleplug.StylizeConfig(
        size=size,
        iterations=1,
        pyramid=False,
        engine=engine,
        device="cpu",
        preserve="none",
        max_memory=limit or None,
    )
    row: dict[str, float | None] = {}
    fitted_scales = plan.fitted_scales

    def fitted(scales, paintings, config, engine, *extras):  # type: ignore[no-untyped-def]  # as fitted_scales
        [scale] = fitted_scales(scales, paintings, config, engine, *extras)
        needed = MemoryEstimate([scale], paintings, config, engine, resident_memory())
        evaluation = needed.evaluation(0, scale.window, scale.history)
        row["estimate"] = max(needed.encoding(scale.encoding), evaluation)
        row["window"] = scale.window
        return (scale,)

    def on_event(event: Event) -> None:
        if isinstance(event, Progress):
            row["seconds"] = event.scale_seconds
        elif isinstance(event, Planned):
            for note in event.notes:
                print(note, file=sys.stderr)

    plan.fitted_scales = fitted
    random = np.random.default_rng(0)
    photo, painting = (random.random((size * 3 // 4, size, 3), np.float32) for _ in range(2))
    styleplug.stylize(photo, painting, config, on_event)
    row["peak"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    return row


if __name__ == "__main__":
    main()
