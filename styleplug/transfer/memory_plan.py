"""How each scale is worked on so that it fits into memory: in what tiles, and with what solver.

What is counted are the large things: the network's features of what it sees at a time, the
photograph's features that the loss compares with, and pictures, of which L-BFGS keeps two for each
step that it remembers. The numbers of copies were measured; `tests/transfer/test_memory_plan.py`
holds them to what a process really takes.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from types import MappingProxyType
from typing import TYPE_CHECKING

from styleplug.errors import OutOfMemoryError
from styleplug.runtime.memory import free_memory, resident_memory
from styleplug.transfer.plan import Scale
from styleplug.vgg.layers import Architecture
from styleplug.vgg.tiles import GRID, Tile, halo, pixels_per_feature, seen_pixels, smallest_window

if TYPE_CHECKING:
    from styleplug.config import StylizeConfig
    from styleplug.transfer.objective import Engine

SLOWNESS: Mapping[int, float] = MappingProxyType({20: 1.0, 10: 1.02, 5: 1.1, 0: 1.6})
"""By the steps that L-BFGS remembers, 0 for Adam, how much longer the way to the same loss is."""
TWO_PASSES = 4 / 3
"""What an evaluation in tiles costs, but for the halos: the network runs forward twice."""
SHARE_OF_FREE_MEMORY = 0.9
"""The most to take of what is free, where nobody said how much; others may want some, too."""

_PIXEL = 12
"""Bytes of a pixel."""
_PICTURES = {"lbfgs": 8, "adam": 6}
"""Pictures alive at once during an evaluation, beside L-BFGS's two for each remembered step: the
present one, the best, a preview, the gradient with that of the half size; and the solver's: Adam's
two means, and of L-BFGS, which begins with Adam, the last picture and gradient."""
_STEP = 4
"""Pictures that a step takes on its way, when the evaluation's memory is free again."""
_RESIZED = 4
"""Pictures in the hands of resizing, and of the encoder."""


@dataclass(frozen=True)
class Footprint:
    """The memory of one run of a network over a picture: `fixed` bytes, some times its weights, and
    some times all its features of what it sees, up to the deepest layer."""

    fixed: int
    weights: float
    features: float

    def of(self, architecture: Architecture, layers: Sequence[str], pixels: float) -> float:
        """Bytes, for the layers, of a picture of so many pixels."""
        weights = features = 0.0
        last = architecture.deepest(layers)
        for layer, (_, inputs, outputs) in zip(
            architecture.layers, architecture.convolutions, strict=True
        ):
            weights += 4 * 9 * inputs * outputs
            features += 4 * outputs / pixels_per_feature(layer) ** 2
            if layer == last:
                break
        return self.fixed + self.weights * weights + self.features * features * pixels


ENCODER = Footprint(fixed=60_000_000, weights=3.0, features=1.2)
"""Of the encoder in ONNX Runtime."""


@dataclass(frozen=True)
class Fit:
    """How a scale is worked on: in windows of this side, or as a whole where it is None, by L-BFGS
    that remembers `history` steps, or Adam where that is 0; and the bytes `needed` at the peak."""

    window: int | None
    history: int
    needed: int


@dataclass(frozen=True)
class MemoryPlan:
    """Of a whole transfer, all that depends on how much memory there was when it was planned.

    `encoding` is the side of the encoder's windows, None where it sees pictures as a whole; `fits`
    has one for each scale; `limit` is what the process may take, in bytes.
    """

    encoding: int | None
    fits: tuple[Fit, ...]
    limit: float


def plan_memory(
    scales: Sequence[Scale],
    paintings: Sequence[tuple[int, int]],
    config: StylizeConfig,
    engine: Engine,
    architecture: Architecture,
) -> MemoryPlan:
    """The fastest way through the scales that fits.

    Args:
        scales: all of the transfer.
        paintings: the height and width of each at the largest scale.
        architecture: of the network.

    Raises:
        OutOfMemoryError: there is none, not even with the smallest tiles; it says by how much.
    """
    limit, taken = _limit(config, engine)
    needs = _Needs(scales, paintings, config, engine.footprint, architecture, taken)
    sides = [side for scale in scales[-1:] for side in (scale.height, scale.width)]
    sides += [side for painting in paintings for side in painting]
    encodings = [(needs.encoding(window), window) for window in needs.windows(max(sides))]
    fitting = [window for needed, window in encodings if needed <= limit]
    if not fitting:
        raise OutOfMemoryError(min(needed for needed, _ in encodings), int(limit))
    return MemoryPlan(
        fitting[0], tuple(_fastest(needs, number, limit) for number in range(len(scales))), limit
    )


