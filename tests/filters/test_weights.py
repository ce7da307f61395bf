"""The network's weights and styles come back out of the model that they were written to."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from styleplug.errors import FilterError, ModelError
from styleplug.filters.training.export import export_filters
from styleplug.filters.weights import FilterWeights, load_weights, network_id
from styleplug.runtime.models import Model, find_model


def test_a_model_holds_the_weights(
    filter_weights: FilterWeights, model_file: Callable[..., Model]
) -> None:
    found = load_weights(model_file(export_filters(filter_weights, {}), "filters"))
    assert found.arrays.keys() == filter_weights.arrays.keys()
    for name, array in found.arrays.items():
        np.testing.assert_array_equal(array, filter_weights.arrays[name])
        assert array.dtype == np.float32
    assert found.network == filter_weights.network
    for style, before in zip(found.styles, filter_weights.styles, strict=True):
        assert (style.name, style.description) == (before.name, before.description)
        assert style.network == found.network
        np.testing.assert_array_equal(style.scale, before.scale)
        np.testing.assert_array_equal(style.shift, before.shift)


def test_another_network_goes_by_another_name(filter_weights: FilterWeights) -> None:
    arrays = dict(filter_weights.arrays)
    arrays["blocks.3.weight"] = arrays["blocks.3.weight"] * np.float32(1.01)
    assert network_id(arrays) != filter_weights.network
    assert len(network_id(arrays)) == 16


def test_what_is_no_filter_network_is_refused(
    tiny_model: Model, filter_weights: FilterWeights, model_file: Callable[..., Model]
) -> None:
    with pytest.raises(ModelError, match="tiny: is no filter network"):
        load_weights(tiny_model)
    with pytest.raises(ModelError, match="filters: is no filter network"):
        load_weights(model_file(b"nothing", "filters"))
    with pytest.raises(ModelError, match=r"blocks\.0\.weight is missing"):
        replace(filter_weights, arrays={**filter_weights.arrays, "blocks.0.weight": None})
    bias = np.zeros(4, np.float32)
    with pytest.raises(ModelError, match=r"decode_picture\.bias is \(4,\), but must be \(3,\)"):
        replace(filter_weights, arrays={**filter_weights.arrays, "decode_picture.bias": bias})


def test_a_style_of_another_network_is_refused(filter_weights: FilterWeights) -> None:
    style = filter_weights.styles[0]
    filter_weights.check(style)
    with pytest.raises(FilterError, match=r"filter dots: .*learn it again"):
        filter_weights.check(replace(style, network="0" * 16))


def test_the_shipped_model_has_styles() -> None:
    weights = load_weights(find_model("filters"))
    assert len({style.name for style in weights.styles}) >= 8
    assert all(style.description for style in weights.styles)
