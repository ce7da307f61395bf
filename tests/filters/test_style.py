"""A style is kept in a small file, mixed with others, and refused where it is none."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import save_file

from styleplug.errors import ConfigError, FilterError
from styleplug.filters.architecture import STYLE_SIZE
from styleplug.filters.style import FilterStyle, mix, read_style, write_style
from styleplug.filters.weights import FilterWeights

ZEROS = np.zeros(STYLE_SIZE, np.float32)


def test_a_file_holds_all_of_a_style(filter_weights: FilterWeights, tmp_path: Path) -> None:
    style = filter_weights.styles[0]
    write_style(style, tmp_path / "deep" / "dots.safetensors")
    found = read_style(tmp_path / "deep" / "dots.safetensors")
    assert (found.name, found.description, found.network) == (
        *("dots", "Painted in dots"),
        filter_weights.network,
    )
    np.testing.assert_array_equal(found.scale, style.scale)
    np.testing.assert_array_equal(found.shift, style.shift)


def test_files_that_hold_no_style_are_refused(
    filter_weights: FilterWeights, tmp_path: Path
) -> None:
    path = tmp_path / "style.safetensors"
    with pytest.raises(FilterError, match=r"style\.safetensors: can't be read"):
        read_style(path)
    path.write_bytes(b"no tensors at all")
    with pytest.raises(FilterError, match=r"style\.safetensors: holds no style .* use a file"):
        read_style(path)
    facts = {"name": "dots", "description": "", "network": "0"}
    for tensors, metadata in (
        ({"scale": ZEROS}, facts),
        ({"scale": ZEROS, "shift": ZEROS}, None),
        ({"scale": ZEROS, "shift": ZEROS[1:]}, facts),
        ({"scale": ZEROS, "shift": ZEROS + np.nan}, facts),
        ({"scale": ZEROS, "shift": ZEROS + np.float32(3e38)}, facts),
        ({"scale": ZEROS, "shift": ZEROS.astype(np.float64)}, facts),
        ({"scale": ZEROS, "shift": ZEROS}, facts | {"name": "../dots"}),
    ):
        save_file(tensors, path, metadata)
        with pytest.raises(FilterError, match="holds no style"):
            read_style(path)
    write_style(filter_weights.styles[0], path)
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(FilterError, match="holds no style"):
        read_style(path)


def test_a_place_that_cant_be_written_is_named(
    filter_weights: FilterWeights, tmp_path: Path
) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(FilterError, match=r"dots: .*can't be written"):
        write_style(filter_weights.styles[0], tmp_path / "file" / "dots.safetensors")


def test_a_mixture_is_the_weighted_mean(filter_weights: FilterWeights) -> None:
    dots, lines = filter_weights.styles
    mixture = mix([(dots, 3), (lines, 1)])
    np.testing.assert_allclose(mixture.scale, (3 * dots.scale + lines.scale) / 4, rtol=1e-5)
    np.testing.assert_allclose(mixture.shift, (3 * dots.shift + lines.shift) / 4, atol=1e-6)
    assert mixture.network == filter_weights.network
    np.testing.assert_array_equal(mix([(dots, 0.2), (lines, 0)]).scale, dots.scale)


@pytest.mark.parametrize("weights", [(0, 0), (1, -1), (1, float("nan")), (1, float("inf"))])
def test_weights_that_are_none_are_refused(
    weights: tuple[float, float], filter_weights: FilterWeights
) -> None:
    with pytest.raises(ConfigError, match="weights of 0 or more"):
        mix(list(zip(filter_weights.styles, weights, strict=True)))


def test_styles_of_two_networks_dont_mix(filter_weights: FilterWeights) -> None:
    dots, lines = filter_weights.styles
    with pytest.raises(FilterError, match="lines: was trained with another network than dots"):
        mix([(dots, 1), (replace(lines, network="0"), 1)])


def test_a_name_is_a_name() -> None:
    with pytest.raises(FilterError, match="lower-case words"):
        FilterStyle("Dots and lines", "", ZEROS, ZEROS, "0")
