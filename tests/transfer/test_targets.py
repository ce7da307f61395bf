"""The targets: from ONNX Runtime alone."""

import subprocess
import sys
from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

from styleplug.runtime.models import Model
from styleplug.transfer.scene import ContentImage, StyleImage
from styleplug.transfer.targets import Targets, compute_targets
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
from styleplug.runtime.models import Model
from styleplug.transfer.scene import ContentImage, StyleImage
from styleplug.transfer.targets import compute_targets
from styleplug.vgg.encoder import Encoder
name, path, sha256, size = sys.argv[1:]
encoder = Encoder(Model(name, Path(path), sha256, int(size), "", "", ""), device="cpu")
picture = np.full((32, 40, 3), 0.5, np.float32), np.eye(32, 40, dtype=np.float32)
pictures = ContentImage(*picture), [StyleImage(*picture)]
targets = compute_targets(encoder, *pictures, ["relu4_2"], ["relu1_1", "relu5_1"])
print(*([target.layer for target in found] for found in targets.by_term.values()))
"""


def targets_of(
    encoder: Encoder,
    photograph: NDArray[np.float32],
    paintings: list[StyleImage],
    style_layers: list[str],
    alpha: NDArray[np.float32] | None = None,
    regions: tuple[NDArray[np.float32], ...] = (),
) -> Targets:
    content = ContentImage(as_pixels(photograph), alpha, regions=regions)
    return compute_targets(encoder, content, paintings, ["relu2_2"], style_layers)


def test_targets_need_no_torch(tiny_model: Model) -> None:
    model = [tiny_model.name, str(tiny_model.path), tiny_model.sha256, str(tiny_model.size)]
    run = subprocess.run(
        [sys.executable, "-c", WITHOUT_TORCH, *model], capture_output=True, text=True, check=False
    )
    assert run.stdout == "['relu4_2'] ['relu1_1', 'relu5_1']\n", run.stderr


def test_several_paintings_count_by_their_weights(
    tiny_model: Model, make_picture: MakePicture
) -> None:
    encoder = Encoder(tiny_model, device="cpu")
    photograph = make_picture(40, 32)
    one, other = (as_pixels(make_picture(40, 32, seed)) for seed in (1, 2))
    mixes = [
        [StyleImage(one)],
        [StyleImage(other)],
        [StyleImage(one), StyleImage(other)],
        [StyleImage(one, weight=3), StyleImage(other, weight=1)],
    ]
    grams = [
        targets_of(encoder, photograph, mix, ["relu3_1"]).by_term[StyleTerm][0].values
        for mix in mixes
    ]
    np.testing.assert_allclose(grams[2], (grams[0] + grams[1]) / 2, rtol=1e-5)
    np.testing.assert_allclose(grams[3], 0.75 * grams[0] + 0.25 * grams[1], rtol=1e-5)
    assert not np.allclose(grams[0], grams[1], rtol=0.01)


def test_paintings_count_at_their_depth_alone(tiny_model: Model, make_picture: MakePicture) -> None:
    encoder = Encoder(tiny_model, device="cpu")
    photograph, layers = make_picture(40, 32), ["relu1_1", "relu2_1", "relu3_1", "relu4_1"]
    one, other = (as_pixels(make_picture(40, 32, seed)) for seed in (1, 2))
    mix = [StyleImage(one, depth="fine"), StyleImage(other, depth="coarse")]
    found = targets_of(encoder, photograph, mix, layers).by_term[StyleTerm]
    plain = [
        {target.layer: target.values for target in each}
        for each in (
            targets_of(encoder, photograph, [StyleImage(painting)], layers).by_term[StyleTerm]
            for painting in (one, other)
        )
    ]
    for target, of_one in zip(found, [0, 0, 1, 1], strict=True):
        np.testing.assert_allclose(target.values, plain[of_one][target.layer], rtol=1e-6)


def test_each_region_has_its_own_target_and_guide(
    tiny_model: Model, make_picture: MakePicture
) -> None:
    encoder = Encoder(tiny_model, device="cpu")
    alpha = np.tri(40, 32, 9, dtype=np.float32)
    left = np.linspace(1, 0, 32, dtype=np.float32) ** 2 * alpha
    one, other = (as_pixels(make_picture(40, 32, seed)) for seed in (1, 2))
    paintings = [StyleImage(one, region=1), StyleImage(other, region=0)]
    photograph = make_picture(40, 32)
    targets = targets_of(encoder, photograph, paintings, ["relu2_1"], alpha, (left, alpha - left))
    of_other, of_one = targets.by_term[StyleTerm]
    for target, painting, region in ((of_one, one, alpha - left), (of_other, other, left)):
        [alone] = targets_of(encoder, photograph, [StyleImage(painting)], ["relu2_1"]).by_term[
            StyleTerm
        ]
        np.testing.assert_array_equal(target.values, alone.values)
        assert target.share == pytest.approx(region.sum() / alpha.sum(), rel=1e-5)
        # Together with what is seen, a guide leaves the features of its region alone.
        assert target.guide is not None
        counted = target.guide * targets.weights["relu2_1"]
        np.testing.assert_allclose(counted, feature_weights(region, "relu2_1"), atol=1e-4)
    [content] = targets.by_term[ContentTerm]
    assert content.guide is None


def test_content_target_is_the_photograph_s_own(
    tiny_model: Model, make_picture: MakePicture
) -> None:
    encoder = Encoder(tiny_model, device="cpu")
    picture = make_picture(33, 47)
    targets = targets_of(encoder, picture, [StyleImage(as_pixels(picture))], ["relu1_1"])
    [found] = targets.by_term[ContentTerm]
    np.testing.assert_array_equal(found.values, encoder.features(picture, ["relu2_2"])["relu2_2"])
    assert found.values.shape[2:] == (16, 23)


@pytest.mark.parametrize("alpha", [None, np.tri(33, 47, 5, dtype=np.float32)])
def test_what_is_seen_of_the_pictures_counts(
    tiny_model: Model, make_picture: MakePicture, alpha: NDArray[np.float32] | None
) -> None:
    encoder = Encoder(tiny_model, device="cpu")
    picture = make_picture(33, 47)
    painting = StyleImage(as_pixels(picture), alpha)
    targets = targets_of(encoder, picture, [painting], ["relu1_1"], alpha)
    [content], [style] = targets.by_term[ContentTerm], targets.by_term[StyleTerm]
    features = encoder.features(picture, ["relu2_2"])["relu2_2"]
    expected = encoder.gram_matrices(picture, ["relu1_1"], alpha)["relu1_1"]
    np.testing.assert_array_equal(style.values, expected)
    assert (style.share, style.guide) == (1, None)
    assert targets.alpha is alpha
    if alpha is None:
        assert targets.weights == {}
        np.testing.assert_array_equal(content.values, features)
    else:
        assert set(targets.weights) == {"relu2_2", "relu1_1"}
        weights = feature_weights(alpha, "relu2_2")
        np.testing.assert_array_equal(content.values, features * weights)
