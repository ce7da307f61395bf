"""The filter network's weights and its styles, as `models/filters.onnx` holds them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from styleplug.errors import FilterError, ModelError
from styleplug.filters.architecture import WEIGHTS
from styleplug.filters.style import FilterStyle
from styleplug.runtime.models import Model
from styleplug.runtime.onnx_format import read_model

Array = NDArray[np.float32]

MODEL = "filters"
"""The model's name in its manifest."""

VECTORS = ("scales", "shifts")
"""The model's arrays of the styles' vectors, (styles, STYLE_SIZE) each."""


@dataclass(frozen=True, eq=False)
class FilterWeights:
    """The network's arrays, float32, by their names in `architecture.WEIGHTS`, and its styles.

    Raises:
        ModelError: an array is missing, isn't of the shape that it must have, or isn't finite.
    """

    arrays: Mapping[str, Array]
    styles: tuple[FilterStyle, ...]

    def __post_init__(self) -> None:
        for name, shape in WEIGHTS.items():
            array = self.arrays.get(name)
            if array is None or array.shape != shape:
                found = "is missing" if array is None else f"is {array.shape}"
                raise ModelError(MODEL, f"{name} {found}, but must be {shape}")
            if not np.isfinite(array).all():
                raise ModelError(MODEL, f"{name} holds what are no numbers")

    @cached_property
    def network(self) -> str:
        """What tells one network from another; see `network_id`."""
        return network_id(self.arrays)

    def check(self, style: FilterStyle) -> None:
        """Make sure that a style is one for this network.

        Raises:
            FilterError: it is of another.
        """
        if style.network != self.network:
            raise FilterError(
                style.name, "was made for another version of the filter network; learn it again"
            )


def network_id(arrays: Mapping[str, Array]) -> str:
    """16 hexadecimal digits of the SHA-256 over a network's weights, rounded to float16.

    The rounding is that of the stored model, so that weights have one name before and after.
    """
    digest = hashlib.sha256()
    with np.errstate(over="ignore"):
        for name in sorted(WEIGHTS):
            digest.update(np.ascontiguousarray(arrays[name], "<f2").tobytes())
    return digest.hexdigest()[:16]


def load_weights(model: Model) -> FilterWeights:
    """The weights and styles of a model that `export_filters` wrote.

    Raises:
        ModelError: it can't be read, is damaged, or is no such model.
    """
    data = model.read()
    try:
        stored, metadata = read_model(data)
        arrays = {
            name: array.astype(np.float32)
            for name, array in stored.items()
            if name in {*WEIGHTS, *VECTORS}
        }
        scales, shifts = (arrays.pop(name) for name in VECTORS)
        styles = zip(json.loads(metadata["styles"]), scales, shifts, strict=True)
        return FilterWeights(
            arrays,
            tuple(
                FilterStyle(about["name"], about["description"], scale, shift, metadata["network"])
                for about, scale, shift in styles
            ),
        )
    except (KeyError, TypeError, ValueError, RecursionError, FilterError) as error:
        raise ModelError(model.name, f"is no filter network of styleplug's ({error})") from error
