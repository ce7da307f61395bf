"""PyTorch as an engine: the mirror's features, and their gradient by automatic differentiation."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from styleplug.transfer.backward_torch import backward
from styleplug.transfer.engine import Engine
from styleplug.transfer.memory import MemoryModel
from styleplug.transfer.terms.term import Window
from styleplug.vgg.mirror import TorchVGG, device_name

FLOAT16_LOSS_SCALE = 2.0**12
"""Gradients of features, near 1e-7, would vanish in float16 without a factor on their way back."""


class TorchEngine(Engine):
    """The mirror, on its device."""

    name = "torch"
    cost_in_forward_passes = 3.5
    memory = MemoryModel(
        fixed=310_000_000, weights=0.0, fewer_products=0.0, features=2.3, tiles=3.5
    )

    def __init__(self, mirror: TorchVGG) -> None:
        self.mirror, self.architecture = mirror, mirror.architecture
        self.on_host = mirror.device.type == "cpu"
        self.loss_scale = FLOAT16_LOSS_SCALE if mirror.dtype == torch.float16 else 1.0
        self.numerics = {
            "torch": str(torch.__version__),
            "torch's device": str(mirror.device),
            "torch's threads": torch.get_num_threads(),
        }

    @property
    def device(self) -> str:
        return device_name(self.mirror.device)

    def to_device(self, array: NDArray[np.floating] | Tensor) -> Tensor:
        return torch.as_tensor(array, device=self.mirror.device)

    def to_numpy(self, array: Tensor) -> NDArray[np.float32]:
        return array.cpu().numpy()

    def forward(self, pixels: Tensor, window: Window, *, differentiable: bool) -> TorchPass:
        return TorchPass(self, pixels, window, differentiable)


class TorchPass:
    """One run of the mirror; see `styleplug.transfer.engine.ForwardPass`."""

    def __init__(
        self, engine: TorchEngine, pixels: Tensor, window: Window, differentiable: bool
    ) -> None:
        self.engine, self.window = engine, window.converted(engine.to_device)
        self.leaf = pixels.detach().requires_grad_(differentiable)
        self.features = engine.mirror(self.leaf, window.layers)

    def statistics(self) -> list[NDArray[np.float64]]:
        with torch.no_grad():
            found = self.window.statistics(self.features)
        return [one.cpu().numpy().astype(np.float64) for one in found]

    def gradient(self, by_statistics: Sequence[NDArray[np.float64]]) -> Tensor:
        scale = self.engine.loss_scale
        with torch.no_grad():
            by_features = self.window.by_features(
                self.features,
                [torch.as_tensor(scale * by).to(self.leaf) for by in by_statistics],
            )
        layers = self.window.layers
        outputs, by_outputs = [
            [by[layer] for layer in layers] for by in (self.features, by_features)
        ]
        self.features = {}
        return backward(outputs, self.leaf, by_outputs) / scale
