"""How many evaluations the solvers need for the loss that plain L-BFGS of PyTorch has after 60.

usage: python tests/benchmarks/solver.py [--size N] [--evaluations N] [--json FILE]

Needs ../shared/images beside the checkout. Six pairs at 160 pixels, from the photograph, one scale,
the content error plus five times the style error. The reference is torch.optim.LBFGS with learning
rate 1 and history 20, all else by default, on pixels of 0 to 1; on 0 to 255 it wouldn't move, for
its first step would be lost in rounding. Its loss after 60 evaluations is taken in three ways,
since it knows no bounds and our solvers keep within them:

- free: as it is, with pixels below 0 and above 1, which no file can hold: the hardest to reach
- cut: the free run's last picture, cut to the range as for a file
- held: where each evaluation cuts the picture to the range first, as PyTorch's own tutorial does

Prints by pair, for each solver, the evaluation at which it is there ("-" is never), and how many
evaluations of the free reference its first 25 are worth. FILE gets all losses, for plots.
"""

from __future__ import annotations

import argparse
import json
import math
import statistics
from collections.abc import Collection
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
CONFIG = StylizeConfig()

Curves = dict[str, list[float]]
"""Losses by evaluation."""


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
    pairs: dict[str, dict[str, Curves]] = {}
    for photo, painting in PAIRS:
        objective, start = problem(encoder, mirror, photo, painting, arguments.size)
        found = {"references": references(objective, start), "solvers": {}}
        pairs[f"{photo}+{painting}"] = found
        for name, solver in solvers().items():
            curve = losses(objective, start, solver, arguments.evaluations)
            found["solvers"][name] = curve
            print(f"{photo:>17} + {painting:15} {summary(name, [found])}", flush=True)
        if arguments.json:
            arguments.json.write_text(json.dumps(pairs))
    for name in solvers():
        print(f"{'median':>35} {summary(name, pairs.values())}")


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


def references(objective: TorchObjective, start: torch.Tensor) -> Curves:
    """The losses of PyTorch's own L-BFGS, in the three ways."""
    free, picture = reference(objective, start, is_held=False)
    held, _ = reference(objective, start, is_held=True)
    return {"free": free, "cut": [objective(picture.clamp(0, 1)).loss], "held": held}


def reference(
    objective: TorchObjective, start: torch.Tensor, *, is_held: bool
) -> tuple[list[float], torch.Tensor]:
    """Its losses by evaluation, and the picture that it leaves."""
    found: list[float] = []
    picture = start.clone().requires_grad_(True)
    optimizer = torch.optim.LBFGS([picture], lr=1, history_size=20, max_iter=REFERENCE_EVALUATIONS)

    def closure() -> float:
        if is_held:
            picture.data.clamp_(0, 1)
        evaluation = objective(picture)
        found.append(evaluation.loss)
        picture.grad = evaluation.gradient
        return evaluation.loss

    optimizer.step(closure)
    return found, picture.detach()


def losses(
    objective: TorchObjective, picture: torch.Tensor, solver: Solver, evaluations: int
) -> list[float]:
    found = []
    for _ in range(evaluations):
        evaluation = objective(picture)
        found.append(evaluation.loss)
        picture = solver.step(picture, evaluation.gradient)
    return found


def summary(name: str, pairs: Collection[dict[str, Curves]]) -> str:
    """What the medians over some pairs say of a solver."""
    goals = {
        way: statistics.median(
            reached(pair["solvers"][name], min(pair["references"][way])) for pair in pairs
        )
        for way in ("free", "cut", "held")
    }
    worth = statistics.median(
        reached(pair["references"]["free"], min(pair["solvers"][name][:WORTH_AT])) for pair in pairs
    )
    text = "".join(f"  {way} {'-' if n == math.inf else f'{n:g}':>4}" for way, n in goals.items())
    return f"{name:8}{text}   {WORTH_AT} are worth {worth:g}"


def reached(curve: list[float], loss: float) -> float:
    """The number of the first evaluation with no more than this loss."""
    return next((number for number, one in enumerate(curve, start=1) if one <= loss), math.inf)


if __name__ == "__main__":
    main()
