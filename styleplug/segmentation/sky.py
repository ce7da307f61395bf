"""Where the sky is: what can be reached from the upper edge without crossing one, and looks alike.

No network: sky is smooth, lies above all else, and is bright or blue. The border is sought as in
Shen and Wang 2013, "Sky Region Detection in a Single Image for Autonomous Ground Robot Navigation",
by the threshold that parts the picture into the two most even halves; then colours and edges decide
in turns, as in Rother, Kolmogorov and Blake 2004, "GrabCut", with the quadratic energy of Grady
2006, "Random Walks for Image Segmentation", in the place of its cut.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from styleplug.image.luma import luma
from styleplug.image.resize import fitted

Array = NDArray[np.float32]

_SIDE = 320
"""The longest side, in pixels, that is looked at."""
_THRESHOLDS = 40
_ROUNDS = 3
_BINS = 16
"""Of each channel, in the histograms of colours."""
_LEAST = 0.03
"""The part of the picture that a sky has at least."""
_EDGE = 0.03
"""A difference of neighbours, in levels of 0 to 1 over three channels, that parts them."""
_GRADUAL = 0.03
"""What of such a difference is none yet, but sky that grows lighter, or grain."""
_TRUST = 0.05
"""How much a pixel's colour says, relative to a neighbour of the same colour."""
_STEPS = 200
_SMOOTHER = 0.55
"""A sky's neighbours differ by less than this part of what others do."""


def sky_share(pixels: Array) -> Array | None:
    """How much of each place is sky.

    Args:
        pixels: (H, W, 3) float32, sRGB in [0, 1].

    Returns:
        (h, w) float32 in [0, 1], of the picture's shape and at most 320 pixels long; None where no
        sky is found.
    """
    small = fitted(pixels, min(_SIDE, max(pixels.shape[:2])))
    far = _distances(small)
    sky = _most_even(small, far)
    if sky is None:
        return None
    share = sky.astype(np.float32)
    weights = _likeness(small)
    for _ in range(_ROUNDS):
        odds = _colour_odds(small, share) + _nearness(far, share)
        share = _walked(odds, weights, share)
        if share.mean() < _LEAST:
            return None
    return share if _is_smoother(small, share) else None


def _distances(pixels: Array) -> Array:
    """How much of an edge has to be crossed at least from the sky's seeds to each place."""
    down, across = (
        (np.abs(np.diff(pixels, axis=axis)).sum(axis=2) - _GRADUAL).clip(0, None) for axis in (0, 1)
    )
    far = np.full(pixels.shape[:2], np.inf)
    far[0, _seeds(pixels)] = 0
    along = np.concatenate([np.zeros((len(far), 1)), across.cumsum(axis=1)], axis=1)
    for _ in range(2):
        for rows, steps in ((range(len(far)), down), (range(len(far))[::-1], down[::-1])):
            before = None
            for step, row in enumerate(rows):
                if before is not None:
                    far[row] = np.minimum(far[row], far[before] + steps[step - 1])
                far[row] = _spread(far[row], along[row])
                before = row
    return far.astype(np.float32)


def _spread(far: NDArray[np.float64], along: NDArray[np.float64]) -> NDArray[np.float64]:
    """Distances in a row, once steps within it are allowed; `along` is the sum of their lengths."""
    right = np.minimum.accumulate(far - along) + along
    left = np.minimum.accumulate((far + along)[::-1])[::-1] - along
    return np.minimum(right, left)


