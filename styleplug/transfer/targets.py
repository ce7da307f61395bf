"""What the picture is to become like, of the photograph and the paintings, by term of the loss.

All of it comes from ONNX Runtime, through `styleplug.vgg.encoder`.
"""

from __future__ import annotations

import math
import threading
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

import numpy as np
from numpy.typing import NDArray

from styleplug.config import StylizeConfig
from styleplug.errors import Cancelled
from styleplug.image.resize import elongation, fitted_size
from styleplug.image.transparency import resized_picture
from styleplug.transfer.retry import retry_in_smaller_tiles
from styleplug.transfer.scene import ContentImage, StyleImage
from styleplug.transfer.schedule import SHORTEST_SIDE, Scale
from styleplug.transfer.terms import TERMS
from styleplug.transfer.terms.sources import Sources
from styleplug.transfer.terms.target import Target
from styleplug.transfer.terms.term import Kind, Term
from styleplug.vgg.encoder import Encoder
from styleplug.vgg.masks import feature_weights
from styleplug.vgg.tiles import halo

Array = NDArray[np.float32]


@dataclass(frozen=True)
class Targets:
    """Of a picture of one `size`, (H, W), what each term (`styleplug.transfer.terms`) has for its
    layers.

    Where the photograph is transparent in parts, `alpha`, (H, W) in [0, 1], is its own, and
    `weights`, (h, w) by layer, follow from it (`styleplug.vgg.masks`).
    """

    size: tuple[int, int]
    by_term: Mapping[type[Term], Sequence[Target]]
    weights: dict[str, Array] = field(default_factory=dict)
    alpha: Array | None = None


def targets_by_scale(
    encoder: Encoder,
    photograph: ContentImage,
    paintings: Sequence[StyleImage],
    config: StylizeConfig,
    scales: Sequence[Scale],
    cancel: threading.Event,
) -> list[list[Targets]]:
    """Targets of each scale, by level; scales share those of a size.

    Pictures are of any size, without hidden colours.

    Raises:
        Cancelled: `cancel` was set.
        OutOfMemoryError: in the smallest tiles, too.
    """

    def targets_of(size: tuple[int, int], window: int | None) -> Targets:
        if cancel.is_set():
            raise Cancelled
        sizes = [painting_size(painting, *size, config.stroke_scale) for painting in paintings]
        return targets_at(encoder, photograph.at(*size), paintings, sizes, config, window)

    windows = {size: scale.encoding for scale in scales for size in scale.sizes}
    by_size = {size: targets_of(size, window) for size, window in windows.items()}
    return [[by_size[size] for size in scale.sizes] for scale in scales]


def targets_at(
    encoder: Encoder,
    photograph: ContentImage,
    paintings: Sequence[StyleImage],
    sizes: Sequence[tuple[int, int]],
    config: StylizeConfig,
    window: int | None,
    dtype: type[np.floating] = np.float32,
) -> Targets:
    """Targets of a photograph's size, in smaller tiles than the window's where memory runs out.

    Args:
        sizes: height and width that the paintings are brought to.
        dtype: of the photograph's features.

    Raises:
        OutOfMemoryError: in the smallest tiles, too.
    """
    compute = partial(
        compute_targets,
        encoder,
        photograph,
        [resized_picture(one, *size) for one, size in zip(paintings, sizes, strict=True)],
        config.content_layers,
        config.style_layers,
        dtype=dtype,
    )
    reach = halo(encoder.architecture, [*config.content_layers, *config.style_layers])
    longest = max(map(max, [photograph.size, *sizes]))
    return retry_in_smaller_tiles(compute, window, longest, reach)


def painting_size(
    painting: StyleImage, height: int, width: int, stroke_scale: float
) -> tuple[int, int]:
    """Height and width of a painting beside a picture of height × width: its strokes are as large
    for the picture, whatever the size. One that would be too narrow for the network stays longer.
    """
    shortest = math.ceil(SHORTEST_SIDE * max(painting.size) / min(painting.size))
    side = stroke_scale * max(height, width) / elongation(height, width)
    return fitted_size(*painting.size, max(round(side), shortest))


def compute_targets(
    encoder: Encoder,
    photograph: ContentImage,
    paintings: Sequence[StyleImage],
    content_layers: Iterable[str],
    style_layers: Iterable[str],
    window: int | None = None,
    dtype: type[np.floating] = np.float32,
) -> Targets:
    """Targets from pictures of one scale, without hidden colours (`styleplug.image.transparency`).

    `window` and `dtype` are as in `Encoder.features`.
    """
    layers: dict[Kind, tuple[str, ...]] = {
        "content": tuple(content_layers),
        "style": tuple(style_layers),
    }
    every = tuple(dict.fromkeys(name for names in layers.values() for name in names))
    sources = Sources(encoder, photograph, paintings, window, dtype, every)
    weights = {}
    if photograph.alpha is not None:
        weights = {name: feature_weights(photograph.alpha, name) for name in every}
    by_term = {term: term.targets(sources, layers[term.kind]) for term in TERMS}
    return Targets(
        size=photograph.pixels.shape[:2],
        by_term={term: found for term, found in by_term.items() if found},
        weights=weights,
        alpha=photograph.alpha,
    )
