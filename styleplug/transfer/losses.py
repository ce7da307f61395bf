"""The terms of the loss.

After Gatys, Ecker and Bethge, "Image Style Transfer Using Convolutional Neural Networks", 2016
(https://doi.org/10.1109/CVPR.2016.265). Their squared errors are each divided by the target's own
square, so that a weight means the same for every layer, network, painting and size:

- content term of a layer (eq. 1): mean((F − P)²) / mean(P²)
- style term of a layer (eq. 3 to 5): Σ(G − A)² / ΣA², with G = F Fᵀ / (C·H·W)
- total variation (Mahendran and Vedaldi 2015, β = 2): mean squared difference of neighbours

F, P are features of the picture and the photograph, (1, C, H, W); A is the painting's Gram matrix,
(C, C).
"""

from __future__ import annotations

import torch
from torch import Tensor

FLOAT16_LOSS_SCALE = 2.0**12
"""Gradients of features, near 1e-7, would vanish in float16 without a factor on their way back."""


def gram_matrix(features: Tensor) -> Tensor:
    """G = F Fᵀ / (C·H·W), (C, C), of features (1, C, H, W); symmetric and positive semi-definite.

    >>> import torch
    >>> gram_matrix(torch.ones(1, 2, 3, 5))
    tensor([[0.5000, 0.5000],
            [0.5000, 0.5000]])
    """
    rows = features[0].flatten(1)
    return rows @ rows.T / features[0].numel()


def content_error(features: Tensor, target: Tensor) -> Tensor:
    """mean((F − P)²) / mean(P²), a scalar; 0 where the features are the photograph's own.

    >>> import torch
    >>> content_error(torch.zeros(1, 2, 3, 3), torch.ones(1, 2, 3, 3))
    tensor(1.)
    """
    return (features - target).square().mean() / _positive(target.square().mean())


def style_error(gram: Tensor, target: Tensor) -> Tensor:
    """Σ(G − A)² / ΣA², a scalar; 0 where the Gram matrices are equal.

    >>> import torch
    >>> style_error(torch.zeros(4, 4), torch.eye(4))
    tensor(1.)
    """
    return (gram - target).square().sum() / _positive(target.square().sum())


def total_variation(image: Tensor, alpha: Tensor | None = None) -> Tensor:
    """Mean squared difference of neighbours, across plus down; image (1, 3, H, W) in [0, 1].

    Where alpha, (H, W) in [0, 1], is given, each pair counts as much as the less seen of the two.

    >>> import torch
    >>> total_variation(torch.full((1, 3, 4, 4), 0.3))
    tensor(0.)
    """
    across = (image[..., :, 1:] - image[..., :, :-1]).square()
    down = (image[..., 1:, :] - image[..., :-1, :]).square()
    if alpha is None:
        return across.mean() + down.mean()
    beside = torch.minimum(alpha[:, 1:], alpha[:, :-1])
    below = torch.minimum(alpha[1:, :], alpha[:-1, :])
    return _weighted_mean(across, beside) + _weighted_mean(down, below)


def _weighted_mean(values: Tensor, weights: Tensor) -> Tensor:
    """Of values (1, 3, h, w) by weights (h, w); 0 where all weights are."""
    return (values.mean((0, 1)) * weights).sum() / _positive(weights.sum())


def _positive(norm: Tensor) -> Tensor:
    """Keeps a layer that is dark everywhere (a black photograph) from dividing by zero."""
    return norm.clamp_min(1e-12)
