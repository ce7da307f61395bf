"""`filters.onnx` stands by itself: any program that runs ONNX can use it."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import onnx
import onnxruntime
import pytest
from numpy.typing import NDArray

from styleplug.errors import ModelError
from styleplug.filters.training.export import export_filters
from styleplug.filters.weights import FilterWeights


@pytest.fixture(scope="module")
def data(filter_weights: FilterWeights) -> bytes:
    return export_filters(filter_weights, {"licence": "none"})


def test_the_graph_has_one_picture_in_and_one_out(data: bytes) -> None:
    session = onnxruntime.InferenceSession(data, providers=["CPUExecutionProvider"])
    ends = [*session.get_inputs(), *session.get_outputs()]
    assert [(end.name, end.shape, end.type) for end in ends] == [
        ("image", [1, 3, "H", "W"], "tensor(float)"),
        ("style_weights", [2], "tensor(float)"),
        ("filtered", [1, 3, "H", "W"], "tensor(float)"),
    ]


@pytest.mark.parametrize(("height", "width"), [(25, 40), (56, 33), (64, 64)])
def test_a_picture_keeps_its_size(
    height: int, width: int, data: bytes, make_picture: Callable[..., NDArray[np.float32]]
) -> None:
    session = onnxruntime.InferenceSession(data, providers=["CPUExecutionProvider"])
    picture = make_picture(height, width)

    def run(*shares: float) -> NDArray[np.float32]:
        feeds = {"image": picture, "style_weights": np.array(shares, np.float32)}
        filtered: NDArray[np.float32] = session.run(["filtered"], feeds)[0]
        return filtered

    dots, lines = run(1, 0), run(0, 1)
    assert dots.shape == picture.shape
    assert dots.min() >= 0
    assert dots.max() <= 1
    assert np.abs(dots - lines).mean() > 0.01
    np.testing.assert_allclose(run(2, 2), run(0.5, 0.5), atol=1e-6)


def test_the_metadata_tell_what_it_is(data: bytes, filter_weights: FilterWeights) -> None:
    model = onnx.load_from_string(data)
    facts = {entry.key: entry.value for entry in model.metadata_props}
    assert facts["licence"] == "none"
    assert facts["network"] == filter_weights.network
    assert json.loads(facts["styles"])[1] == {"name": "lines", "description": "Painted in lines"}


def test_weights_are_stored_in_half_precision(data: bytes, filter_weights: FilterWeights) -> None:
    model = onnx.load_from_string(data)
    types = {tensor.name: tensor.data_type for tensor in model.graph.initializer}
    assert {types[name] for name in filter_weights.arrays} == {onnx.TensorProto.FLOAT16}
    assert len(data) < 2_000_000


def test_the_same_weights_give_the_same_bytes(data: bytes, filter_weights: FilterWeights) -> None:
    assert export_filters(filter_weights, {"licence": "none"}) == data


def test_what_cant_be_written_is_refused(filter_weights: FilterWeights) -> None:
    with pytest.raises(ModelError, match="no style"):
        export_filters(replace(filter_weights, styles=()), {})
    bias = np.array([0, 0, 1e6], np.float32)
    weights = replace(filter_weights, arrays={**filter_weights.arrays, "decode_picture.bias": bias})
    with pytest.raises(ModelError, match=r"decode_picture\.bias .* float16"):
        export_filters(weights, {})
