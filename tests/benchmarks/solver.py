"""How many evaluations the solvers need for the loss that plain L-BFGS of PyTorch has after 60.

usage: python tests/benchmarks/solver.py [--size N] [--evaluations N] [--json FILE]

Needs ../shared/images beside the checkout. Six pairs at 160 pixels, from the photograph, one scale,
the content error plus five times the style error. The reference is torch.optim.LBFGS as tutorials
have it: learning rate 1, history 20, no line search, and pixels of 0 to 255, unbounded. Prints by
pair, for each solver, the evaluation at which it is there ("-" is never), and how many evaluations
of the reference its first 25 are worth. FILE gets all losses by evaluation, for plots.
"""

from __future__ import annotations

import argparse
import json
import math
import statistics
from pathlib import Path

import torch

from styleplug.config import StylizeConfig
from styleplug.image.picture import Picture
from styleplug.image.read import read_picture
from styleplug.image.resize import fitted_size, resized
from styleplug.runtime.models import find_model
from styleplug.transfer.balance import FixedWeights
from styleplug.transfer.objective_torch import TorchObjective
from styleplug.transfer.solvers import LBFGS, Adam, Solver
from styleplug.transfer.targets import compute_targets
from styleplug.vgg.encoder import Encoder
from styleplug.vgg.mirror import Mirror
from styleplug.vgg.tensors import as_batch

IMAGES = Path(__file__).parents[3] / "shared" / "images"
PAIRS = (
    ("tubingen", "starry_night"),
    ("golden_gate", "wave_kanagawa"),
    ("amber", "udnie"),
    ("chicago", "the_scream"),
    ("hoovertowernight", "water_lilies"),
    ("stata", "woman_with_hat"),
)
REFERENCE_EVALUATIONS = 60
WORTH_AT = 25
REFERENCE = "torch.optim.LBFGS"
CONFIG = StylizeConfig()


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--size", type=int, default=160)
    parser.add_argument("--evaluations", type=int, default=REFERENCE_EVALUATIONS)
    parser.add_argument("--json", type=Path)
    arguments = parser.parse_args()
    model = find_model("vgg16")
    encoder, mirror = Encoder(model, device="cpu"), Mirror(model, device="cpu")
    curves: dict[str, dict[str, list[float]]] = {}
    for photo, painting in PAIRS:
        objective, start = problem(encoder, mirror, photo, painting, arguments.size)
        of_pair = {REFERENCE: reference(objective, start)}
        for name, solver in solvers().items():
            of_pair[name] = losses(objective, start, solver, arguments.evaluations)
            print(line(photo, painting, name, of_pair), flush=True)
        curves[f"{photo}+{painting}"] = of_pair
        if arguments.json:
            arguments.json.write_text(json.dumps(curves))
    for name in solvers():
        needed = statistics.median(reached(c[name], last(c)) for c in curves.values())
        worth = statistics.median(worth_at(c[name], c[REFERENCE]) for c in curves.values())
        print(f"{name}: median {needed:g} evaluations; {WORTH_AT} are worth {worth:g}")


def solvers() -> dict[str, Solver]:
    return {"L-BFGS": LBFGS(CONFIG.learning_rate), "Adam": Adam(CONFIG.learning_rate)}


def problem(
    encoder: Encoder, mirror: Mirror, photo: str, painting: str, size: int
) -> tuple[TorchObjective, torch.Tensor]:
    """What is lowered, and the photograph as its picture to start from."""
    photograph, style = (
        shrunk(IMAGES / kind / f"{name}.jpg", size)
        for kind, name in (("content", photo), ("style", painting))
    )
    layers = CONFIG.content_layers, CONFIG.style_layers
    objective = TorchObjective(
        mirror,
        [compute_targets(encoder, photograph, [style], *layers)],
        content_layers=layers[0],
        style_layers=layers[1],
        balance=FixedWeights(1, 5),
    )
    return objective, objective.picture(as_batch(photograph.pixels))


def shrunk(path: Path, longest: int) -> Picture:
    pixels = read_picture(path).pixels
    height, width, _ = pixels.shape
    return Picture(resized(pixels, *fitted_size(width, height, longest)))


def reference(objective: TorchObjective, start: torch.Tensor) -> list[float]:
    """The losses of PyTorch's own L-BFGS."""
    found: list[float] = []
    pixels = (start * 255).requires_grad_(True)
    optimizer = torch.optim.LBFGS(
        [pixels],
        lr=1,
        history_size=20,
        max_iter=REFERENCE_EVALUATIONS,
        max_eval=REFERENCE_EVALUATIONS,
        tolerance_grad=0,
        tolerance_change=0,
    )

    def closure() -> float:
        evaluation = objective(pixels.detach() / 255)
        found.append(evaluation.loss)
        # Relative errors times 1e4: its first step is a gradient's, and would be lost in rounding.
        pixels.grad = evaluation.gradient * (1e4 / 255)
        return evaluation.loss * 1e4

    optimizer.step(closure)
    return found


def losses(
    objective: TorchObjective, picture: torch.Tensor, solver: Solver, evaluations: int
) -> list[float]:
    found = []
    for _ in range(evaluations):
        evaluation = objective(picture)
        found.append(evaluation.loss)
        picture = solver.step(picture, evaluation.gradient)
    return found


def last(curves: dict[str, list[float]]) -> float:
    return min(curves[REFERENCE])


def reached(curve: list[float], loss: float) -> float:
    """The number of the first evaluation with no more than this loss."""
    return next((number for number, one in enumerate(curve, start=1) if one <= loss), math.inf)


def worth_at(curve: list[float], of_reference: list[float]) -> float:
    return reached(of_reference, min(curve[:WORTH_AT]))


def line(photo: str, painting: str, name: str, curves: dict[str, list[float]]) -> str:
    needed = reached(curves[name], last(curves))
    return (
        f"{photo:>17} + {painting:15} {name:8} {needed if math.isfinite(needed) else '-':>3}"
        f"   {WORTH_AT} are worth {worth_at(curves[name], curves[REFERENCE]):g}"
    )


if __name__ == "__main__":
    main()
