"""The loss that a transfer lowers, and what computes it; the engines' own files do the arithmetic.

The loss is the weighted sum of content error, style error and total variation:

loss = balance.penalty(content) + balance.style_weight · style + tv_weight · total variation,

where content and style are means over their layers, by weights that sum to 1 (the terms:
`styleplug.transfer.losses`). Targets may come for several levels, the picture and then the picture
at smaller sizes (`styleplug.transfer.reduction`), with errors that are means over them (`shares`).
The smaller ones keep the strokes of the scales before in the picture, while finer ones are laid
over them.

Where the targets have an alpha, all terms count what is seen as much as it is seen. Hidden pixels
count in none, but are free to change: the network looks across the edge of what is seen, and is to
see the painting go on there. Frozen, they left a rim, and a third more style error.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

import numpy as np
from numpy.typing import NDArray

from styleplug.transfer.arrays import Array
from styleplug.transfer.balance import Balance
from styleplug.transfer.targets import Targets

if TYPE_CHECKING:
    from styleplug.transfer.memory_plan import Footprint
    from styleplug.transfer.tiles import TilePasses

SMALLER_WEIGHT = 3 / 7
"""Weight of the errors at each smaller size, relative to that of the errors at full size."""


def shares(levels: int) -> tuple[float, ...]:
    """The weight of each level's errors, the full size first; they sum to 1."""
    weights = [1.0] + [SMALLER_WEIGHT] * (levels - 1)
    return tuple(weight / sum(weights) for weight in weights)


@dataclass(frozen=True)
class Evaluation:
    """The loss, its terms before weighting, the content error's weight in force, the gradient.

    The gradient is that of the loss, shaped as the picture.
    """

    loss: float
    content_error: float
    style_error: float
    total_variation: float
    content_weight: float
    gradient: Array

    @classmethod
    def of(
        cls,
        balance: Balance,
        tv_weight: float,
        content: float,
        style: float,
        variation: float,
        *,
        gradient: Array,
    ) -> Evaluation:
        """The loss of these terms."""
        value, slope = balance.penalty(content)
        loss = value + balance.style_weight * style + tv_weight * variation
        return cls(loss, content, style, variation, slope, gradient)

    def is_finite(self) -> bool:
        """Whether solvers can go on from here; they square the gradient."""
        with np.errstate(over="ignore", invalid="ignore"):
            square = float((self.gradient * self.gradient).sum())
        return math.isfinite(self.loss) and math.isfinite(square)


class Objective(Protocol):
    """What solvers lower. Its pictures are arrays of its engine, NumPy's or PyTorch's."""

    def picture(self, batch: NDArray[np.float32]) -> Array:
        """The array that solvers work on, for a picture (1, 3, H, W) in [0, 1]."""

    def batch(self, picture: Array) -> NDArray[np.float32]:
        """The picture (1, 3, H, W) that such an array holds."""

    def __call__(self, picture: Array) -> Evaluation:
        """Evaluate at a picture, (1, 3, H, W), RGB in [0, 1]."""


class MakeObjective(Protocol):
    """Makes an objective of one engine; see the module's text.

    Args:
        targets: of the picture, and then perhaps of the picture at smaller sizes.
        content_layers, style_layers: weights by layer, each summing to 1.
    """

    def __call__(
        self,
        targets: Sequence[Targets],
        *,
        content_layers: Mapping[str, float],
        style_layers: Mapping[str, float],
        balance: Balance,
        tv_weight: float = 0.0,
    ) -> Objective: ...


@dataclass(frozen=True)
class Engine:
    """What computes loss and gradient.

    `name` is what `--engine` calls it; `forwards` is the time of an evaluation in runs of the
    encoder up to the default content layer, on CPUs, for the estimate before the first evaluation;
    `footprint` is the memory of an evaluation, which is the machine's where it is `on_host`, else a
    GPU's; `device` gives what it computes on, for people, as far as is known by then;
    `tile_passes` are for pictures that don't fit as a whole; `arithmetic` is what the last bits
    depend on besides the network, by what to call it.
    """

    name: str
    forwards: float
    footprint: Footprint
    on_host: bool
    device: Callable[[], str]
    make_objective: MakeObjective
    tile_passes: TilePasses
    arithmetic: Mapping[str, str | int] = field(default_factory=dict)

    def told(self) -> dict[str, str]:
        """What plans and results say of it."""
        return {"engine": self.name, "device": self.device()}
