"""The steps that train a network or a style: a batch of crops, its loss, and Adam.

The loss of a batch is that of `styleplug.filters.losses`, style error plus a weight times content
error, and a term for steadiness: two crops of a photograph, a few pixels apart, must become the
same picture where they overlap, so that a filter keeps still when a camera pans. Each style has a
content weight of its own, which is steered until its content error is the one that is wanted: so
every painting leaves the photograph as recognisable as the others do.
"""

from __future__ import annotations

import math
import random
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from styleplug.errors import DivergedError
from styleplug.filters.crops import Crops
from styleplug.filters.layout import MARGIN
from styleplug.filters.losses import Errors, PerceptualLoss
from styleplug.filters.network import FilterNetwork
from styleplug.filters.pace import Pace

VECTORS = ("scale", "shift")
"""What a style is made of."""

SHIFT = 8
"""Pixels, at most, between two crops that are compared for steadiness."""

STEADINESS = 10.0
"""Weight of the mean squared difference of two crops' overlap."""

WEIGHT_RANGE = (0.03, 2.0)
"""Where content weights may be steered."""

POOL, FRESH = 400, 2
"""Crops at hand, and how many of them a step exchanges: each is used several times, since to read
it and to compute its features takes a good part of a step."""

STYLE_PACE = 3.0
"""How many times as large a style's learning rate is as the network's."""

LARGEST_GRADIENT = 2.0
AVERAGED = 0.998
"""How much of the mean over earlier steps is kept at each step."""


@dataclass(frozen=True)
class Step:
    """Means over the batch of a step."""

    loss: float
    style_error: float
    content_error: float


