"""Styleplug's own filters, wherever they come from, and those that the user adds."""

from __future__ import annotations

import json
import logging
import os
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from onnx_filters import picture_model
from random_filters import install_filters

from styleplug.errors import ConfigError, FilterError
from styleplug.filters.architecture import STYLE_SIZE
from styleplug.filters.collection import (
    add_external,
    add_style,
    check_new,
    find_filter,
    find_style,
    import_style,
    list_filters,
    remove_filter,
)
from styleplug.filters.external import ExternalFilterSpec
from styleplug.filters.filter_function import FilterInput
from styleplug.filters.store import user_file
from styleplug.filters.style import SUFFIX, FilterStyle, read_style, write_style
from styleplug.filters.weights import FilterWeights
from styleplug.runtime.models import find_model

SPEC = ExternalFilterSpec("somebody's", "0..1", "0..1")


@pytest.fixture(autouse=True)
def network(filter_weights: FilterWeights) -> FilterWeights:
    """A network with the styles dots and lines, in the place of the bundled one."""
    install_filters(filter_weights)
    return filter_weights


@pytest.fixture
def waves(network: FilterWeights) -> FilterStyle:
    """A style for this network that isn't one of its own."""
    dots = network.styles[0]
    return replace(dots, name="waves", description="My waves", scale=dots.scale + 1)


@pytest.fixture
def model(tmp_path: Path) -> Path:
    return picture_model(tmp_path / "model.onnx")


def names() -> list[str]:
    return [filter.name for filter in list_filters()]


def test_all_kinds_are_listed_by_name(waves: FilterStyle, model: Path) -> None:
    assert names() == ["dots", "lines"]
    add_style(waves)
    add_external(model, "external", SPEC)
    assert {filter.name: filter.description for filter in list_filters()} == {
        "dots": "Painted in dots",
        "external": "somebody's",
        "lines": "Painted in lines",
        "waves": "My waves",
    }
    assert names() == sorted(names())


@pytest.mark.parametrize("suffix", [SUFFIX, ".json"])
def test_a_damaged_file_is_named_with_its_remedy_and_left_out(
    suffix: str, waves: FilterStyle, caplog: pytest.LogCaptureFixture
) -> None:
    add_style(waves)
    user_file("broken", suffix).write_bytes(b"nothing")
    user_file("Not A Name", suffix).write_bytes(b"nobody's")
    with caplog.at_level(logging.WARNING):
        assert names() == ["dots", "lines", "waves"]
    assert len(caplog.records) == 1
    assert str(user_file("broken", suffix)) in caplog.text
    assert "styleplug filters remove broken" in caplog.text
    with pytest.raises(FilterError, match="broken"):
        find_filter("broken")
    remove_filter("broken")
    assert not user_file("broken", suffix).exists()


def test_a_damaged_network_leaves_the_users_models(
    model: Path, caplog: pytest.LogCaptureFixture
) -> None:
    find_model("filters").path.write_bytes(b"damaged")
    add_external(model, "external", SPEC)
    with caplog.at_level(logging.WARNING):
        assert names() == ["external"]
    assert "damaged or was exchanged" in caplog.text


def test_a_filter_is_found_by_its_name(waves: FilterStyle) -> None:
    image = np.random.default_rng(0).random((24, 32, 3), np.float32)
    add_style(waves)
    given = FilterInput(image, device="cpu")
    pictures = [find_filter(name)(given).image for name in ("dots", "lines", "waves")]
    assert all(picture.shape == image.shape for picture in pictures)
    assert np.abs(pictures[0] - pictures[1]).mean() > 0.01
    assert np.abs(pictures[0] - pictures[2]).mean() > 0.01


@pytest.mark.parametrize("name", ["stripes", "", "Dots", "../dots", "a/b", "x" * 300])
def test_what_is_no_filter_of_ours_is_left_to_others(name: str) -> None:
    assert find_filter(name) is None
    with pytest.raises(ConfigError, match=r"a blend of several \(dots, lines\)"):
        find_style(name)


@pytest.mark.parametrize(
    ("blend", "share"),
    [
        ("dots:0.6,lines:0.2", 0.75),
        ("dots:3, lines", 0.75),
        ("dots,lines", 0.5),
        ("dots:0.1", 1),
        ("dots:0,lines:2", 0),
    ],
)
def test_a_blend_is_the_mean_by_its_weights(
    blend: str, share: float, network: FilterWeights
) -> None:
    dots, lines = network.styles
    mixed = find_style(blend)
    np.testing.assert_allclose(mixed.scale, share * dots.scale + (1 - share) * lines.scale, 1e-5)
    np.testing.assert_allclose(
        mixed.shift, share * dots.shift + (1 - share) * lines.shift, 1e-5, 1e-6
    )


