from __future__ import annotations

import pytest

from styleplug.errors import ConfigError, LayerNotFoundError
from styleplug.vgg.layers import ARCHITECTURES, VGG16, VGG19, Architecture


def test_vgg16_has_the_layers_of_the_paper() -> None:
    assert len(VGG16.convolutions) == 13
    assert VGG16.convolutions[0] == ("conv1_1", 3, 64)
    assert VGG16.convolutions[4] == ("conv3_1", 128, 256)
    assert VGG16.convolutions[-1] == ("conv5_3", 512, 512)
    assert VGG16.layers[0] == "relu1_1"
    assert VGG16.layers[-1] == "relu5_3"


def test_vgg19_has_the_layers_of_the_paper() -> None:
    assert len(VGG19.convolutions) == 16
    assert VGG19.layers[-1] == "relu5_4"


def test_architectures_are_found_by_their_names() -> None:
    assert dict(ARCHITECTURES) == {"vgg16": VGG16, "vgg19": VGG19}


def test_widths_can_be_others() -> None:
    assert Architecture("small", (1, 2), (4, 6)).convolutions == (
        ("conv1_1", 3, 4),
        ("conv2_1", 4, 6),
        ("conv2_2", 6, 6),
    )


def test_deepest_is_the_last_in_the_network_whatever_the_order() -> None:
    assert VGG16.deepest(["relu4_2", "relu5_1", "relu1_1"]) == "relu5_1"
    assert VGG16.deepest(iter(["relu3_2", "relu3_3"])) == "relu3_3"


@pytest.mark.parametrize("method", [VGG16.check, VGG16.deepest])
def test_an_unknown_layer_is_named_with_those_there_are(method) -> None:
    with pytest.raises(LayerNotFoundError) as caught:
        method(["relu1_1", "relu5_4"])
    assert caught.value.layer == "relu5_4"
    assert caught.value.allowed == VGG16.layers
    assert "vgg16" in str(caught.value)


@pytest.mark.parametrize("method", [VGG16.check, VGG16.deepest])
def test_no_layers_at_all_are_refused(method) -> None:
    with pytest.raises(ConfigError, match="relu1_1"):
        method([])
