"""A style of the filter network: two vectors, and the file that holds them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save

from styleplug.errors import ConfigError, FilterError
from styleplug.filters.architecture import STYLE_SIZE
from styleplug.names import is_name
from styleplug.runtime.files import open_regular, write_atomically

Array = NDArray[np.float32]

SUFFIX = ".safetensors"
"""What the name of a style's file ends in."""

LARGEST = 1000
"""A style's largest number; usual ones are a few units, and from 1e19 on all pictures are black."""


@dataclass(frozen=True, eq=False)
class FilterStyle:
    """The scale and the shift of each normalised channel of the filter network.

    Args:
        name: lower-case words joined by hyphens.
        description: a line for people.
        scale: (STYLE_SIZE,) float32.
        shift: (STYLE_SIZE,) float32.
        network: the `FilterWeights.network` that it was trained with; it means nothing to others.

    Raises:
        FilterError: the name is none, or a vector has another shape or holds other numbers than
            those up to `LARGEST`.
    """

    name: str
    description: str
    scale: Array
    shift: Array
    network: str

    def __post_init__(self) -> None:
        if not is_name(self.name):
            raise FilterError(self.name, "its name must be lower-case words joined by hyphens")
        for kind, vector in (("scale", self.scale), ("shift", self.shift)):
            if vector.shape != (STYLE_SIZE,) or not (np.abs(vector) <= LARGEST).all():
                allowed = f"{STYLE_SIZE} numbers from -{LARGEST} to {LARGEST}"
                raise FilterError(self.name, f"its {kind} isn't {allowed}")


def read_style(path: Path) -> FilterStyle:
    """The style in a file that `write_style` wrote.

    Raises:
        FilterError: the file can't be read, or holds no style.
    """
    try:
        open_regular(path).close()
        with safe_open(path, framework="numpy") as file:
            metadata = file.metadata() or {}
            vectors = {kind: _vector(file, kind) for kind in ("scale", "shift")}
        return FilterStyle(
            metadata["name"], metadata["description"], **vectors, network=metadata["network"]
        )
    except OSError as error:
        raise FilterError(str(path), f"can't be read ({error.strerror or error})") from error
    except (SafetensorError, KeyError, FilterError) as error:
        raise FilterError(
            str(path),
            f"holds no style of styleplug's filters ({error});"
            " use a file that `styleplug filters export` or `styleplug learn` wrote",
        ) from error


def _vector(file: Any, kind: str) -> Array:
    """A tensor of a safetensors file; types that NumPy lacks raise all sorts of errors there."""
    if (dtype := file.get_slice(kind).get_dtype()) != "F32":
        raise FilterError(kind, f"is of type {dtype} instead of F32")
    vector: Array = file.get_tensor(kind)
    return vector


def write_style(style: FilterStyle, path: Path) -> None:
    """Write a style to a file of a few kilobytes, whole or not at all, in place of any before.

    Raises:
        FilterError: the place can't be written.
    """
    metadata = {"name": style.name, "description": style.description, "network": style.network}
    data = save({"scale": style.scale, "shift": style.shift}, metadata)
    try:
        write_atomically(path, data)
    except OSError as error:
        raise FilterError(style.name, f"{path} can't be written ({error.strerror})") from error


def mix(styles: Sequence[tuple[FilterStyle, float]]) -> FilterStyle:
    """One style between several: the weighted mean of their vectors, as Dumoulin et al. 2017 do.

    Args:
        styles: one or more, with weights of 0 or more, not all of them 0.

    Raises:
        ConfigError: the weights are none.
        FilterError: the styles are of different networks.
    """
    weights = np.array([weight for _, weight in styles], np.float64)
    if not (np.isfinite(weights).all() and (weights >= 0).all() and weights.sum() > 0):
        given = [weight for _, weight in styles]
        raise ConfigError("filter", given, "weights of 0 or more, one of them above 0")
    weights /= weights.sum()
    first = styles[0][0]
    for style, _ in styles:
        if style.network != first.network:
            raise FilterError(style.name, f"was trained with another network than {first.name}")
    return FilterStyle(
        "-".join(style.name for style, _ in styles),
        " + ".join(style.description for style, _ in styles),
        _mean(weights, [style.scale for style, _ in styles]),
        _mean(weights, [style.shift for style, _ in styles]),
        network=first.network,
    )


def _mean(weights: NDArray[np.float64], vectors: list[Array]) -> Array:
    mean: Array = (weights @ np.stack(vectors)).astype(np.float32)
    return mean
