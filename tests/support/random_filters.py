"""A filter network of random weights, for tests that need one and not a good one."""

from __future__ import annotations

import torch

from styleplug.filters.architecture import STYLE_SIZE
from styleplug.filters.style import FilterStyle
from styleplug.filters.training.export import export_filters
from styleplug.filters.training.network import FilterNetwork
from styleplug.filters.weights import MODEL, FilterWeights, network_id
from styleplug.runtime.models import install_model


def random_filters(*names: str) -> FilterWeights:
    """A network as it is before it is trained, with styles that differ a little."""
    torch.manual_seed(0)
    arrays = {name: array.numpy() for name, array in FilterNetwork().state_dict().items()}
    arrays = {name: array.astype("f2").astype("f4") for name, array in arrays.items()}
    styles = [
        FilterStyle(
            name,
            f"Called {name}",
            (1 + torch.randn(STYLE_SIZE) / 10).numpy(),
            (torch.randn(STYLE_SIZE) / 10).numpy(),
            network_id(arrays),
        )
        for name in names
    ]
    return FilterWeights(arrays, tuple(styles))


def install_filters(weights: FilterWeights) -> None:
    """Put a network where commands look for it, as a user would put one."""
    data = export_filters(weights, {})
    install_model(MODEL, data, licence="none", attribution="", source="a test")
