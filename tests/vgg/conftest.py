"""What the tests of the network share."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from torch.nn import functional

from styleplug.vgg.layers import Architecture

Features = dict[str, NDArray[np.float32]]


@pytest.fixture(scope="session")
def reference_features() -> Callable[..., Features]:
    """Computes all features of a picture less the mean, by PyTorch's functions alone."""

    def compute(
        architecture: Architecture,
        weights: Mapping[str, NDArray[np.float32]],
        centred: NDArray[np.float32],
        pooling: str = "max",
    ) -> Features:
        pool = {"max": functional.max_pool2d, "avg": functional.avg_pool2d}[pooling]
        current = torch.tensor(centred)
        features = {}
        for name, _, _ in architecture.convolutions:
            if name.endswith("_1") and name != "conv1_1":
                current = pool(current, 2)
            weight, bias = (torch.tensor(weights[f"{name}.{kind}"]) for kind in ("weight", "bias"))
            current = functional.relu(functional.conv2d(current, weight, bias, padding=1))
            features["relu" + name.removeprefix("conv")] = current.numpy()
        return features

    return compute


@pytest.fixture(scope="session")
def relative_error() -> Callable[[NDArray[np.float32], NDArray[np.float32]], float]:
    """Computes the L2 distance of two arrays, relative to the norm of the second."""

    def compute(actual: NDArray[np.float32], expected: NDArray[np.float32]) -> float:
        assert actual.shape == expected.shape
        return float(np.linalg.norm(actual - expected) / np.linalg.norm(expected))

    return compute
