"""The loss and its gradient with respect to the picture, from the PyTorch mirror."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from styleplug.transfer.balance import Balance
from styleplug.transfer.losses import content_error, gram_matrix, style_error, total_variation
from styleplug.transfer.targets import Targets
from styleplug.vgg.mirror import Mirror

_HALF_LOSS_SCALE = 2.0**12
"""Gradients of features, near 1e-7, would vanish in float16 without a factor on their way back."""


@dataclass(frozen=True)
class Evaluation:
    """The loss, its terms before weighting, the content error's weight in force, the gradient.

    The gradient is that of the loss, shaped as the picture.
    """

    loss: float
    content_error: float
    style_error: float
    total_variation: float
    content_weight: float
    gradient: Tensor

    def is_finite(self) -> bool:
        return math.isfinite(self.loss) and bool(self.gradient.isfinite().all())


class Objective:
    """The weighted sum of content error, style error and total variation.

    loss = balance.penalty(content) + balance.style_weight · style + tv_weight · total variation,
    where content and style are means over their layers, by weights that sum to 1.
    """

    def __init__(
        self,
        mirror: Mirror,
        targets: Targets,
        *,
        content_layers: Mapping[str, float],
        style_layers: Mapping[str, float],
        balance: Balance,
        tv_weight: float = 0.0,
    ) -> None:
        self.mirror = mirror
        self.content = {n: self._tensor(a) for n, a in targets.content.items()}
        self.grams = {n: self._tensor(a) for n, a in targets.grams.items()}
        self.content_layers, self.style_layers = content_layers, style_layers
        self.balance, self.tv_weight = balance, tv_weight
        self.loss_scale = _HALF_LOSS_SCALE if mirror.dtype == torch.float16 else 1.0

    def picture(self, batch: NDArray[np.float32]) -> Tensor:
        """The array that solvers work on, for a picture (1, 3, H, W) in [0, 1]."""
        return self._tensor(batch)

    def __call__(self, picture: Tensor) -> Evaluation:
        """Evaluate at a picture, (1, 3, H, W), RGB in [0, 1]."""
        leaf = picture.detach().requires_grad_(True)
        content, style, variation = self._terms(leaf)
        errors = [float(term.detach()) for term in (content, style, variation)]
        value, slope = self.balance.penalty(errors[0])
        style_weight = self.balance.style_weight
        # The penalty enters by its slope: the chain rule, with the network run forward only once.
        total = slope * content + style_weight * style + self.tv_weight * variation
        (gradient,) = torch.autograd.grad(total * self.loss_scale, leaf)
        loss = value + style_weight * errors[1] + self.tv_weight * errors[2]
        gradient = gradient / self.loss_scale
        return Evaluation(loss, errors[0], errors[1], errors[2], slope, gradient)

    def _terms(self, picture: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        features = self.mirror(picture, {*self.content_layers, *self.style_layers})
        content = sum(
            weight * content_error(features[name], self.content[name])
            for name, weight in self.content_layers.items()
        )
        style = sum(
            weight * style_error(gram_matrix(features[name]), self.grams[name])
            for name, weight in self.style_layers.items()
        )
        return torch.as_tensor(content), torch.as_tensor(style), total_variation(picture)

    def _tensor(self, array: NDArray[np.floating]) -> Tensor:
        return torch.as_tensor(array, device=self.mirror.device)
