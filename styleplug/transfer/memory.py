"""How each scale is worked on so that it fits into memory: in what tiles, and with what solver.

What is counted are the large things: the network's features of what it sees at a time, the
photograph's features that the loss compares with, and pictures, of which L-BFGS keeps two for each
step that it remembers. The numbers of copies were measured; `tests/transfer/test_memory.py`
holds them to what a process really takes.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from styleplug.errors import OutOfMemoryError
from styleplug.runtime.memory import free_memory, resident_memory
from styleplug.transfer.schedule import Scale
from styleplug.vgg import winograd
from styleplug.vgg.layers import Architecture
from styleplug.vgg.tiles import GRID, Tile, halo, seen_pixels, smallest_window

if TYPE_CHECKING:
    from styleplug.config import StylizeConfig
    from styleplug.transfer.engine import Engine

RELATIVE_COST: Mapping[int, float] = MappingProxyType({20: 1.0, 8: 1.02, 5: 1.04, 3: 1.06, 0: 2.0})
"""By the steps that L-BFGS remembers, 0 for Adam, how much longer the way to the same loss is, as
`tests/benchmarks/solver.py` has it."""
TWO_PASSES = 4 / 3
"""What an evaluation in tiles costs, but for the halos: the network runs forward twice."""
SHARE_OF_FREE_MEMORY = 0.9
"""The most to take of what is free, where nobody said how much; others may want some, too."""

Candidate = TypeVar("Candidate")

PICTURES_IN_STEP = {"lbfgs": 13, "adam": 7}
"""Pictures alive at once while a solver takes a step, beside the two for each step that L-BFGS
remembers; the network's features are gone then."""
_PIXEL = 12
"""Bytes of a pixel."""
_PICTURES_IN_EVALUATION = {"lbfgs": 8, "adam": 6}
"""Likewise during an evaluation: the present one, the best, the gradient with those of smaller
sizes; of L-BFGS, the last picture and gradient, and two that memory in pieces costs; of Adam, its
two means, with which L-BFGS begins as well."""
_RESIZED = 7.5
"""Pictures in the hands of resizing, and of the encoder."""


@dataclass(frozen=True)
class MemoryModel:
    """The memory of a network at work: `fixed` bytes, so many times its weights, and so many times
    all features, up to the deepest layer, of a whole picture or of a window in `tiles`. Weights of
    convolutions that are done in fewer products count by a factor of their own."""

    fixed: float
    weights: float
    fewer_products: float
    features: float
    tiles: float

    def of(
        self,
        architecture: Architecture,
        layers: Sequence[str],
        size: tuple[int, int],
        window: int | None,
    ) -> float:
        """Bytes, for the layers, of a picture of this size as a whole or in windows."""
        seen = size if window is None else (min(size[0], window), min(size[1], window))
        weights = features = 0.0
        for convolution in architecture.up_to(layers):
            _, inputs, outputs = convolution
            height, width = Tile.of(*seen).at(convolution.layer).shape
            fewer = winograd.is_worthwhile((outputs, inputs, 3, 3), height, width)
            weights += 4 * 9 * inputs * outputs * (self.fewer_products if fewer else self.weights)
            features += 4 * outputs * height * width
        return self.fixed + weights + features * (self.features if window is None else self.tiles)


ENCODER = MemoryModel(fixed=170e6, weights=3.5, fewer_products=3.5, features=1.25, tiles=1.4)
"""Of the encoder in ONNX Runtime."""


class Extras(NamedTuple):
    """What a transfer may keep in memory besides what every one does.

    Args:
        preserved: layers of which the photograph's features are kept besides those of its content.
        regions: how many there are.
        others: pictures of other strengths.
    """

    preserved: Sequence[str] = ()
    regions: int = 1
    others: int = 0


NO_EXTRAS = Extras()


def fitted_scales(
    scales: Sequence[Scale],
    paintings: Sequence[tuple[int, int]],
    config: StylizeConfig,
    engine: Engine,
    extras: Extras = NO_EXTRAS,
) -> tuple[Scale, ...]:
    """The scales with the windows and the history that make them as fast as fits.

    Args:
        scales: all of the transfer.
        paintings: the height and width of each at the largest scale.

    Raises:
        OutOfMemoryError: not even the smallest tiles fit; it says what they would need.
    """
    limit, taken = _limit(config, engine)
    estimate = MemoryEstimate(scales, paintings, config, engine, taken, extras)
    encodings = {window: estimate.encoding(window) for window in estimate.windows(estimate.longest)}
    encoding = _first_that_fits(encodings, limit)
    fitted = []
    for number, scale in enumerate(scales):
        candidates = product(estimate.windows(scale.longest), estimate.histories)
        quickest_first = sorted(candidates, key=lambda one: estimate.relative_cost(scale, *one))
        evaluations = {one: estimate.evaluation(number, *one) for one in quickest_first}
        window, history = _first_that_fits(evaluations, limit)
        fitted.append(replace(scale, encoding=encoding, window=window, history=history))
    return tuple(fitted)


def slowdown(scale: Scale, architecture: Architecture, layers: Sequence[str]) -> float:
    """The time of an evaluation in the scale's windows, relative to one of the whole."""
    if scale.window is None:
        return 1.0
    seen = seen_pixels(*scale.shape, scale.window, halo(architecture, layers))
    return TWO_PASSES * seen / scale.pixels


