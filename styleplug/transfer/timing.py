"""How long evaluations will take, before the first one."""

from __future__ import annotations

import time

from styleplug.config import StylizeConfig
from styleplug.image.resize import resized
from styleplug.transfer.engine import Engine
from styleplug.transfer.memory import slowdown
from styleplug.transfer.schedule import Scale
from styleplug.vgg.encoder import Encoder
from styleplug.vgg.tensors import Pixels, as_batch


def seconds_per_pass(
    encoder: Encoder, engine: Engine, photograph: Pixels, largest: Scale, config: StylizeConfig
) -> float:
    """Of an evaluation of the picture at the largest scale, without its smaller sizes.

    The encoder is timed, so what it does first must be done.
    """
    side = largest.encoding or largest.longest
    image = resized(photograph, *largest.shape)[:side, :side]
    begun = time.monotonic()
    encoder.features(as_batch(image), tuple(config.content_layers))
    elapsed = time.monotonic() - begun
    forward = elapsed * largest.pixels / image[..., 0].size
    layers = [*config.content_layers, *config.style_layers]
    return engine.cost_in_forward_passes * forward * slowdown(largest, engine.architecture, layers)