def _seeds(pixels: Array) -> NDArray[np.bool_]:
    """Which places of the upper edge may be sky: the bright ones, and those that are blue."""
    strip = pixels[: max(2, len(pixels) // 20)].mean(axis=0)
    light = luma(pixels)
    bright = luma(strip) >= np.quantile(light, 0.6)
    red, green, blue = strip.T
    is_blue = (blue > red + 0.03) & (blue >= green - 0.02)
    seeds: NDArray[np.bool_] = bright | is_blue
    return seeds


def _most_even(pixels: Array, far: Array) -> NDArray[np.bool_] | None:
    """The sky by the threshold of distances that leaves sky and ground most even in colour."""
    finite = far[np.isfinite(far)]
    if not finite.size:
        return None
    best, least = None, np.inf
    for threshold in np.quantile(finite, np.linspace(0.02, 0.98, _THRESHOLDS)):
        sky = far <= threshold
        if not _LEAST <= sky.mean() <= 1 - _LEAST:
            continue
        energy = 2 * _spread_of(pixels[sky]) + _spread_of(pixels[~sky])
        if energy < least:
            best, least = sky, energy
    return best


def _spread_of(colours: Array) -> float:
    """How much colours differ: their covariance's determinant, and its largest eigenvalue."""
    values = np.linalg.eigvalsh(np.cov(colours.T) + 1e-6 * np.eye(3)) * 255**2
    return float(values.prod() + values[-1])


def _colour_odds(pixels: Array, share: Array) -> Array:
    """Of each place the logarithm of how much likelier its colour is in the sky than elsewhere."""
    level = (pixels * (_BINS - 1)).round().astype(int)
    index = (level[..., 0] * _BINS + level[..., 1]) * _BINS + level[..., 2]
    sky, ground = (
        _frequencies(np.bincount(index.ravel(), part.ravel(), _BINS**3).astype(np.float64))
        for part in (share, 1 - share)
    )
    odds: Array = np.log(sky / ground).ravel()[index].astype(np.float32)
    return odds.clip(-4, 4)


def _frequencies(counts: NDArray[np.float64]) -> NDArray[np.float64]:
    """Of colours, by their counts, smoothed over neighbouring bins by binomial weights of
    (1, 2, 1); none is quite impossible."""
    total = max(float(counts.sum()), 1.0)
    counts = counts.reshape((_BINS,) * 3)
    for axis in range(3):
        padded = np.moveaxis(np.pad(counts, [(int(i == axis),) * 2 for i in range(3)]), axis, 0)
        counts = np.moveaxis((padded[:-2] + 2 * padded[1:-1] + padded[2:]) / 4, 0, axis)
    return counts / total + 1e-4 / _BINS


def _is_smoother(pixels: Array, share: Array) -> bool:
    """Whether the sky has much less of structure than the rest."""
    steps = np.abs(np.diff(pixels, axis=0)).sum(axis=2)
    sky = share[1:]
    inside, outside = (np.average(steps, weights=part + 1e-6) for part in (sky, 1 - sky))
    return bool(inside < _SMOOTHER * outside)


def _nearness(far: Array, share: Array) -> Array:
    """What a place has in its favour that few edges part from the upper one, and the more against
    it the more do, whatever its colour."""
    inside = far[share > 0.5]
    usual = max(float(np.quantile(inside, 0.9)) if inside.size else 0.0, _EDGE)
    return (2 * (1 - far / usual)).clip(-3.5, 2)


def _likeness(pixels: Array) -> tuple[Array, Array]:
    """How alike neighbours are, down and across, in (0, 1]."""
    steps = (np.abs(np.diff(pixels, axis=axis)).sum(axis=2) for axis in (0, 1))
    down, across = (1e-3 + np.exp(-((step / _EDGE) ** 2) / 2) for step in steps)
    return down, across


def _walked(odds: Array, weights: tuple[Array, Array], start: Array) -> Array:
    """The shares that neighbours which are alike have in common, drawn to what the odds say."""
    trust: Array = np.float32(_TRUST) * np.abs(odds)

    def applied(x: Array) -> Array:
        found = trust * x
        flow = weights[0] * np.diff(x, axis=0)
        found[:-1] -= flow
        found[1:] += flow
        flow = weights[1] * np.diff(x, axis=1)
        found[:, :-1] -= flow
        found[:, 1:] += flow
        return found

    x = start.copy()
    rest: Array = trust * (odds > 0).astype(np.float32) - applied(x)
    direction, length = rest.copy(), float((rest * rest).sum())
    for _ in range(_STEPS):
        if length < 1e-6:
            break
        image = applied(direction)
        step = length / float((direction * image).sum())
        x += step * direction
        rest -= step * image
        before, length = length, float((rest * rest).sum())
        direction = rest + length / before * direction
    return x.clip(0, 1)
