"""Training a filter network and all its styles from nothing, over hours; it can be interrupted.

Crops of photographs are painted in the styles of the paintings, in a random one each, and network
and styles change so that the loss of `styleplug.filters.training.trainer` falls.
"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from pathlib import Path
from pickle import UnpicklingError

import numpy as np
import torch

from styleplug.errors import CheckpointError
from styleplug.filters.style import FilterStyle
from styleplug.filters.training.losses import PerceptualLoss
from styleplug.filters.training.network import FilterNetwork, new_styles
from styleplug.filters.training.schedule import TrainingSchedule, slowing
from styleplug.filters.training.trainer import Step, Trainer
from styleplug.filters.weights import FilterWeights, network_id
from styleplug.image.picture import Picture
from styleplug.runtime.files import write_atomically
from styleplug.vgg.mirror import TorchVGG
from styleplug.vgg.tensors import Pixels

FULL_SHARE = 0.4
"""The share of the steps after which they become smaller."""

COLUMNS = 4
"""Pictures in a row of a sheet."""


class Training:
    """A training on its way.

    Args:
        photographs: files to train on.
        paintings: `checked` ones, by the names of their filters.
        mirror: the VGG network of the loss; its device is where all is computed.
        schedule: how to train.
        steps: of the whole.
        target_content_errors: content errors that are wanted, by the names of filters.
        seed: of the first weights, and of the choice of crops.
    """

    def __init__(
        self,
        photographs: Sequence[Path],
        paintings: Mapping[str, Picture],
        mirror: TorchVGG,
        schedule: TrainingSchedule,
        steps: int,
        target_content_errors: Mapping[str, float],
        seed: int = 0,
    ) -> None:
        self.names, self.total = list(paintings), steps
        torch.manual_seed(seed)
        network = FilterNetwork().to(mirror.device)
        styles = new_styles(len(self.names)).to(mirror.device)
        loss = PerceptualLoss(mirror, list(paintings.values()))
        wanted = [target_content_errors[name] for name in self.names]
        self.trainer = Trainer(network, styles, loss, photographs, wanted, schedule, seed)

    @property
    def steps(self) -> int:
        """Steps that are done."""
        return self.trainer.steps

    def step(self) -> Step:
        """One step.

        Raises:
            ConfigError: no photograph can be read.
        """
        fraction = self.steps / self.total
        return self.trainer.step(slowing((fraction - FULL_SHARE) / (1 - FULL_SHARE)))

    def weights(self) -> FilterWeights:
        """Network and styles as they have become, as means over the last steps."""
        with self.trainer.averaged():
            state = self.trainer.network.state_dict()
            arrays = {name: array.cpu().numpy().copy() for name, array in state.items()}
        vectors = self.trainer.style_vectors()
        identity = network_id(arrays)
        return FilterWeights(
            arrays,
            tuple(
                FilterStyle(name, name.replace("-", " ").capitalize(), scale, shift, identity)
                for name, scale, shift in zip(self.names, *vectors, strict=True)
            ),
        )

    def sheet(self, photograph: Pixels) -> Pixels:
        """A photograph, (H, W, 3) in [0, 1], in each of the styles as they are now; in rows."""
        pictures = self.trainer.painted(photograph)
        pictures += [np.ones_like(photograph)] * (-len(pictures) % COLUMNS)
        rows = [pictures[start : start + COLUMNS] for start in range(0, len(pictures), COLUMNS)]
        return np.concatenate([np.concatenate(row, axis=1) for row in rows])

    def save(self, path: Path) -> None:
        """Write all that it takes to go on, 15 MB.

        Raises:
            OSError: the place can't be written; what was there stays.
        """
        buffer = io.BytesIO()
        torch.save({"paintings": self.names, "trainer": self.trainer.state()}, buffer)
        write_atomically(path, buffer.getvalue())

    def resume(self, path: Path) -> None:
        """Go on from what `save` wrote; crops are drawn anew.

        Raises:
            CheckpointError: it can't be read, or is of a training of other paintings.
        """
        problem = "is no checkpoint of a training of these paintings; move it away to start anew"
        try:
            saved = torch.load(path, map_location="cpu", weights_only=True)
            if saved["paintings"] != self.names:
                raise CheckpointError(path, problem)
            self.trainer.restore(saved["trainer"])
        except (
            AttributeError,
            OSError,
            RuntimeError,
            ValueError,
            LookupError,
            TypeError,
            EOFError,
            UnpicklingError,
        ):
            raise CheckpointError(path, problem) from None
