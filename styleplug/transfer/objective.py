"""The loss and its gradient with respect to the picture, from the PyTorch mirror."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from styleplug.transfer.balance import Balance
from styleplug.transfer.losses import content_error, gram_matrix, style_error, total_variation
from styleplug.transfer.targets import Targets
from styleplug.vgg.mirror import Mirror

HALF_SIZE_SHARE = 0.3
"""Weight of the errors at half the size; the rest is that of the errors at full size."""
_FLOAT16_LOSS_SCALE = 2.0**12
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
        """Whether solvers can go on from here; they square the gradient."""
        return math.isfinite(self.loss) and bool(self.gradient.square().sum().isfinite())


class Objective:
    """The weighted sum of content error, style error and total variation.

    loss = balance.penalty(content) + balance.style_weight · style + tv_weight · total variation,
    where content and style are means over their layers, by weights that sum to 1. Targets may come
    for two levels, the picture and the picture at half its size, which then counts for
    `HALF_SIZE_SHARE` of both errors: it keeps the strokes of the scale before in the picture, while
    finer ones are laid over them.

    Where the targets have an alpha, all terms count what is seen as much as it is seen. Hidden
    pixels count in none, but are free to change: the network looks across the edge of what is seen,
    and is to see the painting go on there. Frozen, they left a rim, and a third more style error.
    """

    def __init__(
        self,
        mirror: Mirror,
        targets: Sequence[Targets],
        *,
        content_layers: Mapping[str, float],
        style_layers: Mapping[str, float],
        balance: Balance,
        tv_weight: float = 0.0,
    ) -> None:
        self.mirror = mirror
        self.content = [
            {name: self._tensor(array) for name, array in level.content.items()}
            for level in targets
        ]
        self.grams = [
            {name: self._tensor(array) for name, array in level.grams.items()} for level in targets
        ]
        self.weights = [
            {name: self._tensor(array) for name, array in level.weights.items()}
            for level in targets
        ]
        alpha = targets[0].alpha
        self.alpha = None if alpha is None else self._tensor(alpha)
        self.content_layers, self.style_layers = content_layers, style_layers
        self.balance, self.tv_weight = balance, tv_weight
        self.loss_scale = _FLOAT16_LOSS_SCALE if mirror.dtype == torch.float16 else 1.0

    def picture(self, batch: NDArray[np.float32]) -> Tensor:
        """The array that solvers work on, for a picture (1, 3, H, W) in [0, 1]."""
        return self._tensor(batch)

    def __call__(self, picture: Tensor) -> Evaluation:
        """Evaluate at a picture, (1, 3, H, W), RGB in [0, 1]."""
        leaf = picture.detach().requires_grad_(True)
        content, style = self._errors(leaf)
        variation = total_variation(leaf, self.alpha)
        errors = [float(term.detach()) for term in (content, style, variation)]
        value, slope = self.balance.penalty(errors[0])
        style_weight = self.balance.style_weight
        # The penalty enters by its slope: the chain rule, with the network run forward only once.
        total = slope * content + style_weight * style + self.tv_weight * variation
        (gradient,) = torch.autograd.grad(total * self.loss_scale, leaf)
        loss = value + style_weight * errors[1] + self.tv_weight * errors[2]
        gradient = gradient / self.loss_scale
        return Evaluation(loss, errors[0], errors[1], errors[2], slope, gradient)

    def _errors(self, picture: Tensor) -> tuple[Tensor, Tensor]:
        """Content and style error, over all levels."""
        content = style = picture.new_zeros(())
        shares = (1 - HALF_SIZE_SHARE, HALF_SIZE_SHARE) if len(self.content) == 2 else (1.0,)
        levels = zip(shares, self.content, self.grams, self.weights, strict=True)
        for share, photo, grams, weights in levels:
            features = self.mirror(picture, {*self.content_layers, *self.style_layers})
            if weights:
                features = {name: array * weights[name] for name, array in features.items()}
            for name, weight in self.content_layers.items():
                content = content + share * weight * content_error(features[name], photo[name])
            for name, weight in self.style_layers.items():
                gram = gram_matrix(features[name])
                style = style + share * weight * style_error(gram, grams[name])
            picture = functional.avg_pool2d(picture, 2)
        return content, style

    def _tensor(self, array: NDArray[np.floating]) -> Tensor:
        return torch.as_tensor(array, device=self.mirror.device)
