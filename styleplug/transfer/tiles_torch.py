"""What `styleplug.transfer.tiles` asks of an engine, by the PyTorch mirror."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from styleplug.transfer.backward_torch import backward
from styleplug.transfer.losses import FLOAT16_LOSS_SCALE
from styleplug.transfer.tiles import Sums, TileTargets
from styleplug.vgg.mirror import Mirror


class TorchTilePasses:
    """The mirror's features of a tile, and their gradient by automatic differentiation."""

    def __init__(self, mirror: Mirror) -> None:
        self.mirror, self.architecture = mirror, mirror.architecture
        self.loss_scale = FLOAT16_LOSS_SCALE if mirror.dtype == torch.float16 else 1.0

    def picture(self, batch: NDArray[np.floating]) -> Tensor:
        return torch.as_tensor(batch, device=self.mirror.device)

    def batch(self, picture: Tensor) -> NDArray[np.float32]:
        return picture.cpu().numpy()

    def sums(self, pixels: Tensor, targets: TileTargets) -> Sums:
        products, squares = {}, {}
        with torch.no_grad():
            features = self.mirror(pixels, targets.weights)
            for name, weights in targets.weights.items():
                weighted = features.pop(name) * self.picture(weights)
                if name in targets.style_layers:
                    rows = weighted[0].flatten(1)
                    products[name] = (rows @ rows.T).cpu().numpy()
                if name in targets.content:
                    difference = weighted - self.picture(targets.content[name])
                    squares[name] = float(difference.square().sum())
        return Sums(products, squares)

    def gradient(self, pixels: Tensor, targets: TileTargets, by_sums: Sums) -> Tensor:
        leaf = pixels.detach().requires_grad_(True)
        features = self.mirror(leaf, targets.weights)
        with torch.no_grad():
            by_features = [
                self._by_features(name, array, targets, by_sums) for name, array in features.items()
            ]
        return backward(list(features.values()), leaf, by_features) / self.loss_scale

    def rest(self) -> None:
        """Nothing is kept."""

    def _by_features(
        self, name: str, features: Tensor, targets: TileTargets, by_sums: Sums
    ) -> Tensor:
        """The gradient with respect to a layer's features, times the loss scale."""
        weights = self.picture(targets.weights[name])
        weighted = features * weights
        gradient = torch.zeros(1, device=features.device, dtype=features.dtype)
        if name in by_sums.squares:
            difference = weighted - self.picture(targets.content[name])
            gradient = difference.mul_(by_sums.squares[name])
        if name in by_sums.products:
            by_products = torch.as_tensor(by_sums.products[name]).to(features)
            by_rows = (by_products @ weighted[0].flatten(1)).view_as(features)
            gradient = by_rows.add_(gradient)
        return gradient.mul_(weights).mul_(2 * self.loss_scale)
