"""The picture that the work starts from, at the smallest scale."""

from __future__ import annotations

import numpy as np

from styleplug.config import StylizeConfig
from styleplug.errors import ConfigError
from styleplug.hookspecs import PreviousFrame
from styleplug.image.resize import fitted_size, lanczos, resized
from styleplug.vgg.tensors import Pixels

PATCHES = 12
"""Along the longest side of a picture to start from, where a seed varies it."""
PATCH_CONTRAST = 0.3
"""Standard deviation of their colours."""


def picture_to_start_from(
    config: StylizeConfig,
    size: tuple[int, int],
    *,
    content: Pixels,
    style: Pixels,
    given: Pixels | None,
    previous: PreviousFrame | None = None,
) -> Pixels:
    """What the option `init` asks for, (H, W, 3), as `seed` varies it; in a video, what the frame
    before has become.

    Args:
        size: (H, W).
        content, style: the photograph and the first painting, of any size.
        given, previous: the request's own pictures, of any size.

    Raises:
        ConfigError: `init` names no other picture, and none is given.
    """
    if previous:
        return resized(previous.image, *size)
    if config.init == "noise":
        return np.random.default_rng(config.seed).random((*size, 3)).astype(np.float32)
    start = {"content": content, "style": style}.get(config.init, given)
    if start is None:
        raise ConfigError("init", config.init, "content, noise, style, or a given picture")
    return _varied(resized(start, *size), config.seed)


def _varied(start: Pixels, seed: int) -> Pixels:
    """A variation of a picture: soft patches of other colours, none with seed 0.

    From where the smallest scale begins, it goes to other strokes and colours of the painting; what
    is finer than the patches would be gone after a few steps.
    """
    if not seed:
        return start
    height, width, channels = start.shape
    coarse = fitted_size(width, height, PATCHES)
    noise = np.random.default_rng(seed).standard_normal((*coarse, channels), np.float32)
    return (start + PATCH_CONTRAST * lanczos(noise, height, width)).clip(0, 1)