def memory_notes(scales: Sequence[Scale], config: StylizeConfig) -> tuple[str, ...]:
    """Lines that say where memory makes the work slower."""
    notes = []
    for scale in scales:
        how = []
        if scale.window is not None:
            how.append(f"in tiles of {scale.window} px")
        if config.optimizer == "lbfgs" and not scale.history:
            how.append("with Adam in the place of L-BFGS")
        elif config.optimizer == "lbfgs" and scale.history < max(RELATIVE_COST):
            how.append(f"with an L-BFGS that remembers {scale.history} steps")
        if how:
            notes.append(f"to fit into memory, {scale.longest} px are worked on {', '.join(how)}")
    return tuple(notes)


def _limit(config: StylizeConfig, engine: Engine) -> tuple[float, int]:
    """What the process may take in all, and what it takes already; of a GPU nobody knows."""
    allowed = config.max_memory or math.inf
    if not engine.on_host:
        return allowed, 0
    taken = resident_memory()
    return min(allowed, taken + SHARE_OF_FREE_MEMORY * free_memory()), taken


def _first_that_fits(candidates: Mapping[Candidate, int], limit: float) -> Candidate:
    """Of candidates, and the bytes they need, the first that needs no more than the limit."""
    for candidate, needed in candidates.items():
        if needed <= limit:
            return candidate
    raise OutOfMemoryError(min(candidates.values()), int(limit))


@dataclass(frozen=True)
class MemoryEstimate:
    """The bytes that the process needs at the peak of each part of a transfer.

    `taken` is what it takes before; other arguments as of `fitted_scales`.
    """

    scales: Sequence[Scale]
    paintings: Sequence[tuple[int, int]]
    config: StylizeConfig
    engine: Engine
    taken: int
    extras: Extras = NO_EXTRAS

    @property
    def architecture(self) -> Architecture:
        return self.engine.architecture

    @property
    def sizes(self) -> list[tuple[int, int]]:
        """The largest pictures that the encoder sees."""
        return [self.scales[-1].shape, *self.paintings]

    @property
    def longest(self) -> int:
        return max(map(max, self.sizes))

    @property
    def layers(self) -> tuple[str, ...]:
        return (*self.config.content_layers, *self.config.style_layers)

    @property
    def histories(self) -> tuple[int, ...]:
        return (0,) if self.config.optimizer == "adam" else tuple(RELATIVE_COST)

    def windows(self, longest: int) -> list[int | None]:
        """Those for a picture with this longest side, the largest first."""
        smallest = smallest_window(halo(self.architecture, self.layers))
        return [None, *range((longest - 1) // GRID * GRID, smallest - 1, -GRID)]

    def relative_cost(self, scale: Scale, window: int | None, history: int) -> float:
        """The time to the same loss, relative to that with all the memory there can be use for."""
        in_windows = replace(scale, window=window)
        return RELATIVE_COST[history] * slowdown(in_windows, self.architecture, self.layers)

    def encoding(self, window: int | None) -> int:
        """When targets are computed."""
        network = max(
            ENCODER.of(self.architecture, self.layers, size, window) for size in self.sizes
        )
        pictures = _RESIZED * _PIXEL * max(height * width for height, width in self.sizes)
        return int(self.taken + self._targets(0) + self._others(0) + pictures + network)

    def evaluation(self, number: int, window: int | None, history: int) -> int:
        """When a scale is worked on."""
        scale = self.scales[number]
        picture = _PIXEL * scale.pixels
        solver, remembered = "lbfgs" if history else "adam", 2 * history
        network = self.engine.memory.of(self.architecture, self.layers, scale.shape, window)
        network += self._guided(scale.shape, window)
        evaluation = network + picture * (_PICTURES_IN_EVALUATION[solver] + remembered)
        step: float = picture * (PICTURES_IN_STEP[solver] + remembered)
        if window is None:
            # The picture's smaller sizes come on top; and an engine may keep what it took.
            step += network * scale.pixels_per_evaluation / scale.pixels
        else:
            step += self.engine.memory.fixed
        kept = self._targets(number) + self._others(number)
        return int(self.taken + kept + max(evaluation, step))

    def _others(self, number: int) -> int:
        """The pictures of other strengths, which are no larger than the scale's."""
        return _PIXEL * self.extras.others * self.scales[number].pixels

    def _guided(self, size: tuple[int, int], window: int | None) -> float:
        """The features that a picture of this size, as a whole or in windows, has once more for
        each guide: to count by region, or by what is to be preserved."""
        seen = size if window is None else (min(size[0], window), min(size[1], window))
        regions = self.extras.regions if self.extras.regions > 1 else 0
        guided = regions * tuple(self.config.style_layers)
        return 4.0 * sum(
            self._channels[layer] * Tile.of(*seen).at(layer).count
            for layer in (*guided, *self.extras.preserved)
        )

    @property
    def _channels(self) -> dict[str, int]:
        """By layer."""
        return {one.layer: one.out_channels for one in self.architecture.convolutions}

    def _targets(self, number: int) -> float:
        """The photograph's features, for this scale and those to come."""
        channels = self._channels
        return sum(
            (2 if scale.is_octave else 4) * channels[layer] * Tile.of(*size).at(layer).count
            for size, scale in {
                size: scale for scale in self.scales[number:] for size in scale.sizes
            }.items()
            for layer in (*self.config.content_layers, *self.extras.preserved)
        )
