"""The errors by their formulas, in plain PyTorch, to compare with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
from torch import Tensor

from styleplug.transfer.targets import Targets
from styleplug.transfer.terms.target import Target


def gram_matrix(features: Tensor) -> Tensor:
    """G = F Fᵀ / (C·H·W), (C, C), of features (1, C, H, W)."""
    rows = features[0].flatten(1)
    return rows @ rows.T / features[0].numel()


def content_error(features: Tensor, target: Tensor) -> Tensor:
    """mean((F − P)²) / mean(P²)"""
    return (features - target).square().mean() / target.square().mean()


def style_error(gram: Tensor, target: Tensor) -> Tensor:
    """Σ(G − A)² / ΣA²"""
    return (gram - target).square().sum() / target.square().sum()


def as_float64(targets: Targets) -> Targets:
    """The targets in double precision, in which only rounding far below all else is left."""

    def wider(arrays: Mapping[str, Any]) -> dict[str, Any]:
        return {name: array.astype(np.float64) for name, array in arrays.items()}

    alpha: Any = None if targets.alpha is None else targets.alpha.astype(np.float64)
    return replace(
        targets,
        by_term={
            term: [
                Target(
                    target.layer,
                    target.values.astype(np.float64),
                    target.share,
                    None if target.guide is None else target.guide.astype(np.float64),
                )
                for target in found
            ]
            for term, found in targets.by_term.items()
        },
        weights=wider(targets.weights),
        alpha=alpha,
    )