def _limit(config: StylizeConfig, engine: Engine) -> tuple[float, int]:
    """What the process may take in all, and what it takes already; of a GPU nobody knows."""
    allowed = config.max_memory or math.inf
    if not engine.on_host:
        return allowed, 0
    taken = resident_memory()
    return min(allowed, taken + SHARE_OF_FREE_MEMORY * free_memory()), taken


def _fastest(needs: _Needs, number: int, limit: float) -> Fit:
    scale = needs.scales[number]
    fits = [
        Fit(window, history, needs.evaluation(number, window, history))
        for window, history in product(needs.windows(scale.longest), needs.histories)
    ]
    fitting = [fit for fit in fits if fit.needed <= limit]
    if not fitting:
        raise OutOfMemoryError(min(fit.needed for fit in fits), int(limit))
    return min(fitting, key=lambda fit: needs.slowness(scale, fit.window) * SLOWNESS[fit.history])


@dataclass(frozen=True)
class _Needs:
    """The bytes that each part of a transfer needs at its peak; arguments as of `plan_memory`.

    `taken` is what the process takes before.
    """

    scales: Sequence[Scale]
    paintings: Sequence[tuple[int, int]]
    config: StylizeConfig
    footprint: Footprint
    architecture: Architecture
    taken: int

    @property
    def layers(self) -> tuple[str, ...]:
        return (*self.config.content_layers, *self.config.style_layers)

    @property
    def histories(self) -> tuple[int, ...]:
        return (0,) if self.config.optimizer == "adam" else tuple(SLOWNESS)

    def windows(self, longest: int) -> list[int | None]:
        """Those for a picture with this longest side, the largest first."""
        smallest = smallest_window(halo(self.architecture, self.layers))
        return [None, *range((longest - 1) // GRID * GRID, smallest - 1, -GRID)]

    def slowness(self, scale: Scale, window: int | None) -> float:
        """The time of an evaluation, relative to one that sees the picture as a whole."""
        if window is None:
            return 1.0
        seen = seen_pixels(scale.height, scale.width, window, halo(self.architecture, self.layers))
        return TWO_PASSES * seen / (scale.height * scale.width)

    def encoding(self, window: int | None) -> int:
        """When targets are computed."""
        scale = self.scales[-1]
        sizes = [(scale.height, scale.width), *self.paintings]
        network = max(
            ENCODER.of(self.architecture, self.layers, _area(size, window)) for size in sizes
        )
        picture = _RESIZED * _PIXEL * max(height * width for height, width in sizes)
        return int(self.taken + self._targets(0) + picture + network)

    def evaluation(self, number: int, window: int | None, history: int) -> int:
        """When a scale is worked on."""
        scale = self.scales[number]
        picture = _PIXEL * scale.height * scale.width
        kept = picture * (_PICTURES["lbfgs" if history else "adam"] + 2 * history)
        seen = scale.pixels_per_evaluation
        if window is not None:
            seen = _area((scale.height, scale.width), window)
        network = self.footprint.of(self.architecture, self.layers, seen)
        # The network's weights and its libraries stay; its features go before the step.
        step = self.footprint.of(self.architecture, self.layers, 0) + _STEP * picture
        return int(self.taken + self._targets(number) + kept + max(network, step))

    def _targets(self, number: int) -> float:
        """The photograph's features, for this scale and those to come."""
        channels = dict(
            zip(
                self.architecture.layers,
                (outputs for _, _, outputs in self.architecture.convolutions),
                strict=True,
            )
        )
        return sum(
            4
            * channels[layer]
            * Tile.of(scale.height >> level, scale.width >> level).at(layer).count
            for scale in self.scales[number:]
            for level in range(scale.levels)
            for layer in self.config.content_layers
        )


def _area(size: tuple[int, int], window: int | None) -> int:
    """The most pixels that the network sees of a picture at a time."""
    height, width = size
    return height * width if window is None else min(height, window) * min(width, window)
