"""Convolutions with fewer products are the same convolutions."""

from __future__ import annotations

import numpy as np
import onnxruntime
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.nn import functional

from styleplug.runtime.graph_builder import GraphBuilder
from styleplug.vgg.winograd import convolved, is_worthwhile

SIDES = st.integers(1, 20)
CHANNELS = st.sampled_from([1, 3, 16, 48])


@settings(max_examples=30)
@given(height=SIDES, width=SIDES, inputs=CHANNELS, outputs=CHANNELS, has_bias=st.booleans())
def test_it_is_the_convolution(
    height: int, width: int, inputs: int, outputs: int, has_bias: bool
) -> None:
    random = np.random.default_rng(height * 100 + width)
    value = random.standard_normal((1, inputs, height, width)).astype(np.float32)
    kernel = random.standard_normal((outputs, inputs, 3, 3)).astype(np.float32)
    bias = random.standard_normal(outputs).astype(np.float32)
    graph = GraphBuilder()
    biases = (graph.constant(bias, "bias"),) if has_bias else ()
    given_value = graph.input("value", value.shape)
    result = convolved(graph, given_value, (height, width), kernel, "kernel", *biases)
    graph.output(result, (1, outputs, height, width))
    session = onnxruntime.InferenceSession(graph.model(), providers=["CPUExecutionProvider"])
    (found,) = session.run(None, {"value": value})
    expected = functional.conv2d(
        *map(torch.tensor, (value, kernel)), torch.tensor(bias) if has_bias else None, padding=1
    )
    np.testing.assert_allclose(found, expected, atol=1e-4)


@pytest.mark.parametrize(
    ("channels", "side", "expected"),
    [
        ((512, 512), 32, True),
        ((512, 256), 32, True),
        ((256, 256), 64, True),
        ((512, 512), 16, False),
        ((256, 128), 64, False),
        ((64, 64), 256, False),
    ],
)
def test_it_is_for_many_channels_and_pixels(
    channels: tuple[int, int], side: int, expected: bool
) -> None:
    assert is_worthwhile((*channels, 3, 3), side, side) is expected
