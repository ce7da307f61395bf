from __future__ import annotations

import numpy as np
import onnx
import pytest

from styleplug.errors import (
    ConfigError,
    LayerNotFoundError,
    ModelIntegrityError,
    UnsupportedImageError,
)
from styleplug.vgg import encoder as encoder_module
from styleplug.vgg.encoder import Encoder
from styleplug.vgg.weights import load_weights

STYLE_LAYERS = [f"relu{block}_1" for block in range(1, 6)]


@pytest.fixture
def opened(monkeypatch) -> list[bytes]:
    """The models that sessions have been opened for."""
    models: list[bytes] = []
    open_session = encoder_module.open_session

    def spy(data, device):
        models.append(data)
        return open_session(data, device)

    monkeypatch.setattr(encoder_module, "open_session", spy)
    return models


@pytest.mark.parametrize("pooling", ["max", "avg"])
@pytest.mark.parametrize("size", [(16, 16), (37, 53), (64, 31), (101, 48)])
def test_features_are_those_of_plain_pytorch(
    tiny_model, reference_features, relative_error, make_picture, pooling, size
) -> None:
    architecture, mean, weights = load_weights(tiny_model)
    picture = make_picture(*size)
    centred = picture - mean.reshape(1, 3, 1, 1)
    expected = reference_features(architecture, weights, centred, pooling)
    actual = Encoder(tiny_model, pooling=pooling).features(picture, architecture.layers)
    assert list(actual) == list(architecture.layers)
    for layer, features in actual.items():
        assert features.dtype == np.float32
        assert relative_error(features, expected[layer]) < 1e-5


@pytest.mark.parametrize("pooling", ["max", "avg"])
def test_features_of_the_real_network_are_those_of_plain_pytorch(
    real_model, reference_features, relative_error, make_picture, pooling
) -> None:
    architecture, mean, weights = load_weights(real_model)
    picture = make_picture(45, 67)
    centred = picture - mean.reshape(1, 3, 1, 1)
    expected = reference_features(architecture, weights, centred, pooling)
    actual = Encoder(real_model, pooling=pooling).features(picture, STYLE_LAYERS)
    for layer, features in actual.items():
        assert relative_error(features, expected[layer]) < 1e-5


def test_pictures_of_a_batch_dont_touch_each_other(tiny_model, make_picture) -> None:
    first, second = make_picture(32, 24, seed=1), make_picture(32, 24, seed=2)
    encoder = Encoder(tiny_model)
    both = encoder.features(np.concatenate([first, second]), ["relu3_1"])["relu3_1"]
    alone = encoder.features(second, ["relu3_1"])["relu3_1"]
    np.testing.assert_allclose(both[1:], alone, rtol=1e-5, atol=1e-6)


def test_a_session_has_only_what_its_layers_need(tiny_model, make_picture, opened) -> None:
    Encoder(tiny_model).features(make_picture(16, 16), ["relu1_1"])
    names = {tensor.name for tensor in onnx.load_from_string(opened[0]).graph.initializer}
    assert names == {"mean", "conv1_1.weight", "conv1_1.bias"}


def test_sessions_are_opened_when_needed_and_kept(tiny_model, make_picture, opened) -> None:
    encoder = Encoder(tiny_model)
    assert not opened
    encoder.features(make_picture(16, 16), ["relu1_1", "relu2_1"])
    encoder.features(make_picture(20, 30), ("relu2_1", "relu1_1"))
    assert len(opened) == 1
    encoder.features(make_picture(16, 16), ["relu2_1"])
    assert len(opened) == 2


def test_after_a_rest_sessions_are_opened_anew(tiny_model, make_picture, opened) -> None:
    encoder = Encoder(tiny_model)
    before = encoder.features(make_picture(16, 16), ["relu2_1"])
    encoder.release()
    after = encoder.features(make_picture(16, 16), ["relu2_1"])
    assert len(opened) == 2
    np.testing.assert_array_equal(after["relu2_1"], before["relu2_1"])


def test_gram_matrices_follow_their_definition(tiny_model, make_picture) -> None:
    picture = make_picture(39, 50)
    encoder = Encoder(tiny_model)
    features = encoder.features(picture, STYLE_LAYERS)
    grams = encoder.gram_matrices(picture, STYLE_LAYERS)
    assert list(grams) == STYLE_LAYERS
    for layer, gram in grams.items():
        assert gram.dtype == np.float32
        matrix = features[layer][0].reshape(gram.shape[0], -1).astype(np.float64)
        np.testing.assert_allclose(gram, matrix @ matrix.T / matrix.size, rtol=1e-5)


