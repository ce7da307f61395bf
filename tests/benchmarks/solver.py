"""How many evaluations the solvers need for the loss that plain L-BFGS of PyTorch has after 60.

usage: python tests/benchmarks/solver.py [--size N] [--evaluations N]

Needs ../shared/images beside the checkout. Six pairs at 160 pixels, from the photograph, one scale,
the content error plus five times the style error. The reference is torch.optim.LBFGS with learning
rate 1 and history 20, all else by default, on pixels of 0 to 1; on 0 to 255 it wouldn't move, for
its first step would be lost in rounding. Its loss after 60 evaluations is taken in two ways, since
it knows no bounds and our solvers keep within them: free, as it is, with pixels that no file can
hold, and cut, of its picture as a file would hold it.

The first table has, by pair and solver, the evaluation at which it is there (∞ is never), and how
many evaluations of the reference its first 25 are worth (∞ is more than all of them); the second
one has the medians.
"""

from __future__ import annotations

import argparse
import math
import statistics
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import torch
from sheet import painting_file, photo_file
from tables import tell

from styleplug.config import StylizeConfig
from styleplug.image.picture import Picture
from styleplug.image.read import read_picture
from styleplug.image.resize import fitted_size, resized
from styleplug.runtime.models import find_model
from styleplug.transfer.balance import FixedWeights
from styleplug.transfer.engine_torch import TorchEngine
from styleplug.transfer.loss import Loss
from styleplug.transfer.memory import RELATIVE_COST
from styleplug.transfer.objective import Objective
from styleplug.transfer.scene import ContentImage, StyleImage
from styleplug.transfer.solvers import LBFGS, Adam, Solver
from styleplug.transfer.targets import compute_targets
from styleplug.vgg.encoder import Encoder
from styleplug.vgg.mirror import TorchVGG
from styleplug.vgg.tensors import as_batch

PAIRS = (
    ("tubingen", "starry_night"),
    ("golden_gate", "wave_kanagawa"),
    ("amber", "udnie"),
    ("chicago", "the_scream"),
    ("hoovertowernight", "water_lilies"),
    ("stata", "woman_with_hat"),
)
SIZE = 160
REFERENCE_EVALUATIONS = 60
WORTH_AT = 25
REFERENCE = "torch.optim.LBFGS"
CONFIG = StylizeConfig()


class Course:
    """A solver's losses by evaluation, and the seconds since its start at which it had them."""

    def __init__(self) -> None:
        self.losses: list[float] = []
        self.seconds: list[float] = []
        self._begun = time.perf_counter()

    def add(self, loss: float) -> None:
        self.losses.append(loss)
        self.seconds.append(time.perf_counter() - self._begun)


class Row(NamedTuple):
    """A solver on a pair, with its course for drawings."""

    pair: str
    solver: str
    to_free: float
    to_cut: float
    first_25_are_worth: float
    losses: list[float]
    seconds: list[float]


class Median(NamedTuple):
    """A solver on all pairs."""

    solver: str
    to_free: float
    to_cut: float
    first_25_are_worth: float


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--size", type=int, default=SIZE)
    parser.add_argument("--evaluations", type=int, default=REFERENCE_EVALUATIONS)
    arguments = parser.parse_args()
    tables(arguments.size, arguments.evaluations)


def tables(
    size: int = SIZE, evaluations: int = REFERENCE_EVALUATIONS
) -> tuple[list[Row], list[Median]]:
    model = find_model("vgg16")
    encoder, mirror = Encoder(model, device="cpu"), TorchVGG(model, device="cpu")

    def measured() -> Iterator[Row]:
        for photo, painting in PAIRS:
            objective, start = problem(encoder, mirror, photo, painting, size)
            of_reference, cut = reference(objective, start)
            yield row(photo, painting, REFERENCE, of_reference, of_reference, cut)
            for name, solver in solvers().items():
                course = course_of(objective, start, solver, evaluations)
                yield row(photo, painting, name, course, of_reference, cut)

    rows = tell(measured())
    return rows, tell(medians(rows))


def row(
    photo: str, painting: str, name: str, course: Course, of_reference: Course, cut: float
) -> Row:
    goals = [reached(course.losses, goal) for goal in (min(of_reference.losses), cut)]
    worth = reached(of_reference.losses, min(course.losses[:WORTH_AT]))
    return Row(f"{photo} + {painting}", name, *goals, worth, course.losses, course.seconds)


def medians(rows: list[Row]) -> Iterator[Median]:
    for name in dict.fromkeys(row.solver for row in rows):
        of_solver = [row for row in rows if row.solver == name]
        yield Median(
            name,
            statistics.median(row.to_free for row in of_solver),
            statistics.median(row.to_cut for row in of_solver),
            statistics.median(row.first_25_are_worth for row in of_solver),
        )


def solvers() -> dict[str, Solver]:
    """Ours, with what memory may leave them (`styleplug.transfer.memory`)."""
    remembering = {
        f"L-BFGS, {steps} steps": LBFGS(history=steps) for steps in RELATIVE_COST if steps
    }
    return {**remembering, "Adam": Adam(CONFIG.learning_rate)}


def problem(
    encoder: Encoder, mirror: TorchVGG, photo: str, painting: str, size: int
) -> tuple[Objective, torch.Tensor]:
    """What is lowered, and the photograph as its picture to start from."""
    photograph, style = shrunk(photo_file(photo), size), shrunk(painting_file(painting), size)
    layers = CONFIG.content_layers, CONFIG.style_layers
    loss = Loss(
        [
            compute_targets(
                encoder, ContentImage(photograph.pixels), [StyleImage(style.pixels)], *layers
            )
        ],
        content_layers=layers[0],
        style_layers=layers[1],
        balance=FixedWeights(1, 5),
    )
    objective = Objective(TorchEngine(mirror), loss)
    return objective, objective.to_device(as_batch(photograph.pixels))


def shrunk(path: Path, longest: int) -> Picture:
    pixels = read_picture(path).pixels
    height, width, _ = pixels.shape
    return Picture(resized(pixels, *fitted_size(width, height, longest)))


def reference(objective: Objective, start: torch.Tensor) -> tuple[Course, float]:
    """The course of PyTorch's own L-BFGS, and the loss of its last picture, cut to the range."""
    course = Course()
    picture = start.clone().requires_grad_(True)
    optimizer = torch.optim.LBFGS([picture], lr=1, history_size=20, max_iter=REFERENCE_EVALUATIONS)

    def closure() -> float:
        evaluation = objective(picture)
        course.add(evaluation.loss)
        picture.grad = evaluation.gradient
        return evaluation.loss

    optimizer.step(closure)
    return course, objective(picture.detach().clamp(0, 1)).loss


def course_of(
    objective: Objective, picture: torch.Tensor, solver: Solver, evaluations: int
) -> Course:
    course = Course()
    for _ in range(evaluations):
        evaluation = objective(picture)
        course.add(evaluation.loss)
        picture = solver.step(picture, evaluation.gradient)
    return course


def reached(losses: list[float], loss: float) -> float:
    """The number of the first evaluation with no more than this loss."""
    return next((number for number, one in enumerate(losses, start=1) if one <= loss), math.inf)


if __name__ == "__main__":
    main()
