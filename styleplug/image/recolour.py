"""The colours of a photograph, or of another picture, for what was painted.

After Gatys, Bethge, Hertzmann and Shechtman 2016, "Preserving Color in Neural Artistic Style
Transfer" (https://arxiv.org/abs/1606.05897), with two departures. Where they give the painting the
photograph's colours before the transfer, here the finished picture gets them: that holds for a
filter as well, and no transfer leads away from them again. And of the linear maps that match mean
and covariance this takes the one that changes colours least, that of Monge and Kantorovich (Pitié
and Kokaram 2007, "The Linear Monge-Kantorovitch Linear Colour Mapping").

All of it is done in sRGB's coded values, as the eye sees them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from styleplug.image.luma import recoloured
from styleplug.image.picture import Picture
from styleplug.image.samples import Array
from styleplug.image.transparency import resized_picture

_SAMPLES = 2**19
"""Pixels, at the most, that are enough to know a picture's colours by."""
_QUANTILES = np.linspace(0, 1, 257)
_SMALLEST = 1e-5
"""Added to variances: what has next to no colour isn't made colourful out of its noise."""

Colours = NDArray[np.float64]
"""(N, 3), sRGB."""


def recolour(
    painted: Picture, photograph: Picture, colors: str, strength: float, palette: Picture | None
) -> Array:
    """What was painted, in other colours.

    Args:
        painted: what is seen of it counts.
        photograph: scaled to its size, if it has another.
        colors: "painted", which changes nothing; "luminance", light and dark in the photograph's
            own colours; or "histogram" or "covariance", the colours of the palette all over.
        strength: how much of these colours to take, 0 to 1.
        palette: the picture whose colours to take; None for the photograph.

    Returns:
        (H, W, 3) float32, clipped to [0, 1].
    """
    if colors == "painted":
        return painted.pixels
    if colors == "luminance":
        photograph = resized_picture(photograph, *painted.pixels.shape[:2])
        other = recoloured(painted.pixels, photograph.pixels)
    else:
        match = _MAPS[colors](_colours(painted), _colours(palette or photograph))
        other = match(painted.pixels.reshape(-1, 3)).reshape(painted.pixels.shape)
    image: Array = painted.pixels + np.float32(strength) * (other - painted.pixels)
    return image.clip(0, 1, out=image)


def _covariance_map(found: Colours, wanted: Colours) -> Callable[[Array], Array]:
    """Gives pixels the mean and the covariance of the wanted colours.

    T = S⁻¹ (S W S)¹ᐟ² S⁻¹, of S the root of the covariance that is found, and W the wanted one.
    """
    means = found.mean(0), wanted.mean(0)
    root = _power(_covariance(found), 0.5)
    back = _power(_covariance(found), -0.5)
    matrix = back @ _power(root @ _covariance(wanted) @ root, 0.5) @ back
    offset = means[1] - means[0] @ matrix
    return lambda pixels: pixels @ matrix.astype(np.float32) + offset.astype(np.float32)


def _histogram_map(found: Colours, wanted: Colours) -> Callable[[Array], Array]:
    """Gives pixels the histograms of the wanted colours along their principal axes, after the
    covariance, so that there is little left to do."""
    linear = _covariance_map(found, wanted)
    _, axes = np.linalg.eigh(_covariance(wanted))
    before = linear(found.astype(np.float32)).astype(np.float64) @ axes
    pairs = [_transport(*each) for each in zip(before.T, (wanted @ axes).T, strict=True)]
    turn = axes.astype(np.float32)

    def match(pixels: Array) -> Array:
        turned: Array = linear(pixels) @ turn
        for axis, (one, other) in enumerate(pairs):
            turned[:, axis] = np.interp(turned[:, axis], one, other)
        matched: Array = turned @ turn.T
        return matched

    return match


def _transport(
    found: NDArray[np.float64], wanted: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Values along an axis, and what each becomes; an even surface, the mean of its share."""
    values, share = np.unique(np.quantile(found, _QUANTILES), return_inverse=True)
    sums = np.bincount(share, weights=np.quantile(wanted, _QUANTILES))
    return values, sums / np.bincount(share)


_MAPS: Mapping[str, Callable[[Colours, Colours], Callable[[Array], Array]]] = MappingProxyType(
    {"histogram": _histogram_map, "covariance": _covariance_map}
)


def _colours(picture: Picture) -> Colours:
    """Of pixels of a picture that are seen, evenly spread over it."""
    height, width, _ = picture.pixels.shape
    step = max(1, int(np.ceil((height * width / _SAMPLES) ** 0.5)))
    pixels = picture.pixels[::step, ::step].reshape(-1, 3)
    if picture.alpha is not None:
        alpha = picture.alpha[::step, ::step].ravel()
        pixels = pixels[alpha >= 0.5 * alpha.max()]
    return pixels.astype(np.float64)


def _covariance(colours: Colours) -> NDArray[np.float64]:
    centred = colours - colours.mean(0)
    found: NDArray[np.float64] = centred.T @ centred / len(centred) + _SMALLEST * np.eye(3)
    return found


def _power(matrix: NDArray[np.float64], exponent: float) -> NDArray[np.float64]:
    """Of a symmetric matrix whose eigenvalues are above 0."""
    values, vectors = np.linalg.eigh(matrix)
    power: NDArray[np.float64] = (vectors * values**exponent) @ vectors.T
    return power