def test_gram_matrices_seen_before_need_no_session(tiny_model, make_picture, opened) -> None:
    picture = make_picture(39, 50)
    first = Encoder(tiny_model).gram_matrices(picture, STYLE_LAYERS)
    second = Encoder(tiny_model).gram_matrices(picture.copy(), reversed(STYLE_LAYERS))
    assert len(opened) == 1
    assert list(second) == STYLE_LAYERS
    for layer in STYLE_LAYERS:
        np.testing.assert_array_equal(first[layer], second[layer])


def test_other_pictures_poolings_and_layers_are_not_confused(
    tiny_model, make_picture, opened
) -> None:
    picture = make_picture(32, 32)
    max_gram = Encoder(tiny_model).gram_matrices(picture, ["relu3_1"])["relu3_1"]
    avg_gram = Encoder(tiny_model, pooling="avg").gram_matrices(picture, ["relu3_1"])["relu3_1"]
    Encoder(tiny_model).gram_matrices(picture, ["relu2_1"])
    Encoder(tiny_model).gram_matrices(make_picture(32, 32, seed=9), ["relu3_1"])
    assert len(opened) == 4
    assert not np.allclose(max_gram, avg_gram)


def test_what_is_seen_makes_another_entry(tiny_model, make_picture, opened) -> None:
    picture = make_picture(32, 32)
    alphas = [None, np.eye(32, dtype=np.float32), np.tri(32, dtype=np.float32)]
    grams = [Encoder(tiny_model).gram_matrices(picture, ["relu3_1"], alpha) for alpha in alphas]
    again = [Encoder(tiny_model).gram_matrices(picture, ["relu3_1"], alpha) for alpha in alphas]
    assert len(opened) == 3
    for first, second in zip(grams, again, strict=True):
        np.testing.assert_array_equal(first["relu3_1"], second["relu3_1"])
    assert len({gram["relu3_1"].tobytes() for gram in grams}) == 3


def test_an_opaque_picture_needs_no_weights(tiny_model, make_picture, opened) -> None:
    Encoder(tiny_model).gram_matrices(make_picture(16, 16), ["relu1_1", "relu2_1"])
    graph = onnx.load_from_string(opened[0]).graph
    assert [entry.name for entry in graph.input] == ["image"]


def test_a_cache_that_cant_be_written_is_done_without(
    tiny_model, make_picture, tmp_path, monkeypatch
) -> None:
    (tmp_path / "file").write_text("not a folder")
    monkeypatch.setenv("STYLEPLUG_CACHE_DIR", str(tmp_path / "file"))
    picture = make_picture(32, 32)
    first, second = (Encoder(tiny_model).gram_matrices(picture, ["relu1_1"]) for _ in range(2))
    np.testing.assert_array_equal(first["relu1_1"], second["relu1_1"])


def test_the_provider_is_the_one_that_runs(tiny_model, make_picture) -> None:
    encoder = Encoder(tiny_model, device="cpu")
    assert encoder.provider == "CPUExecutionProvider"
    encoder.features(make_picture(16, 16), ["relu1_1"])
    assert encoder.provider == "CPUExecutionProvider"


@pytest.mark.parametrize("shape", [(1, 3, 15, 64), (1, 3, 64, 15), (3, 64, 64), (1, 4, 64, 64)])
def test_pictures_that_the_network_cant_take_are_refused(tiny_model, shape) -> None:
    with pytest.raises(UnsupportedImageError):
        Encoder(tiny_model).features(np.zeros(shape, np.float32), ["relu1_1"])


def test_gram_matrices_are_of_one_picture(tiny_model) -> None:
    with pytest.raises(UnsupportedImageError, match="one picture"):
        Encoder(tiny_model).gram_matrices(np.zeros((2, 3, 16, 16), np.float32), ["relu1_1"])


def test_unknown_layers_and_poolings_are_refused(tiny_model, make_picture) -> None:
    with pytest.raises(LayerNotFoundError, match="relu5_3"):
        Encoder(tiny_model).features(make_picture(16, 16), ["relu5_4"])
    with pytest.raises(ConfigError, match="max, avg"):
        Encoder(tiny_model, pooling="min")


def test_a_file_that_was_exchanged_is_never_loaded(tiny_model, model_file, opened) -> None:
    model = model_file(tiny_model.read())
    data = bytearray(model.path.read_bytes())
    data[len(data) // 2] ^= 1
    model.path.write_bytes(data)
    with pytest.raises(ModelIntegrityError):
        Encoder(model)
    assert not opened


def test_real_pictures_have_finite_gram_matrices(real_model, shared_images) -> None:
    from PIL import Image

    image = Image.open(shared_images / "style" / "starry_night.jpg").convert("RGB")
    image.thumbnail((256, 256))
    picture = np.asarray(image, np.float32).transpose(2, 0, 1)[None] / 255
    grams = Encoder(real_model).gram_matrices(picture, STYLE_LAYERS)
    assert all(np.isfinite(gram).all() for gram in grams.values())
    assert all((np.diag(gram) >= 0).all() for gram in grams.values())
