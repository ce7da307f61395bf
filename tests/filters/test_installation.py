"""A network of one's own in the place of the bundled one."""

import pytest
from random_filters import random_filters

from styleplug.errors import ModelError
from styleplug.filters.installation import install_filters
from styleplug.filters.training.export import export_filters
from styleplug.filters.weights import load_weights
from styleplug.runtime.models import find_model, user_models_folder


def test_it_is_used_from_then_on(tmp_path):
    weights = random_filters("wave", "ember")
    file = tmp_path / "mine.onnx"
    file.write_bytes(export_filters(weights, {}))
    install_filters(file)
    found = find_model("filters")
    assert found.path.parent == user_models_folder()
    assert found.source == str(file)
    assert load_weights(found).network == weights.network


@pytest.mark.parametrize("content", [None, b"", b"no network"])
def test_what_is_none_is_refused(content, tmp_path):
    file = tmp_path / "mine.onnx"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(ModelError, match="filters"):
        install_filters(file)
    assert not user_models_folder().exists()


def test_another_network_is_refused(tiny_model):
    with pytest.raises(ModelError, match="no filter network"):
        install_filters(tiny_model.path)
