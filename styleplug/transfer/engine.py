"""What computes loss and gradient: the network, forward and backward, by one framework."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import TYPE_CHECKING, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from styleplug.transfer.arrays import Array
from styleplug.transfer.loss import Loss
from styleplug.transfer.terms.term import Window
from styleplug.vgg.layers import Architecture

if TYPE_CHECKING:
    from styleplug.transfer.memory import MemoryModel


class Gradient(NamedTuple):
    """Content and style error of a picture, and the gradient of the loss without the total
    variation, shaped as the picture."""

    content_error: float
    style_error: float
    gradient: Array


class ForwardPass(Protocol):
    """The network run over one window of a picture."""

    def statistics(self) -> list[NDArray[np.float64]]:
        """Of each of the window's terms."""

    def gradient(self, by_statistics: Sequence[NDArray[np.float64]]) -> Array:
        """With respect to the window's pixels, from the derivatives of the loss with respect to
        the statistics."""


class Engine(ABC):
    """A framework, with the network on a device.

    `name` is what `--engine` calls it, and `precision` what `--precision` does;
    `cost_in_forward_passes` is the time of an evaluation in runs of the encoder up to the default
    content layer, on CPUs, for the estimate before the first evaluation; `memory` is what an
    evaluation takes of the machine's memory where it is `on_host`, else of a GPU's; `numerics` is
    what the last bits depend on besides the network, by what to call it.
    """

    name: str
    precision: str
    cost_in_forward_passes: float
    memory: MemoryModel
    on_host: bool
    architecture: Architecture
    numerics: Mapping[str, str | int]

    @property
    @abstractmethod
    def device(self) -> str:
        """What it computes on, for people, as far as is known by then."""

    def labels(self) -> dict[str, str]:
        """What plans and results say of it, by field."""
        return {"engine": self.name, "device": self.device}

    @abstractmethod
    def to_device(self, array: NDArray[np.floating]) -> Array:
        """The engine's own array of these numbers."""

    @abstractmethod
    def to_numpy(self, array: Array) -> NDArray[np.float32]:
        """The numbers of such an array."""

    def evaluating(self) -> AbstractContextManager[None]:
        """A context for an evaluation."""
        return nullcontext()

    @abstractmethod
    def forward(self, pixels: Array, window: Window, *, differentiable: bool) -> ForwardPass:
        """Run the network over a window's pixels, (1, 3, h, w), RGB in [0, 1].

        Args:
            differentiable: whether the gradient will be asked for; else the statistics alone.
        """

    def fused(self, loss: Loss) -> Callable[[Array], Gradient] | None:
        """What evaluates a picture as a whole at once, if the engine is quicker so."""
        return None

    def release(self) -> None:
        """Let go of what is kept from window to window."""
        return None
