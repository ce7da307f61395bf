"""PyTorch as an engine: the mirror's features, and their gradient by automatic differentiation."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from styleplug.runtime.memory import freed_memory_kept
from styleplug.transfer.backward_torch import backward
from styleplug.transfer.engine import Engine
from styleplug.transfer.memory import MemoryModel
from styleplug.transfer.terms.term import Window
from styleplug.vgg.mirror import TorchVGG, device_name

FLOAT16_LOSS_SCALE = 2.0**12
"""Gradients of features, near 1e-7, would vanish in float16 without a factor on their way back."""

_BFLOAT16_STRIPS = 8
"""A sum over a strip is rounded to bfloat16, 0.2 % of it; the mean of several is nearer."""

_MEMORY = {
    4: MemoryModel(fixed=250e6, weights=0.0, fewer_products=0.0, features=3.7, tiles=5.2),
    2: MemoryModel(fixed=270e6, weights=0.0, fewer_products=0.0, features=2.1, tiles=3.4),
}
"""By the bytes of a feature, though a model counts in features of float32."""
_COST = {4: 3.5, 2: 1.4}
"""Likewise, `Engine.cost_in_forward_passes`."""


class TorchEngine(Engine):
    """The mirror, on its device."""

    name = "torch"

    def __init__(self, mirror: TorchVGG) -> None:
        self.mirror, self.architecture = mirror, mirror.architecture
        self.on_host = mirror.device.type == "cpu"
        self.loss_scale = FLOAT16_LOSS_SCALE if mirror.dtype == torch.float16 else 1.0
        self.precision = str(mirror.dtype).removeprefix("torch.")
        size = min(4, mirror.dtype.itemsize)  # twice as much, for tests alone, isn't known
        self.cost_in_forward_passes, self.memory = _COST[size], _MEMORY[size]
        self.numerics = {
            "torch": str(torch.__version__),
            "torch's device": str(mirror.device),
            "torch's threads": torch.get_num_threads(),
        }

    @property
    def device(self) -> str:
        name = device_name(self.mirror.device)
        return name if self.precision == "float32" else f"{name} in {self.precision}"

    def to_device(self, array: NDArray[np.floating] | Tensor) -> Tensor:
        return torch.as_tensor(array, device=self.mirror.device)

    def to_numpy(self, array: Tensor) -> NDArray[np.float32]:
        return array.cpu().numpy()

    def evaluating(self) -> AbstractContextManager[None]:
        return freed_memory_kept() if self.on_host else nullcontext()

    def forward(self, pixels: Tensor, window: Window, *, differentiable: bool) -> TorchPass:
        return TorchPass(self, pixels, window, differentiable)


class TorchPass:
    """One run of the mirror; see `styleplug.transfer.engine.ForwardPass`."""

    def __init__(
        self, engine: TorchEngine, pixels: Tensor, window: Window, differentiable: bool
    ) -> None:
        self.engine = engine
        # The terms' derivatives are too small for float16; bfloat16 reaches as far as float32.
        self.type = torch.bfloat16 if engine.mirror.dtype == torch.bfloat16 else pixels.dtype
        self._strips = _BFLOAT16_STRIPS if self.type == torch.bfloat16 else 1
        self.window = window.converted(lambda array: engine.to_device(array).to(self.type))
        self.leaf = pixels.detach().requires_grad_(differentiable)
        self.features = engine.mirror(self.leaf, window.layers)

    def statistics(self) -> list[NDArray[np.float64]]:
        with torch.no_grad():
            strips = self.window.strips(self._features(self.type), self._strips)
            found = [strip.statistics(features) for strip, features in strips]
        return [
            sum(part.cpu().double() for part in parts).numpy() for parts in zip(*found, strict=True)
        ]

    def gradient(self, by_statistics: Sequence[NDArray[np.float64]]) -> Tensor:
        scale = self.engine.loss_scale
        with torch.no_grad():
            by_features = self.window.by_features(
                self._features(self.type),
                [
                    torch.as_tensor(scale * by).to(self.leaf.device, self.type)
                    for by in by_statistics
                ],
            )
        layers, layout = self.window.layers, self.engine.mirror.layout
        outputs = [self.features[layer] for layer in layers]
        by_outputs = [
            by_features[layer].to(output.dtype, memory_format=layout)
            for layer, output in zip(layers, outputs, strict=True)
        ]
        self.features = {}
        return backward(outputs, self.leaf, by_outputs) / scale

    def _features(self, type: torch.dtype) -> dict[str, Tensor]:
        return {layer: features.to(type) for layer, features in self.features.items()}
