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
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from styleplug.filters.crops import Crops
from styleplug.filters.losses import Errors, PerceptualLoss
from styleplug.filters.network import MARGIN, FilterNetwork

SHIFT = 8
"""Pixels, at most, between two crops that are compared for steadiness."""

STEADINESS = 10.0
"""Weight of the mean squared difference of two crops' overlap."""

USUAL_WEIGHT = 0.15
WEIGHT_RANGE = (0.03, 2.0)
"""What content weights are at first, and where they may be steered."""

POOL, FRESH = 400, 2
"""Crops at hand, and how many of them a step exchanges: each is used several times, since to read
it and to compute its features takes a good part of a step."""

STYLE_PACE = 3.0
"""How many times as large a style's learning rate is as the network's."""

FULL_PACE = 0.3
"""The share of the work after which the learning rate falls."""

LARGEST_GRADIENT = 2.0
AVERAGED = 0.998
"""How much of the mean over earlier steps is kept at each step."""


@dataclass(frozen=True)
class Pace:
    """How to train: crops in a step, the learning rate and the steps until it is reached, the
    content error to aim at, and how quickly the content weight is steered there, per crop."""

    batch: int = 4
    learning_rate: float = 2e-3
    warm_up: int = 100
    content_error: float = 0.72
    steering: float = 0.012


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
        crops: to train on, larger by `SHIFT` than what the network is to see.
        pace: how to go on.
        seed: of the choice of crops and styles.
    """

    def __init__(
        self,
        network: FilterNetwork,
        styles: nn.ParameterDict,
        loss: PerceptualLoss,
        crops: Crops,
        pace: Pace,
        seed: int = 0,
    ) -> None:
        self.network, self.styles, self.loss = network, styles, loss
        self.crops, self.pace = crops, pace
        self.random = random.Random(seed)
        self.steps = 0
        weights = [weight for weight in network.parameters() if weight.requires_grad]
        self.trained = [*weights, *styles.parameters()]
        groups = [(weights, 1.0), (list(styles.parameters()), STYLE_PACE)]
        self.adam = torch.optim.Adam(
            [{"params": group, "pace": pace} for group, pace in groups if group],
            betas=(0.9, 0.99),
        )
        self.average = [weight.detach().clone() for weight in self.trained]
        count = len(styles["scale"])
        self.log_weights = torch.full((count,), math.log(USUAL_WEIGHT))
        self.content_errors = torch.full((count,), pace.content_error)
        self._pool: list[tuple[Tensor, tuple[Tensor, ...]]] = []

    def step(self, fraction: float) -> Step:
        """One step, of a work of which `fraction`, 0 to 1, is done.

        Raises:
            ConfigError: no photograph can be read.
        """
        crops, content = self._batch()
        styles = torch.tensor(self.random.choices(range(len(self.log_weights)), k=len(crops)))
        pictures, difference = self._two_views(crops, styles)
        errors = self.loss.errors(pictures, styles, content)
        weights = self.log_weights[styles].exp().to(pictures.device)
        loss = (errors.style + weights * errors.content).mean() + STEADINESS * difference
        self._descend(loss, fraction)
        self._steer(styles, errors)
        means = torch.stack([loss, errors.style.mean(), errors.content.mean()])
        return Step(*means.detach().tolist())

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
        vectors = [self.styles[kind][styles].repeat(2, 1) for kind in ("scale", "shift")]
        with self.loss.autocast():
            filtered = self.network(views, *vectors).float()
        first, second = filtered.chunk(2)
        difference = _overlap(first, left - middle, top - middle) - _overlap(
            second, middle - left, middle - top
        )
        return first, difference.square().mean()

    def _descend(self, loss: Tensor, fraction: float) -> None:
        rate = self.pace.learning_rate * min(1.0, self.steps / self.pace.warm_up + 0.05) * _slowing(fraction)
        for group in self.adam.param_groups:
            group["lr"] = rate * group["pace"]
        self.adam.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(self.trained, LARGEST_GRADIENT)
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


def _slowing(fraction: float) -> float:
    """Factor of the learning rate: 1, and then half a cosine down to 0.03."""
    if fraction < FULL_PACE:
        return 1.0
    return 0.03 + 0.97 * (1 + math.cos(math.pi * (fraction - FULL_PACE) / (1 - FULL_PACE))) / 2