@pytest.mark.parametrize(
    ("blend", "problem"),
    [
        ("dots:much", "names with weights, such as"),
        ("dots:0.5:lines", "names with weights, such as"),
        ("dots:-1,lines:2", "0 or more"),
        ("dots:nan,lines", "0 or more"),
        ("dots:0,lines:0", "one of them above 0"),
        ("dots,stripes", r"'stripes' is none of \(dots, lines\)"),
        ("dots,", r"'' is none of"),
        ("dots,external:2", r"'external' is none of \(dots, lines\)"),
        (":", "names with weights, such as"),
    ],
)
def test_a_blend_that_is_none_is_refused(blend: str, problem: str, model: Path) -> None:
    add_external(model, "external", SPEC)
    with pytest.raises(ConfigError, match=problem) as caught:
        find_filter(blend)
    assert caught.value.field == "filter"


def test_a_style_of_another_network_is_listed_but_refused_with_its_remedy(
    waves: FilterStyle,
) -> None:
    add_style(replace(waves, network="0" * 16))
    assert "waves" in names()
    for filter in ("waves", "dots,waves"):
        with pytest.raises(FilterError, match=r"filter waves: .*learn it again"):
            find_filter(filter)


def test_a_style_is_passed_on(waves: FilterStyle, tmp_path: Path) -> None:
    file = tmp_path / "passed-on.safetensors"
    write_style(find_style("dots:1,lines:1"), file)
    assert import_style(file).name == "dots-lines"
    assert import_style(file, "mine").name == "mine"
    assert names() == ["dots", "dots-lines", "lines", "mine"]
    np.testing.assert_array_equal(find_style("mine").scale, read_style(file).scale)


def test_what_is_no_style_of_this_network_isnt_imported(waves: FilterStyle, tmp_path: Path) -> None:
    file = tmp_path / "other.safetensors"
    write_style(replace(waves, network="0" * 16), file)
    with pytest.raises(FilterError, match="learn it again"):
        import_style(file)
    file.write_bytes(b"nothing")
    with pytest.raises(FilterError, match=r"other\.safetensors: holds no style"):
        import_style(file)
    assert names() == ["dots", "lines"]


@pytest.mark.parametrize("name", ["", "Dots", "a--b", "../up", "con", "x" * 65])
def test_names_are_checked(name: str, waves: FilterStyle, tmp_path: Path, model: Path) -> None:
    write_style(waves, tmp_path / "waves.safetensors")
    for add in (
        lambda: import_style(tmp_path / "waves.safetensors", name),
        lambda: add_external(model, name, SPEC),
    ):
        with pytest.raises(ConfigError) as caught:
            add()
        assert caught.value.field == "name"
    assert names() == ["dots", "lines"]


@pytest.mark.parametrize("kind", ["BF16", "F8_E4M3", "F4", "C64"])
def test_a_style_of_a_strange_type_is_named_and_left_out(
    kind: str, waves: FilterStyle, caplog: pytest.LogCaptureFixture
) -> None:
    add_style(waves)
    sound = user_file("waves", SUFFIX).read_bytes()
    length = int.from_bytes(sound[:8], "little")
    header = json.loads(sound[8 : 8 + length])
    size = STYLE_SIZE * {"F4": 4, "F8_E4M3": 8, "BF16": 16, "C64": 64}[kind] // 8
    for at, vector in enumerate(("scale", "shift")):
        header[vector] |= {"dtype": kind, "data_offsets": [at * size, (at + 1) * size]}
    text = json.dumps(header).encode()
    strange = len(text).to_bytes(8, "little") + text + bytes(2 * size)
    user_file("strange", SUFFIX).write_bytes(strange)
    assert names() == ["dots", "lines", "waves"]
    assert "styleplug filters remove strange" in caplog.text
    remove_filter("strange")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes on this system")
def test_what_has_no_end_is_named_and_left_out(
    waves: FilterStyle, caplog: pytest.LogCaptureFixture
) -> None:
    add_style(waves)
    for suffix in (SUFFIX, ".json"):
        os.mkfifo(user_file(f"endless{len(suffix)}", suffix))
    user_file("a-folder", SUFFIX).mkdir()
    assert names() == ["dots", "lines", "waves"]
    assert len(caplog.messages) == 3


def test_only_ones_own_filter_is_replaced(waves: FilterStyle, model: Path) -> None:
    add_style(waves)
    with pytest.raises(ConfigError, match="unless --overwrite is given"):
        check_new("waves", overwrite=False)
    with pytest.raises(ConfigError, match="styleplug brings"):
        check_new("dots", overwrite=True)
    add_external(model, "waves", SPEC, overwrite=True)
    assert [filter.description for filter in list_filters()][-1] == "somebody's"
    add_style(waves)
    assert [filter.description for filter in list_filters()][-1] == "My waves"
    assert len(list(user_file("waves", SUFFIX).parent.iterdir())) == 1, "of each filter one kind"


def test_only_ones_own_filter_is_removed(waves: FilterStyle, model: Path) -> None:
    add_style(waves)
    add_external(model, "external", SPEC)
    for name in ("dots", "stripes", "../waves", ""):
        with pytest.raises(ConfigError, match=r"one of your own filters \(external, waves\)"):
            remove_filter(name)
    remove_filter("waves")
    remove_filter("external")
    assert names() == ["dots", "lines"]
    assert list(user_file("any", SUFFIX).parent.iterdir()) == []
