"""The steps that train a network or a style: a batch of crops, its loss, and Adam.

The loss of a batch is that of `losses.py`: the style error, plus a weight times the
content error, plus a little of the palette's. A term for temporal consistency joins
them: two crops of a photograph, a few pixels apart, must become the same picture where they
overlap, so that a filter keeps still when a camera pans. Each style has a content weight of its
own, which changes until its content error is the one that is wanted; where a photograph has more
detail, content counts for more, or busy ones would lose what quiet ones needn't keep.
"""

from __future__ import annotations

import math
import random
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from styleplug.errors import DivergedError
from styleplug.filters.training.crops import Crops
from styleplug.filters.training.losses import LEAST, WINDOW, Corner, FilterErrors, PerceptualLoss
from styleplug.filters.training.network import FilterNetwork
from styleplug.filters.training.schedule import TrainingSchedule
from styleplug.vgg.tensors import Pixels, as_batch, as_pixels

VECTORS = ("scale", "shift")
"""What a style is made of."""

SHIFT = 8
"""Pixels, at most, between two crops that are compared for temporal consistency."""

RIM = 16
"""Pixels around a crop that the network sees and the loss doesn't: a network that is judged by its
borders paints frames there."""

TEMPORAL_CONSISTENCY_WEIGHT = 20.0
"""The mean squared difference of two crops counts so much; at 10, flat skies got dots on a grid."""

PALETTE_WEIGHT = 0.1
"""The palette's error counts so much."""

DETAIL = 1.2
"""A crop's content error counts by this power of its detail relative to that of others."""

WEIGHT_RANGE = (0.02, 3.0)
"""The least and the greatest that content weights may become."""

POOL, FRESH = 400, 1
"""Crops at hand, and how many of them a step exchanges: each is used several times, since to read
it and to compute its features takes a good part of a step."""

STYLE_RATE_FACTOR = 3.0
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


class _Crop(NamedTuple):
    """A crop to train on.

    Args:
        pixels: (1, 3, H, W), with rims and room for shifts.
        corner: of its window.
        content: its features by size.
        detail: their mean square.
    """

    pixels: Tensor
    corner: Corner
    content: tuple[Tensor, ...]
    detail: Tensor


