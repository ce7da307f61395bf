"""Reading a model file of ours: its layers and its weights."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from styleplug.errors import ModelError
from styleplug.runtime.models import Model
from styleplug.runtime.onnx_format import read_model
from styleplug.vgg.layers import Architecture


class Weights(NamedTuple):
    """A network's layers, the mean of its pictures, (3,), RGB in [0, 1], and its weights.

    Of each convolution there are the arrays "NAME.weight" (out, in, 3, 3) and "NAME.bias" (out,).
    """

    architecture: Architecture
    mean: NDArray[np.float32]
    arrays: Mapping[str, NDArray[Any]]


def load_weights(model: Model) -> Weights:
    """A network's layers, mean and weights, all float32.

    Raises:
        ModelError: it is no model that `export_onnx` wrote.
    """
    architecture, mean, arrays = load_stored_weights(model)
    return Weights(
        architecture, mean, {name: array.astype(np.float32) for name, array in arrays.items()}
    )


def load_stored_weights(model: Model) -> Weights:
    """As `load_weights`, but with the weights in the precision in which the file has them."""
    try:
        arrays, metadata = read_model(model.read())
        mean = arrays.pop("mean").reshape(3)
        return Weights(_architecture(arrays, metadata), mean, arrays)
    except (KeyError, ValueError) as error:
        raise ModelError(
            model.name, f"is no VGG network that styleplug exported ({error})"
        ) from error


def _architecture(arrays: Mapping[str, NDArray[Any]], metadata: Mapping[str, str]) -> Architecture:
    """The layers: name from the metadata, depths and widths from the weights."""
    widths: dict[int, int] = {}
    depths: dict[int, int] = {}
    for name, array in arrays.items():
        if name.endswith(".weight"):
            block = int(name.removeprefix("conv").split("_")[0])
            widths[block] = array.shape[0]
            depths[block] = depths.get(block, 0) + 1
    blocks = sorted(widths)
    return Architecture(
        metadata.get("architecture", "unnamed"),
        tuple(depths[block] for block in blocks),
        tuple(widths[block] for block in blocks),
    )
