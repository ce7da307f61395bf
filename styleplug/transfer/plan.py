"""All scales of a transfer, small to large: those up to the config's size, and then octaves."""

from __future__ import annotations

from collections.abc import Sequence

from styleplug.config import StylizeConfig
from styleplug.transfer.engine import Engine
from styleplug.transfer.memory import Extras, fitted_scales
from styleplug.transfer.octaves import config_at, octave_painting_sizes, plan_octaves
from styleplug.transfer.scene import ContentImage, StyleImage
from styleplug.transfer.schedule import Scale, plan_scales
from styleplug.transfer.targets import painting_size
from styleplug.transfer.terms.preserve import preserved_layers
from styleplug.transfer.weaker import for_each, weaker_scales


def plan_transfer(
    height: int, width: int, config: StylizeConfig, weaker: Sequence[float] = ()
) -> tuple[Scale, ...]:
    """The scales for a photograph of height × width pixels; errors as of `plan_scales`.

    Args:
        weaker: strengths below the config's at which to paint it, too.
    """
    base = plan_scales(height, width, config)
    octaves = plan_octaves(base, height, width, config)
    return (*base, *weaker_scales(base[-1], config, weaker), *for_each(weaker, octaves))


def fitted_plan(
    photograph: ContentImage,
    paintings: Sequence[StyleImage],
    config: StylizeConfig,
    engine: Engine,
    weaker: Sequence[float] = (),
) -> tuple[Scale, ...]:
    """The scales, each worked on so that it fits into memory; errors as of `fitted_scales`."""
    width, height = photograph.size
    scales = plan_transfer(height, width, config, weaker)
    base = [scale for scale in scales if not scale.is_octave]
    # An octave's targets are there only as long as it is worked on.
    at_a_time = [base, *([octave] for octave in scales[len(base) :])]
    fitted: list[Scale] = []
    for together in at_a_time:
        last = together[-1]
        there = config_at(last, config)
        if last.is_octave:
            sizes = octave_painting_sizes(paintings, last, config)
        else:
            sizes = [painting_size(one, *last.shape, config.stroke_scale) for one in paintings]
        layers = (*there.content_layers, *there.style_layers)
        preserved = () if photograph.preserved is None else preserved_layers(layers)
        extras = Extras(preserved, max(1, len(photograph.regions)), len(weaker))
        fitted += fitted_scales(together, sizes, there, engine, extras)
    return tuple(fitted)
