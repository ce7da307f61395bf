"""The PyTorch mirror gives what the ONNX encoder gives, layer by layer."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from styleplug.errors import ConfigError, LayerNotFoundError, ModelIntegrityError
from styleplug.runtime.models import Model
from styleplug.vgg.encoder import Encoder
from styleplug.vgg.export import export_onnx
from styleplug.vgg.layers import VGG19
from styleplug.vgg.mirror import TorchVGG, torch_device

MakePicture = Callable[..., NDArray[np.float32]]


def assert_parity(model: Model, picture: NDArray[np.float32], pooling: str) -> None:
    encoder = Encoder(model, pooling=pooling, device="cpu")
    layers = encoder.architecture.layers
    expected = encoder.features(picture, layers)
    with torch.no_grad():
        found = TorchVGG(model, pooling=pooling, device="cpu")(torch.tensor(picture), layers)
    for layer in layers:
        error = np.linalg.norm(found[layer].numpy() - expected[layer])
        assert error <= 1e-4 * np.linalg.norm(expected[layer]), layer


@pytest.mark.parametrize("pooling", ["max", "avg"])
@pytest.mark.parametrize("shape", [(64, 64), (37, 53), (16, 71), (17, 16)])
def test_tiny_network(
    tiny_model: Model, make_picture: MakePicture, shape: tuple[int, int], pooling: str
) -> None:
    assert_parity(tiny_model, make_picture(*shape), pooling)


@pytest.mark.parametrize("pooling", ["max", "avg"])
def test_vgg16(real_model: Model, make_picture: MakePicture, pooling: str) -> None:
    assert_parity(real_model, make_picture(75, 101), pooling)


@pytest.mark.slow
def test_vgg19(
    random_weights: Callable[..., dict[str, NDArray[np.float32]]],
    model_file: Callable[..., Model],
    make_picture: MakePicture,
) -> None:
    mean = np.array([0.485, 0.456, 0.406], np.float32)
    data = export_onnx(VGG19, mean, random_weights(VGG19), metadata={"source": "a test"})
    assert_parity(model_file(data, "vgg19"), make_picture(75, 101), "max")


def test_bfloat16_is_near(real_model: Model, make_picture: MakePicture) -> None:
    picture, layers = make_picture(75, 101), ["relu1_1", "relu3_1", "relu5_1"]
    expected = Encoder(real_model, device="cpu").features(picture, layers)
    mirror = TorchVGG(real_model, device="cpu", precision="bfloat16")
    with torch.no_grad():
        found = mirror(torch.tensor(picture), layers)
    for layer in layers:
        assert found[layer].dtype == torch.bfloat16
        error = np.linalg.norm(found[layer].float().numpy() - expected[layer])
        assert error <= 1e-2 * np.linalg.norm(expected[layer]), layer


def test_the_mirror_stops_at_the_deepest_layer(
    tiny_model: Model, make_picture: MakePicture
) -> None:
    mirror = TorchVGG(tiny_model, device="cpu")
    features = mirror(torch.tensor(make_picture(16, 16)), ["relu2_1"])
    assert list(features) == ["relu2_1"]
    with pytest.raises(LayerNotFoundError, match="relu9_9"):
        mirror(torch.tensor(make_picture(16, 16)), ["relu9_9"])


def test_weights_are_frozen(tiny_model: Model) -> None:
    assert not list(TorchVGG(tiny_model, device="cpu").parameters())


def test_a_damaged_file_is_never_loaded(tiny_model: Model) -> None:
    wrong = Model("tiny", tiny_model.path, "0" * 64, tiny_model.size, "", "", "")
    with pytest.raises(ModelIntegrityError):
        TorchVGG(wrong, device="cpu")


def test_devices() -> None:
    assert torch_device("cpu").type == "cpu"
    assert torch_device("openvino").type == "cpu"
    missing = f"cuda:{torch.cuda.device_count()}"
    with pytest.raises(ConfigError, match="device"):
        torch_device(missing)


def test_half_precision_is_for_gpus(tiny_model: Model) -> None:
    with pytest.raises(ConfigError, match="precision"):
        TorchVGG(tiny_model, device="cpu", precision="float16")


@pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA or ROCm device here")
@pytest.mark.parametrize("precision", ["float32", "float16"])
def test_cuda(real_model: Model, make_picture: MakePicture, precision: str) -> None:
    picture = torch.tensor(make_picture(75, 101))
    with torch.no_grad():
        expected = TorchVGG(real_model, device="cpu")(picture, ["relu4_2"])["relu4_2"]
        mirror = TorchVGG(real_model, device="cuda", precision=precision)
        found = mirror(picture.cuda(), ["relu4_2"])["relu4_2"].cpu()
    error = (found - expected).norm() / expected.norm()
    assert error < {"float32": 1e-3, "float16": 1e-2}[precision]


def test_a_torch_that_cant_be_loaded_is_not_told_as_missing(tmp_path: Path) -> None:
    (tmp_path / "torch.py").write_text("raise OSError('c10.dll')")
    code = f"import sys; sys.path.insert(0, {str(tmp_path)!r}); import styleplug.vgg.mirror"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert "MissingDependencyError: torch can't be loaded (c10.dll)" in done.stderr
