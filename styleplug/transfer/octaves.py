"""Octaves: beyond the base size, only what is new at a size is painted at that size.

The scales up to the config's size settle the composition and the large strokes, with all layers.
From there on each octave, up to twice as large as the one before, is held to the features of the
picture that it is enlarged from, and gets the paintings' surface of its own scale: Gram matrices of
shallow layers alone, whose evaluations cost less than half, and whose tiles hardly overlap. In the
end what the picture before can hold at half its size is put back, for shallow layers let large
shapes and colours drift; all that it can hold would bring back its ripples as well.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from styleplug.config import StylizeConfig
from styleplug.image.resize import resized
from styleplug.transfer.balance import TargetError
from styleplug.transfer.scene import ContentImage, StyleImage
from styleplug.transfer.schedule import REFERENCE_SCALE, SHORTEST_SIDE, Scale
from styleplug.transfer.targets import Targets, painting_size, targets_at
from styleplug.vgg.encoder import Encoder
from styleplug.vgg.tensors import Pixels
from styleplug.vgg.tiles import GRID

STYLE_LAYERS = ("relu1_1", "relu2_1", "relu3_1")
CONTENT_LAYERS = ("relu3_1",)
EVALUATIONS = 8
CONTENT_ERROR = 0.25
"""How far features may go from those of the enlarged picture, which lacks all that is fine."""
FEATURES = np.float16
"""The type in which an octave keeps them, for there are many."""
SMALLEST_STEP = 1.1
"""An octave that is less larger than the scale before shows nothing new."""


def plan_octaves(
    base: Sequence[Scale], height: int, width: int, config: StylizeConfig
) -> list[Scale]:
    """The octaves beyond the base's scales, for a photograph of height × width pixels."""
    photo, largest = max(height, width), base[-1]
    if config.resolution == "size":
        return []
    if config.resolution != "auto":
        side = photo if config.resolution == "photo" else int(config.resolution)
        return _octaves_to(side, largest, height, width)
    if config.output_size == "working" or largest.longest < REFERENCE_SCALE:
        return []  # who wants a preview is not to wait for more
    work = sum(scale.work for scale in base)
    for side in range(photo, largest.longest, -GRID):
        octaves = _octaves_to(side, largest, height, width)
        if sum(scale.work for scale in octaves) <= work:
            return octaves
    return []


def _octaves_to(side: int, base: Scale, height: int, width: int) -> list[Scale]:
    growth = side / base.longest
    if growth < SMALLEST_STEP:
        return []
    steps = max(1, math.ceil(math.log2(growth) - 1e-6))
    scales = []
    for step in range(1, steps + 1):
        factor = base.longest * growth ** (step / steps) / max(height, width)
        scales.append(
            Scale(
                height=max(SHORTEST_SIDE, round(height * factor)),
                width=max(SHORTEST_SIDE, round(width * factor)),
                evaluations=EVALUATIONS,
                balance=TargetError(CONTENT_ERROR),
                is_octave=True,
            )
        )
    return scales


def config_at(scale: Scale, config: StylizeConfig) -> StylizeConfig:
    """What a transfer's config is at a scale."""
    if not scale.is_octave:
        return config
    return replace(
        config,
        content_layers=dict.fromkeys(CONTENT_LAYERS, 1.0),
        style_layers=dict.fromkeys(STYLE_LAYERS, 1.0),
        content_error=CONTENT_ERROR,
        content_weight=None,
        style_weight=None,
    )


def octave_targets(
    encoder: Encoder,
    before: Pixels,
    photograph: ContentImage,
    paintings: Sequence[StyleImage],
    scale: Scale,
    config: StylizeConfig,
) -> Targets:
    """What an octave's picture is to become like.

    Args:
        before: the picture of the scale before, of any size.
        photograph: of any size; of it, how much each pixel counts, and for which region.
        paintings: of any size.
        config: as of `config_at`.

    Raises:
        OutOfMemoryError: in the smallest tiles, too.
    """
    sizes = octave_painting_sizes(paintings, scale, config)
    held = replace(photograph.at(*scale.shape), pixels=resized(before, *scale.shape))
    return targets_at(encoder, held, paintings, sizes, config, scale.encoding, FEATURES)


def octave_painting_sizes(
    paintings: Sequence[StyleImage], scale: Scale, config: StylizeConfig
) -> list[tuple[int, int]]:
    """Height and width of each painting in an octave.

    One that has fewer pixels than its strokes would have there gives its own finest octave once
    more: enlarged, it would be a blur.
    """
    return [
        min(painting_size(painting, *scale.shape, config.stroke_scale), painting.size[::-1])
        for painting in paintings
    ]


def settled(painted: Pixels, before: Pixels) -> Pixels:
    """An octave's picture, with the large shapes and colours of the one before."""
    half = [max(1, side // 2) for side in before.shape[:2]]
    result = np.empty_like(painted)
    for channel in range(painted.shape[2]):  # one after another, for the memory of large pictures
        drifted = painted[..., channel]
        large, lost = (
            resized(resized(one, *half), *drifted.shape) for one in (before[..., channel], drifted)
        )
        result[..., channel] = (drifted + large - lost).clip(0, 1)
    return result
