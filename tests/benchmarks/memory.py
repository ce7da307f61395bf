"""How much memory a transfer takes: of pictures as a whole, and in tiles.

usage: python tests/benchmarks/memory.py [SIZE ...] [--engine NAME] [--max-memory SIZE]

Paints pictures of random pixels, SIZE by three quarters of SIZE (default 512, 1024 and 2048), with
the default options but for one evaluation and one scale, each in a process of its own: once as a
whole, and once within --max-memory (default 2.5GB; less for the smaller ones, so that they are done
in tiles, too). The table has the peak of the process's resident memory, what was estimated before,
the side of the tiles, and the seconds of the evaluation.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys

import numpy as np

import styleplug
from styleplug.cli.options import memory_size
from styleplug.events import Event, Planned, Progress
from styleplug.runtime.memory import resident_memory
from styleplug.transfer import pyramid
from styleplug.transfer.memory_plan import Needs


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("sizes", nargs="*", type=int, default=[512, 1024, 2048], metavar="SIZE")
    parser.add_argument("--engine", default="auto")
    parser.add_argument("--max-memory", type=memory_size, default=2.5e9, metavar="SIZE")
    parser.add_argument("--child", type=float, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.child is not None:
        print(json.dumps(measured(arguments.sizes[0], arguments.engine, arguments.child)))
        return
    print(f"{'pixels':>10}  {'tiles':>6} {'estimate':>9} {'peak':>9} {'seconds':>8}")
    for size in arguments.sizes:
        # A quarter of a gigabyte is the program, without any picture.
        smaller = 0.9e9 + (arguments.max_memory - 0.9e9) * min(1.0, (size / 2048) ** 2)
        for limit in (0.0, smaller):
            command = [*sys.argv[:1], str(size), "--engine", arguments.engine, "--child"]
            done = subprocess.run(
                [sys.executable, *command, str(limit)], stdout=subprocess.PIPE, check=True
            )
            row = json.loads(done.stdout)
            print(
                f"{size:5}x{size * 3 // 4:<4}  {row['window'] or 'whole':>6}"
                f" {row['estimate'] / 1e9:6.2f} GB {row['peak'] / 1e9:6.2f} GB"
                f" {row['seconds']:8.1f}",
                flush=True,
            )


def measured(size: int, engine: str, limit: float) -> dict[str, float | None]:
    """Of one transfer, in this process; a limit of 0 is none."""
    config = styleplug.StylizeConfig(
        size=size,
        iterations=1,
        pyramid=False,
        engine=engine,
        device="cpu",
        max_memory=limit or None,
    )
    row: dict[str, float | None] = {}
    fitted_scales = pyramid.fitted_scales

    def fitted(scales, paintings, config, engine):  # type: ignore[no-untyped-def]  # as fitted_scales
        [scale] = fitted_scales(scales, paintings, config, engine)
        needs = Needs([scale], paintings, config, engine, resident_memory())
        evaluation = needs.evaluation(0, scale.window, scale.history)
        row["estimate"] = max(needs.encoding(scale.encoding), evaluation)
        row["window"] = scale.window
        return (scale,)

    def on_event(event: Event) -> None:
        if isinstance(event, Progress):
            row["seconds"] = event.scale_seconds
        elif isinstance(event, Planned):
            for note in event.notes:
                print(note, file=sys.stderr)

    pyramid.fitted_scales = fitted
    random = np.random.default_rng(0)
    photo, painting = (random.random((size * 3 // 4, size, 3), np.float32) for _ in range(2))
    styleplug.stylize(photo, painting, config, on_event)
    row["peak"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    return row


if __name__ == "__main__":
    main()
