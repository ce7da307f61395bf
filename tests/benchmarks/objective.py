"""How long an evaluation of loss and gradient takes: our engines, and a plain loop of PyTorch.

usage: python tests/benchmarks/objective.py [SIZE ...] [--rounds N]

Times square pictures of 128, 256, 512 and 1024 pixels with VGG-16, the default layers and one
level. The plain loop is the one that tutorials have, with torch's own number of threads and wait
policy, but with our memory: an nn.Sequential of the layers, squared errors, backward(). They and
PyTorch's float32 product of matrices of 2048 × 2048 take turns, N times (default 7) after a round
that isn't counted. The table has medians of the seconds, and of the ratios within each round: to
the seconds of the plain loop, and to the matrix product's operations in a second. An evaluation's
operations are those of its convolutions and Gram matrices, and as many again for the gradient.
"""

from __future__ import annotations

import argparse
import statistics
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import NamedTuple

import numpy as np
import torch
from tables import tell
from torch import nn
from torch.nn import functional
from turns import median_ratio, seconds_by_turns

from styleplug.config import StylizeConfig
from styleplug.runtime.models import Model, find_model
from styleplug.transfer.balance import FixedWeights
from styleplug.transfer.engine import Engine
from styleplug.transfer.engine_onnx import OnnxEngine
from styleplug.transfer.engine_torch import TorchEngine
from styleplug.transfer.loss import Loss
from styleplug.transfer.objective import Objective
from styleplug.transfer.scene import ContentImage, StyleImage
from styleplug.transfer.targets import Targets, compute_targets
from styleplug.transfer.terms.content import ContentTerm
from styleplug.transfer.terms.style import StyleTerm
from styleplug.vgg.encoder import Encoder
from styleplug.vgg.gradient import Network
from styleplug.vgg.layers import VGG16
from styleplug.vgg.mirror import TorchVGG
from styleplug.vgg.tiles import pixels_per_feature
from styleplug.vgg.weights import load_weights

CONFIG = StylizeConfig()
SIZES = (128, 256, 512, 1024)
ROUNDS = 7
PLAIN = "plain loop"
PRODUCT = "matrix product"
SIDE = 2048
"""Of the matrices."""
THREADS = torch.get_num_threads()
"""PyTorch's own choice, before the mirror asks for no more than the cores that there are."""

Evaluate = Callable[[], object]


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("sizes", nargs="*", type=int, default=SIZES, metavar="SIZE")
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    arguments = parser.parse_args()
    tables(arguments.sizes, arguments.rounds)


class Row(NamedTuple):
    """A contestant at a size."""

    pixels: int
    what: str
    seconds: float
    of_the_plain_loop: float | None
    gigaflop_per_second: float
    of_the_matrix_product: float


def tables(sizes: Sequence[int] = SIZES, rounds: int = ROUNDS) -> list[list[Row]]:
    return [tell(row for size in sizes for row in measured(size, rounds))]


def measured(size: int, rounds: int) -> Iterator[Row]:
    evaluations = contestants(find_model("vgg16"), size)
    times = seconds_by_turns({**evaluations, PRODUCT: product()}, rounds)
    for name, seconds in times.items():
        is_product = name == PRODUCT
        count = 2 * SIDE**3 if is_product else operations(size)
        yield Row(
            size,
            name,
            statistics.median(seconds),
            None if is_product else median_ratio(seconds, times[PLAIN]),
            count / statistics.median(seconds) / 1e9,
            count / (2 * SIDE**3) / median_ratio(seconds, times[PRODUCT]),
        )


def product() -> Evaluate:
    matrices = torch.rand(2, SIDE, SIDE)

    def multiply() -> torch.Tensor:
        torch.set_num_threads(THREADS)
        return matrices[0] @ matrices[1]

    return multiply


def operations(size: int) -> int:
    """Additions and multiplications of an evaluation, of a square picture's loss and gradient."""
    count = 0
    last = VGG16.deepest([*CONFIG.content_layers, *CONFIG.style_layers])
    for name, channels, width in VGG16.convolutions:
        layer = name.replace("conv", "relu")
        products = 9 * channels * width
        if layer in CONFIG.style_layers:
            products += width**2
        # An addition to each product, and the gradient's beside the loss's.
        count += 2 * 2 * products * (size // pixels_per_feature(layer)) ** 2
        if layer == last:
            break
    return count


def contestants(model: Model, size: int) -> dict[str, Evaluate]:
    generator = np.random.default_rng(0)
    photograph, painting = (generator.random((size, size, 3), np.float32) for _ in range(2))
    targets = compute_targets(
        Encoder(model, device="cpu"),
        ContentImage(photograph),
        [StyleImage(painting)],
        CONFIG.content_layers,
        CONFIG.style_layers,
    )
    batch = generator.random((1, 3, size, size), np.float32)
    plain = PlainLoop(model, targets)
    engines: dict[str, Engine] = {
        "PyTorch": TorchEngine(TorchVGG(model, device="cpu")),
        "PyTorch, bfloat16": TorchEngine(TorchVGG(model, device="cpu", precision="bfloat16")),
        "ONNX Runtime": OnnxEngine(Network(model)),
    }
    loss = Loss(
        [targets],
        content_layers=CONFIG.content_layers,
        style_layers=CONFIG.style_layers,
        balance=FixedWeights(1, 5),
    )
    evaluations: dict[str, Evaluate] = {PLAIN: partial(plain, torch.tensor(batch))}
    for name, engine in engines.items():
        objective = Objective(engine, loss)
        evaluations[name] = partial(objective, objective.to_device(batch))
    return evaluations


class PlainLoop:
    """Gatys' method as it is usually written: torchvision's layers, losses, and backward()."""

    def __init__(self, model: Model, targets: Targets) -> None:
        architecture, mean, weights = load_weights(model)
        self.mean, self.targets = torch.tensor(mean).view(1, 3, 1, 1), targets
        layers: list[nn.Module] = []
        self.names: list[str | None] = []
        last = architecture.deepest([*CONFIG.content_layers, *CONFIG.style_layers])
        for name, channels, width in architecture.convolutions:
            if name.endswith("_1") and name != "conv1_1":
                layers.append(nn.MaxPool2d(2, 2))
                self.names.append(None)
            convolution = nn.Conv2d(channels, width, 3, padding=1)
            convolution.weight = nn.Parameter(torch.tensor(weights[f"{name}.weight"]))
            convolution.bias = nn.Parameter(torch.tensor(weights[f"{name}.bias"]))
            layers += [convolution, nn.ReLU()]
            self.names += [None, name.replace("conv", "relu")]
            if self.names[-1] == last:
                break
        self.layers = nn.Sequential(*layers).eval().requires_grad_(False)
        self.content, self.grams = (
            {target.layer: torch.tensor(target.values) for target in targets.by_term[term]}
            for term in (ContentTerm, StyleTerm)
        )

    def __call__(self, batch: torch.Tensor) -> torch.Tensor:
        torch.set_num_threads(THREADS)
        picture = batch.clone().requires_grad_(True)
        current, loss = picture - self.mean, torch.zeros(())
        for layer, name in zip(self.layers, self.names, strict=True):
            current = layer(current)
            if name in self.content:
                loss = loss + functional.mse_loss(current, self.content[name])
            if name in self.grams:
                rows = current.view(current.shape[1], -1)
                gram = rows @ rows.T / current.numel()
                loss = loss + 1e4 * functional.mse_loss(gram, self.grams[name])
        loss.backward()
        assert picture.grad is not None
        return picture.grad


if __name__ == "__main__":
    main()
