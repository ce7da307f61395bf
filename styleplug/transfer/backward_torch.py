"""Automatic differentiation by PyTorch that keeps nothing of a pass that failed."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor


def backward(
    outputs: Sequence[Tensor], leaf: Tensor, by_outputs: Sequence[Tensor] | None = None
) -> Tensor:
    """The gradient with respect to a leaf.

    Args:
        outputs: what was made from it.
        leaf: requires its gradient.
        by_outputs: the gradient with respect to each output, of its shape; where it is left out,
            outputs are scalars and their sum is differentiated.
    """
    try:
        (gradient,) = torch.autograd.grad(outputs, leaf, by_outputs)
    except Exception:
        # What the failed pass had yet to do keeps its features until the next one begins
        # (https://github.com/pytorch/pytorch/issues/82218), so let an empty one begin.
        trifle = torch.zeros((), device=leaf.device, requires_grad=True)
        torch.autograd.grad(trifle * 1, trifle)
        raise
    return gradient
