"""The picture that the work starts from."""

import numpy as np
import pytest

from styleplug.config import StylizeConfig
from styleplug.errors import ConfigError
from styleplug.image.resize import resized
from styleplug.transfer.start import picture_to_start_from
from styleplug.vgg.tensors import Pixels

SIZE = (48, 64)
CONTENT, STYLE, GIVEN = np.random.default_rng(0).random((3, 96, 128, 3), np.float32)


def start(given: Pixels | None = None, **options: object) -> Pixels:
    config = StylizeConfig(**options)
    return picture_to_start_from(config, SIZE, content=CONTENT, style=STYLE, given=given)


@pytest.mark.parametrize(
    ("init", "picture"), [("content", CONTENT), ("style", STYLE), ("start.png", GIVEN)]
)
def test_seed_0_starts_from_the_picture_itself(init: str, picture: Pixels) -> None:
    plain = start(GIVEN, init=init)
    np.testing.assert_array_equal(plain, resized(picture, *SIZE))
    assert np.abs(start(GIVEN, init=init, seed=1) - plain).mean() > 0.1


def test_noise_depends_on_the_seed_alone() -> None:
    one, same, other = (start(init="noise", seed=seed) for seed in (1, 1, 2))
    np.testing.assert_array_equal(one, same)
    assert not np.array_equal(one, other)


def test_a_picture_to_start_from_must_be_there() -> None:
    with pytest.raises(ConfigError, match="init"):
        start(init="missing.png")
