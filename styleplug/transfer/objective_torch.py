"""The loss and its gradient with respect to the picture, from the PyTorch mirror."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from styleplug.transfer.backward_torch import backward
from styleplug.transfer.balance import Balance
from styleplug.transfer.losses import (
    FLOAT16_LOSS_SCALE,
    content_error,
    gram_matrix,
    style_error,
    total_variation,
)
from styleplug.transfer.memory_plan import Footprint
from styleplug.transfer.objective import Engine, Evaluation, shares
from styleplug.transfer.reduction import matrix
from styleplug.transfer.targets import Targets
from styleplug.transfer.tiles_torch import TorchTilePasses
from styleplug.vgg.mirror import Mirror, device_name


def torch_engine(mirror: Mirror) -> Engine:
    """PyTorch as an engine."""
    return Engine(
        name="torch",
        forwards=3.5,
        footprint=Footprint(
            fixed=310_000_000, weights=0.0, fewer_products=0.0, features=2.3, tiles=3.5
        ),
        on_host=mirror.device.type == "cpu",
        device=lambda: device_name(mirror.device),
        make_objective=partial(TorchObjective, mirror),
        tile_passes=TorchTilePasses(mirror),
        arithmetic={
            "torch": str(torch.__version__),
            "torch's device": str(mirror.device),
            "torch's threads": torch.get_num_threads(),
        },
    )


class TorchObjective:
    """The objective of `styleplug.transfer.objective`, by automatic differentiation."""

    def __init__(
        self,
        mirror: Mirror,
        targets: Sequence[Targets],
        *,
        content_layers: Mapping[str, float],
        style_layers: Mapping[str, float],
        balance: Balance,
        tv_weight: float = 0.0,
    ) -> None:
        self.mirror = mirror
        self.content = [
            {name: self._tensor(array) for name, array in level.content.items()}
            for level in targets
        ]
        self.grams = [
            {name: self._tensor(array) for name, array in level.grams.items()} for level in targets
        ]
        self.weights = [
            {name: self._tensor(array) for name, array in level.weights.items()}
            for level in targets
        ]
        self.reductions = [
            [
                self._tensor(matrix(*sides))
                for sides in zip(targets[0].size, level.size, strict=True)
            ]
            for level in targets[1:]
        ]
        alpha = targets[0].alpha
        self.alpha = None if alpha is None else self._tensor(alpha)
        self.content_layers, self.style_layers = content_layers, style_layers
        self.balance, self.tv_weight = balance, tv_weight
        self.loss_scale = FLOAT16_LOSS_SCALE if mirror.dtype == torch.float16 else 1.0

    def picture(self, batch: NDArray[np.float32]) -> Tensor:
        return self._tensor(batch)

    def batch(self, picture: Tensor) -> NDArray[np.float32]:
        return picture.cpu().numpy()

    def __call__(self, picture: Tensor) -> Evaluation:
        leaf = picture.detach().requires_grad_(True)
        content, style = self._errors(leaf)
        variation = total_variation(leaf, self.alpha)
        errors = [float(term.detach()) for term in (content, style, variation)]
        slope = self.balance.slope.at(errors[0])
        # The penalty enters by its slope: the chain rule, with the network run forward only once.
        total = slope * content + self.balance.style_weight * style + self.tv_weight * variation
        gradient = backward([total * self.loss_scale], leaf)
        return Evaluation.of(
            self.balance, self.tv_weight, *errors, gradient=gradient / self.loss_scale
        )

    def _errors(self, picture: Tensor) -> tuple[Tensor, Tensor]:
        """Content and style error, over all levels."""
        content = style = picture.new_zeros(())
        pictures = [picture]
        for rows, columns in self.reductions:
            pictures.append(rows.to(picture) @ picture @ columns.T.to(picture))
        levels = zip(
            *(pictures, shares(len(pictures)), self.content, self.grams, self.weights), strict=True
        )
        for level, share, photo, grams, weights in levels:
            features = self.mirror(level, {*self.content_layers, *self.style_layers})
            if weights:
                features = {name: array * weights[name] for name, array in features.items()}
            for name, weight in self.content_layers.items():
                content = content + share * weight * content_error(features[name], photo[name])
            for name, weight in self.style_layers.items():
                gram = gram_matrix(features[name])
                style = style + share * weight * style_error(gram, grams[name])
        return content, style

    def _tensor(self, array: NDArray[np.floating]) -> Tensor:
        return torch.as_tensor(array, device=self.mirror.device)