class Trainer:
    """A training on its way.

    Args:
        network: trained, as far as its weights require gradients; on the mirror's device.
        styles: "scale" and "shift", (S, STYLE_SIZE), trained; likewise.
        loss: of S paintings.
        photographs: files to train on.
        target_content_errors: the content errors that are wanted, S.
        schedule: how to go on.
        seed: of the choice of crops and styles.
    """

    def __init__(
        self,
        network: FilterNetwork,
        styles: nn.ParameterDict,
        loss: PerceptualLoss,
        photographs: Sequence[Path],
        target_content_errors: Sequence[float],
        schedule: TrainingSchedule,
        seed: int = 0,
    ) -> None:
        self.network, self.styles, self.loss = network, styles, loss
        self.crops = Crops(photographs, schedule.crop + 2 * RIM + SHIFT, seed)
        self.schedule, self.random = schedule, random.Random(seed)
        self.steps = 0
        weights = [weight for weight in network.parameters() if weight.requires_grad]
        self.trained = [*weights, *styles.parameters()]
        groups = [(weights, 1.0), (list(styles.parameters()), STYLE_RATE_FACTOR)]
        self.adam = torch.optim.Adam(
            [{"params": group, "factor": factor} for group, factor in groups if group],
            betas=(0.9, 0.99),
        )
        self.average = [weight.detach().clone() for weight in self.trained]
        self.target_content_errors = torch.tensor(target_content_errors)
        self.log_weights = torch.full_like(
            self.target_content_errors, math.log(schedule.content_weight)
        )
        self.content_errors = self.target_content_errors.clone()
        self._pool: list[_Crop] = []

    def step(self, factor: float = 1.0) -> Step:
        """One step, with some factor of the learning rate.

        Raises:
            ConfigError: no photograph can be read.
            DivergedError: loss or gradient is no number; network and styles are as before.
        """
        crops, corners, content, detail = self._batch()
        styles = torch.tensor(self.random.choices(range(len(self.log_weights)), k=len(crops)))
        pictures, inconsistency = self._filtered(crops, styles)
        errors = self.loss.errors(pictures, styles, content, corners)
        errors = errors._replace(content=errors.content * detail**DETAIL)
        weights = self.log_weights[styles].exp().to(pictures.device)
        of_pictures = errors.style + weights * errors.content + PALETTE_WEIGHT * errors.palette
        loss = of_pictures.mean() + TEMPORAL_CONSISTENCY_WEIGHT * inconsistency
        self._descend(loss, factor)
        self._update_content_weights(styles, errors)
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
        """A context in which network and styles are means over many steps, which are better."""
        current = [weight.detach().clone() for weight in self.trained]
        self._set(self.average)
        try:
            with torch.no_grad():
                yield
        finally:
            self._set(current)

    def style_vectors(self) -> list[NDArray[np.float32]]:
        """The styles' scales and shifts, (S, STYLE_SIZE) each, as means over many steps."""
        with self.averaged():
            return [self.styles[kind].detach().cpu().numpy().copy() for kind in VECTORS]

    def painted(self, photograph: Pixels) -> list[Pixels]:
        """A photograph, (H, W, 3) in [0, 1], in each of the styles, as means over many steps."""
        batch = torch.from_numpy(as_batch(photograph)).to(self.loss.mirror.device)
        with self.averaged():
            vectors = zip(*(self.styles[kind] for kind in VECTORS), strict=True)
            return [
                as_pixels(self.network(batch, scale[None], shift[None]).cpu().numpy())
                for scale, shift in vectors
            ]

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

    def _batch(self) -> tuple[Tensor, list[Corner], tuple[Tensor, ...], Tensor]:
        """Crops, (N, 3, H, W), with their windows, their features, and their detail, (N,), relative
        to that of all crops at hand."""
        for _ in range(FRESH if len(self._pool) >= 32 else 2 * self.schedule.batch):
            self._pool.append(self._drawn())
        del self._pool[:-POOL]
        chosen = self.random.sample(self._pool, self.schedule.batch)
        usual = torch.stack([crop.detail for crop in self._pool]).mean()
        return (
            torch.cat([crop.pixels for crop in chosen]),
            [crop.corner for crop in chosen],
            tuple(map(torch.cat, zip(*(crop.content for crop in chosen), strict=True))),
            torch.stack([crop.detail for crop in chosen]) / usual.clamp_min(LEAST),
        )

    def _drawn(self) -> _Crop:
        pixels = torch.from_numpy(self.crops.draw(1)).to(self.loss.mirror.device)
        free = max(0, self.schedule.crop - WINDOW)
        corner = (self.random.randint(0, free), self.random.randint(0, free))
        middle = _inner(_view(pixels, SHIFT // 2, SHIFT // 2))
        content = self.loss.content(middle, [corner])
        detail = torch.stack([features.float().square().mean() for features in content]).mean()
        return _Crop(pixels, corner, content, detail)

    def _filtered(self, crops: Tensor, styles: Tensor) -> tuple[Tensor, Tensor]:
        """Filtered crops without their rims, and how the first differs from one beside it."""
        middle = SHIFT // 2
        left, top = self.random.randint(0, SHIFT), self.random.randint(0, SHIFT)
        views = torch.cat([_view(crops, middle, middle), _view(crops[:1], left, top)])
        seen = torch.cat([styles, styles[:1]])
        vectors = [self.styles[kind][seen] for kind in VECTORS]
        with self.loss.autocast():
            filtered = self.network(views, *vectors).float()
        difference = _overlap(filtered[:1], left - middle, top - middle) - _overlap(
            filtered[-1:], middle - left, middle - top
        )
        return _inner(filtered[:-1]), difference.square().mean()

    def _descend(self, loss: Tensor, factor: float) -> None:
        rate = (
            factor
            * self.schedule.learning_rate
            * min(1.0, (1 + self.steps) / self.schedule.warm_up)
        )
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

    def _update_content_weights(self, styles: Tensor, errors: FilterErrors) -> None:
        """Move each style's content weight against what its content error is off by."""
        least, most = map(math.log, WEIGHT_RANGE)
        for style, error in zip(styles.tolist(), errors.content.tolist(), strict=True):
            self.content_errors[style].lerp_(torch.tensor(error), 0.02)
            self.log_weights[style] += self.schedule.dual_learning_rate * (
                self.content_errors[style] / self.target_content_errors[style] - 1
            )
        self.log_weights.clamp_(least, most)

    @torch.no_grad()
    def _set(self, values: list[Tensor]) -> None:
        for weight, value in zip(self.trained, values, strict=True):
            weight.copy_(value)


def _view(crops: Tensor, left: int, top: int) -> Tensor:
    """A part of crops, smaller by `SHIFT`."""
    height, width = (side - SHIFT for side in crops.shape[2:])
    return crops[..., top : top + height, left : left + width]


def _inner(pictures: Tensor) -> Tensor:
    """Pictures without their rims."""
    return pictures[..., RIM:-RIM, RIM:-RIM]


def _overlap(pictures: Tensor, left: int, top: int) -> Tensor:
    """What a view has in common with one that lies further right and down by so many pixels,
    without the borders, where the two see different things."""
    height, width = pictures.shape[2:]
    return pictures[
        ...,
        max(top, 0) + RIM : height + min(top, 0) - RIM,
        max(left, 0) + RIM : width + min(left, 0) - RIM,
    ]
