"""photobooth-app's web service: pictures that its camera takes, filtered and fetched over HTTP."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from booth import Booth
from numpy.typing import NDArray

pytestmark = pytest.mark.slow

POSTERISE = "FilterStyleplug.posterise"
FAIL = "FilterStyleplug.fail"
EVERYTHING = ("styleplug", "photobooth", "odd_plugin")


@pytest.fixture
def posterised(photograph: NDArray[np.float32]) -> NDArray[np.float32]:
    """The photograph as the filter makes it."""
    return np.rint(photograph * 3) / np.float32(3)


@pytest.fixture(scope="module")
def booth(
    python: Path,
    environment: Callable[..., dict[str, str]],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Booth]:
    """The host, which takes pictures as they are."""
    booth = Booth(python, tmp_path_factory.mktemp("booth"), environment(*EVERYTHING))
    yield booth
    booth.end()


def alike(one: NDArray[np.float32], other: NDArray[np.float32]) -> bool:
    """Whether two pictures differ by no more than JPEG makes of it.

    Brightness alone is compared, for JPEG keeps colours coarsely.
    """
    luma = np.float32([0.299, 0.587, 0.114])
    return bool(np.abs((one - other) @ luma).mean() < 0.018)


def test_a_picture_is_taken_previewed_and_filtered(
    booth: Booth, photograph: NDArray[np.float32], posterised: NDArray[np.float32]
) -> None:
    assert POSTERISE in booth.get("/api/filter/")
    picture = booth.take_picture()
    whole = f"/media/full/{picture}"
    assert alike(booth.picture(whole), photograph)

    preview = booth.picture(f"/api/filter/{picture}?filter={POSTERISE}")
    assert preview.shape == (213, 320, 3)

    assert booth.apply(picture, POSTERISE) == 200
    assert alike(booth.picture(whole), posterised)

    assert booth.apply(picture, "original") == 200
    assert alike(booth.picture(whole), photograph)


def test_strength(
    booth: Booth, photograph: NDArray[np.float32], posterised: NDArray[np.float32]
) -> None:
    picture = booth.take_picture()
    for strength in (0.5, 0.0, 1.0):
        assert booth.configure(strength=strength) == 200
        assert booth.apply(picture, POSTERISE) == 200
        expected = photograph + strength * (posterised - photograph)
        assert alike(booth.picture(f"/media/full/{picture}"), expected)
    assert booth.configure(strength=1.5) == 422


def test_a_preview_that_fails_says_why(booth: Booth) -> None:
    picture = booth.take_picture()
    status, body = booth.request("GET", f"/api/filter/{picture}?filter={FAIL}")
    assert status == 406
    assert b"plug-in odd_plugin: failed in styleplug_apply_filter" in body


def test_a_picture_that_can_not_be_filtered_stays_as_it_is(
    booth: Booth, photograph: NDArray[np.float32]
) -> None:
    picture = booth.take_picture()
    assert booth.apply(picture, FAIL) == 200
    assert alike(booth.picture(f"/media/full/{picture}"), photograph)
    [line] = [line for line in booth.log if "filter fail has failed" in line]
    assert "no such luck" in line


def test_no_photograph_is_lost_to_a_filter_that_fails(
    open_booth: Callable[..., Booth], photograph: NDArray[np.float32]
) -> None:
    booth = open_booth(*EVERYTHING, filter=FAIL)
    picture = booth.take_picture()
    assert alike(booth.picture(f"/media/full/{picture}"), photograph)
