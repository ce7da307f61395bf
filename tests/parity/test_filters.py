"""The filter network is the same in PyTorch, over a whole picture, in a tile, and as exported."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import onnxruntime
import pytest
import torch
from numpy.typing import NDArray

from styleplug.filters.architecture import WEIGHTS
from styleplug.filters.inference import StyledNetwork
from styleplug.filters.tiles import tiles_of
from styleplug.filters.training.export import export_filters
from styleplug.filters.training.network import FilterNetwork
from styleplug.filters.weights import FilterWeights, load_weights
from styleplug.runtime.models import find_model
from styleplug.vgg.tensors import as_batch, as_pixels

TOLERANCE = 1e-4


@pytest.fixture(params=["random", "shipped"])
def weights(request: pytest.FixtureRequest, filter_weights: FilterWeights) -> FilterWeights:
    return filter_weights if request.param == "random" else load_weights(find_model("filters"))


@pytest.fixture
def in_torch(weights: FilterWeights) -> Callable[..., NDArray[np.float32]]:
    """Filters a batch in the weights' first style."""
    network, style = FilterNetwork(), weights.styles[0]
    network.load_state_dict({name: torch.tensor(weights.arrays[name]) for name in WEIGHTS})

    def run(batch: NDArray[np.float32]) -> NDArray[np.float32]:
        vectors = (torch.tensor(vector)[None] for vector in (style.scale, style.shift))
        with torch.no_grad():
            return network(torch.tensor(batch), *vectors).numpy()

    return run


@pytest.mark.parametrize(("height", "width"), [(64, 64), (75, 93)])
def test_all_graphs_are_the_network(
    height: int,
    width: int,
    weights: FilterWeights,
    in_torch: Callable[..., NDArray[np.float32]],
    make_picture: Callable[..., NDArray[np.float32]],
) -> None:
    batch = make_picture(height, width)
    expected = in_torch(batch)
    network = StyledNetwork(weights, weights.styles[0], "cpu")
    thumbnail = network.thumbnail_pass(as_pixels(batch))
    np.testing.assert_allclose(as_batch(thumbnail.filtered), expected, atol=TOLERANCE)
    (tile,) = network.parts(as_pixels(batch), tiles_of(height, width), thumbnail)
    np.testing.assert_allclose(as_batch(tile), expected, atol=TOLERANCE)


def test_the_exported_graph_is_the_network(
    in_torch: Callable[..., NDArray[np.float32]],
    weights: FilterWeights,
    make_picture: Callable[..., NDArray[np.float32]],
) -> None:
    batch = make_picture(75, 93)
    session = onnxruntime.InferenceSession(
        export_filters(weights, {}), providers=["CPUExecutionProvider"]
    )
    shares = np.eye(len(weights.styles), dtype=np.float32)[0]
    (filtered,) = session.run(["filtered"], {"image": batch, "style_weights": shares})
    np.testing.assert_allclose(filtered, in_torch(batch), atol=TOLERANCE)