class Descent:
    """A training on its way.

    Args:
        network: trained, as far as its weights require gradients; on the mirror's device.
        styles: "scale" and "shift", (S, STYLE_SIZE), trained; likewise.
        loss: of S paintings.
        photographs: files to train on.
        pace: how to go on.
        seed: of the choice of crops and styles.
    """

    def __init__(
        self,
        network: FilterNetwork,
        styles: nn.ParameterDict,
        loss: PerceptualLoss,
        photographs: Sequence[Path],
        pace: Pace,
        seed: int = 0,
    ) -> None:
        self.network, self.styles, self.loss = network, styles, loss
        self.crops = Crops(photographs, pace.crop + SHIFT, seed)
        self.pace, self.random = pace, random.Random(seed)
        self.steps = 0
        weights = [weight for weight in network.parameters() if weight.requires_grad]
        self.trained = [*weights, *styles.parameters()]
        groups = [(weights, 1.0), (list(styles.parameters()), STYLE_PACE)]
        self.adam = torch.optim.Adam(
            [{"params": group, "factor": factor} for group, factor in groups if group],
            betas=(0.9, 0.99),
        )
        self.average = [weight.detach().clone() for weight in self.trained]
        count = len(styles["scale"])
        self.log_weights = torch.full((count,), math.log(pace.content_weight))
        self.content_errors = torch.full((count,), pace.content_error)
        self._pool: list[tuple[Tensor, tuple[Tensor, ...]]] = []

    def step(self, factor: float = 1.0) -> Step:
        """One step, with some factor of the learning rate.

        Raises:
            ConfigError: no photograph can be read.
            DivergedError: loss or gradient is no number; network and styles are as before.
        """
        crops, content = self._batch()
        styles = torch.tensor(self.random.choices(range(len(self.log_weights)), k=len(crops)))
        pictures, difference = self._two_views(crops, styles)
        errors = self.loss.errors(pictures, styles, content)
        weights = self.log_weights[styles].exp().to(pictures.device)
        loss = (errors.style + weights * errors.content).mean() + STEADINESS * difference
        self._descend(loss, factor)
        self._steer(styles, errors)
        means = torch.stack([loss, errors.style.mean(), errors.content.mean()])
        return Step(*means.detach().tolist())

    def start_from(self, scale: Tensor, shift: Tensor) -> None:
        """Give the styles other values, (S, STYLE_SIZE), before the first step."""
        with torch.no_grad():
            self.styles["scale"].copy_(scale)
            self.styles["shift"].copy_(shift)
        self.average = [weight.detach().clone() for weight in self.trained]

    @contextmanager
    def averaged(self) -> Iterator[None]:
        """Within it, network and styles are the means over many steps: better than any of them."""
        current = [weight.detach().clone() for weight in self.trained]
        self._set(self.average)
        try:
            with torch.no_grad():
                yield
        finally:
            self._set(current)

    def state(self) -> dict[str, Any]:
        """All that it takes to go on, but for the crops at hand."""
        return {
            "steps": self.steps,
            "weights": [weight.detach() for weight in self.trained],
            "average": self.average,
            "adam": self.adam.state_dict(),
            "log_weights": self.log_weights,
            "content_errors": self.content_errors,
        }

    def restore(self, state: Mapping[str, Any]) -> None:
        """Take up a `state`; crops and styles are drawn otherwise than before."""
        self.steps = state["steps"]
        self._set(state["weights"])
        for mean, saved in zip(self.average, state["average"], strict=True):
            mean.copy_(saved)
        self.adam.load_state_dict(state["adam"])
        self.log_weights.copy_(state["log_weights"])
        self.content_errors.copy_(state["content_errors"])
        self.crops = Crops(self.crops.paths, self.crops.side, self.steps)
        self.random.seed(self.steps)

    def _batch(self) -> tuple[Tensor, tuple[Tensor, ...]]:
        """Crops, (N, 3, H, W), and their features without the margin for the shift."""
        wanted = FRESH if len(self._pool) >= 64 else 2 * self.pace.batch
        fresh = torch.from_numpy(self.crops.draw(wanted)).to(self.loss.mirror.device)
        content = self.loss.content(_view(fresh, SHIFT // 2, SHIFT // 2))
        self._pool += [
            (fresh[index], tuple(size[index] for size in content)) for index in range(wanted)
        ]
        del self._pool[:-POOL]
        chosen = self.random.sample(self._pool, self.pace.batch)
        crops, features = zip(*chosen, strict=True)
        return torch.stack(crops), tuple(map(torch.stack, zip(*features, strict=True)))

    def _two_views(self, crops: Tensor, styles: Tensor) -> tuple[Tensor, Tensor]:
        """The filtered middles of crops, and how much other filtered parts differ from them."""
        middle = SHIFT // 2
        left, top = self.random.randint(0, SHIFT), self.random.randint(0, SHIFT)
        views = torch.cat([_view(crops, middle, middle), _view(crops, left, top)])
        vectors = [self.styles[kind][styles].repeat(2, 1) for kind in VECTORS]
        with self.loss.autocast():
            filtered = self.network(views, *vectors).float()
        first, second = filtered.chunk(2)
        difference = _overlap(first, left - middle, top - middle) - _overlap(
            second, middle - left, middle - top
        )
        return first, difference.square().mean()

    def _descend(self, loss: Tensor, factor: float) -> None:
        rate = factor * self.pace.learning_rate * min(1.0, (1 + self.steps) / self.pace.warm_up)
        for group in self.adam.param_groups:
            group["lr"] = rate * group["factor"]
        self.adam.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]  # PyTorch forgot to annotate it
        norm = nn.utils.clip_grad_norm_(self.trained, LARGEST_GRADIENT)
        if not torch.isfinite(loss + norm):
            raise DivergedError(self.steps + 1, float(loss.detach()), None)
        self.adam.step()
        self.steps += 1
        kept = min(AVERAGED, (1 + self.steps) / (10 + self.steps))
        for mean, weight in zip(self.average, self.trained, strict=True):
            mean.lerp_(weight.detach(), 1 - kept)

    def _steer(self, styles: Tensor, errors: Errors) -> None:
        """Move each style's content weight against what its content error is off by."""
        aim = self.pace.content_error
        least, most = map(math.log, WEIGHT_RANGE)
        for style, error in zip(styles.tolist(), errors.content.tolist(), strict=True):
            self.content_errors[style].lerp_(torch.tensor(error), 0.02)
            self.log_weights[style] += self.pace.steering * (self.content_errors[style] / aim - 1)
        self.log_weights.clamp_(least, most)

    @torch.no_grad()
    def _set(self, values: list[Tensor]) -> None:
        for weight, value in zip(self.trained, values, strict=True):
            weight.copy_(value)


def _view(crops: Tensor, left: int, top: int) -> Tensor:
    """A part of crops, smaller by `SHIFT`."""
    height, width = (side - SHIFT for side in crops.shape[2:])
    return crops[..., top : top + height, left : left + width]


def _overlap(pictures: Tensor, left: int, top: int) -> Tensor:
    """What a view has in common with one that lies further right and down by so many pixels,
    without the borders, where the two see different things."""
    height, width = pictures.shape[2:]
    return pictures[
        ...,
        max(top, 0) + MARGIN : height + min(top, 0) - MARGIN,
        max(left, 0) + MARGIN : width + min(left, 0) - MARGIN,
    ]
