"""The targets: from ONNX Runtime alone."""

import subprocess
import sys
from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

from styleplug.image.picture import Picture
from styleplug.runtime.models import Model
from styleplug.transfer.targets import compute_targets
from styleplug.transfer.terms.content import ContentTerm
from styleplug.transfer.terms.style import StyleTerm
from styleplug.vgg.encoder import Encoder
from styleplug.vgg.masks import feature_weights
from styleplug.vgg.tensors import as_pixels

MakePicture = Callable[..., NDArray[np.float32]]

WITHOUT_TORCH = """
import sys
sys.modules["torch"] = None  # makes any import of it fail
import numpy as np
from pathlib import Path
from styleplug.image.picture import Picture
from styleplug.runtime.models import Model
from styleplug.transfer.targets import compute_targets
from styleplug.vgg.encoder import Encoder
name, path, sha256, size = sys.argv[1:]
encoder = Encoder(Model(name, Path(path), sha256, int(size), "", "", ""), device="cpu")
picture = Picture(np.full((32, 40, 3), 0.5, np.float32), np.eye(32, 40, dtype=np.float32))
targets = compute_targets(encoder, picture, [picture], ["relu4_2"], ["relu1_1", "relu5_1"])
print(*(sorted(by_layer) for by_layer in targets.by_term.values()))
"""


def as_picture(batch: NDArray[np.float32], alpha: NDArray[np.float32] | None = None) -> Picture:
    return Picture(as_pixels(batch), alpha)


def test_targets_need_no_torch(tiny_model: Model) -> None:
    model = [tiny_model.name, str(tiny_model.path), tiny_model.sha256, str(tiny_model.size)]
    run = subprocess.run(
        [sys.executable, "-c", WITHOUT_TORCH, *model], capture_output=True, text=True, check=False
    )
    assert run.stdout == "['relu4_2'] ['relu1_1', 'relu5_1']\n", run.stderr


def test_several_paintings_count_in_equal_parts(
    tiny_model: Model, make_picture: MakePicture
) -> None:
    encoder = Encoder(tiny_model, device="cpu")
    one, other = (as_picture(make_picture(40, 32, seed)) for seed in (1, 2))
    grams = [
        compute_targets(encoder, one, paintings, ["relu4_2"], ["relu3_1"]).by_term[StyleTerm][
            "relu3_1"
        ]
        for paintings in ([one], [other], [one, other])
    ]
    np.testing.assert_allclose(grams[2], (grams[0] + grams[1]) / 2, rtol=1e-5)
    assert not np.allclose(grams[0], grams[1], rtol=0.01)


def test_content_target_is_the_photograph_s_own(
    tiny_model: Model, make_picture: MakePicture
) -> None:
    encoder = Encoder(tiny_model, device="cpu")
    picture = make_picture(33, 47)
    photograph = as_picture(picture)
    targets = compute_targets(encoder, photograph, [photograph], ["relu2_2"], ["relu1_1"])
    expected = encoder.features(picture, ["relu2_2"])["relu2_2"]
    np.testing.assert_array_equal(targets.by_term[ContentTerm]["relu2_2"], expected)
    assert targets.by_term[ContentTerm]["relu2_2"].shape[2:] == (16, 23)


@pytest.mark.parametrize("alpha", [None, np.tri(33, 47, 5, dtype=np.float32)])
def test_what_is_seen_of_the_pictures_counts(
    tiny_model: Model, make_picture: MakePicture, alpha: NDArray[np.float32] | None
) -> None:
    encoder = Encoder(tiny_model, device="cpu")
    picture = as_picture(make_picture(33, 47), alpha)
    targets = compute_targets(encoder, picture, [picture], ["relu2_2"], ["relu1_1"])
    features = encoder.features(make_picture(33, 47), ["relu2_2"])["relu2_2"]
    expected = encoder.gram_matrices(make_picture(33, 47), ["relu1_1"], alpha)["relu1_1"]
    np.testing.assert_array_equal(targets.by_term[StyleTerm]["relu1_1"], expected)
    assert targets.alpha is alpha
    if alpha is None:
        assert targets.weights == {}
        np.testing.assert_array_equal(targets.by_term[ContentTerm]["relu2_2"], features)
    else:
        assert set(targets.weights) == {"relu2_2", "relu1_1"}
        weights = feature_weights(alpha, "relu2_2")
        np.testing.assert_array_equal(targets.by_term[ContentTerm]["relu2_2"], features * weights)
