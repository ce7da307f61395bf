"""Learning the style of one painting, for a network that is there already, within minutes.

The network stays as it is; only the style's scales and shifts change (Dumoulin, Shlens and Kudlur
2017, section 3.3), beginning with those of the style that comes nearest. Photographs to learn on
need not be many: what is varied and cropped from the few that come with styleplug does.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from styleplug.filters.style import FilterStyle, mix
from styleplug.filters.training.crops import Crops
from styleplug.filters.training.losses import PerceptualLoss
from styleplug.filters.training.network import FilterNetwork, new_styles
from styleplug.filters.training.schedule import Deadline, TrainingSchedule
from styleplug.filters.training.trainer import Step, Trainer
from styleplug.filters.weights import FilterWeights
from styleplug.image.picture import Picture
from styleplug.vgg.mirror import TorchVGG
from styleplug.vgg.tensors import Pixels

SCHEDULE = TrainingSchedule(learning_rate=0.012, warm_up=10, content_weight=0.3)

CHECKED = 4
"""Crops, always the same ones, to compare styles by."""

CORNERS = [(0, 0)] * CHECKED
"""The corners of their windows."""

CHECKS = 40
"""How many times in all the style is compared with what it was."""


@dataclass(frozen=True)
class LearningProgress:
    """What the last step found, the fraction of the time that is over, and the seconds that seem to
    be left."""

    step: Step
    fraction: float
    remaining: float


class Learning:
    """The learning of a painting.

    Args:
        painting: a `checked` one.
        weights: the network, and the styles to begin with.
        photographs: files to learn on.
        mirror: the VGG network of the loss; its device is where all is computed.
        target_content_error: the content error that is wanted.
        schedule: how to learn.
    """

    def __init__(
        self,
        painting: Picture,
        weights: FilterWeights,
        photographs: Sequence[Path],
        mirror: TorchVGG,
        target_content_error: float,
        schedule: TrainingSchedule,
    ) -> None:
        self.started = time.monotonic()
        self.weights, self.device = weights, mirror.device
        self.target_content_error = target_content_error
        self.loss = PerceptualLoss(mirror, [painting])
        self.network = FilterNetwork().requires_grad_(False).to(self.device)
        self.network.load_state_dict(
            {name: torch.tensor(array) for name, array in weights.arrays.items()}
        )
        self.styles = new_styles(1).to(self.device)
        targets = [target_content_error]
        self.trainer = Trainer(self.network, self.styles, self.loss, photographs, targets, schedule)
        crops = Crops(photographs, schedule.crop, seed=1)
        drawn = np.concatenate([crops.draw(1) for _ in range(CHECKED)])
        self.crops = torch.from_numpy(drawn).to(self.device)
        self.content = self.loss.content(self.crops, CORNERS)
        self.trainer.start_from(*self._nearest())

    def run(self, time_limit: float) -> Iterator[LearningProgress]:
        """Learn, and say so after each step; ends when it no longer helps, or by the time limit.

        The limit counts from when the learning was made. There is one step at least.

        Raises:
            ConfigError: no photograph can be read.
        """
        deadline, checks = Deadline(time_limit), 0
        elapsed = time.monotonic() - self.started
        while elapsed < deadline.end or not checks:
            step = self.trainer.step(deadline.factor(elapsed))
            elapsed = time.monotonic() - self.started
            if elapsed * CHECKS > checks * time_limit:
                checks += 1
                deadline.note(elapsed, self.distance())
            fraction = min(1.0, elapsed / deadline.end)
            yield LearningProgress(step, fraction, max(0.0, deadline.end - elapsed))

    def distance(self) -> float:
        """How far the style as it is now is from the painting's; 0 is the least."""
        with self.trainer.averaged():
            return self._distance(self.styles["scale"], self.styles["shift"])

    def style(self, name: str, description: str) -> FilterStyle:
        """The style as it is now."""
        scale, shift = (vectors[0] for vectors in self.trainer.style_vectors())
        return FilterStyle(name, description, scale, shift, self.weights.network)

    def preview(self, photograph: Pixels) -> Pixels:
        """A photograph, (H, W, 3) in [0, 1], in the style as it is now."""
        return self.trainer.painted(photograph)[0]

    def _nearest(self) -> tuple[Tensor, Tensor]:
        """Scale and shift of the style, or of the mean of them all, that is nearest already."""
        known = self.weights.styles
        starts = [
            (self._vector(style.scale), self._vector(style.shift))
            for style in (*known, mix([(style, 1.0) for style in known]))
        ]
        return min(starts, key=lambda start: self._distance(*start))

    def _vector(self, values: NDArray[np.float32]) -> Tensor:
        return torch.tensor(values)[None].to(self.device)

    @torch.no_grad()
    def _distance(self, scale: Tensor, shift: Tensor) -> float:
        """Style error on the crops to check, plus what the content error is more than allowed."""
        vectors = (vector.expand(CHECKED, -1) for vector in (scale, shift))
        with self.loss.autocast():
            pictures = self.network(self.crops, *vectors).float()
        styles = torch.zeros(CHECKED, dtype=torch.long)
        errors = self.loss.errors(pictures, styles, self.content, CORNERS)
        excess = (errors.content.mean() - self.target_content_error).clamp_min(0)
        return float(errors.style.mean() + excess)
