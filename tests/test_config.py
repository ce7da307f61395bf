"""Every option's bounds, and messages that name the field, the value and what is allowed."""

from __future__ import annotations

import json
import math
import pickle
from collections.abc import Mapping
from dataclasses import FrozenInstanceError, asdict, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from styleplug.config import PRESETS, FilterConfig, StylizeConfig
from styleplug.errors import ConfigError
from styleplug.options import Choice, Number, WholeNumber

OPTIONS = StylizeConfig.options()
NUMBERS = [name for name, option in OPTIONS.items() if isinstance(option, Number)]
WHOLE = [name for name in NUMBERS if isinstance(OPTIONS[name], WholeNumber)]
CHOICES = [name for name, option in OPTIONS.items() if isinstance(option, Choice)]
LAYERS = ["content_layers", "style_layers"]


def refuse(field: str, value: Any) -> ConfigError:
    with pytest.raises(ConfigError) as caught:
        StylizeConfig(**{field: value})
    assert caught.value.field == field
    assert str(caught.value) == f"{field} is {value!r}, but must be {caught.value.allowed}"
    return caught.value


def test_the_defaults_are_valid_and_the_first_preset() -> None:
    assert next(iter(PRESETS)) == "painterly"
    assert StylizeConfig() == StylizeConfig.from_preset("painterly")


@pytest.mark.parametrize("field", OPTIONS)
def test_every_option_says_in_a_sentence_what_it_is(field: str) -> None:
    text = OPTIONS[field].help
    assert text[0].isupper()
    assert text.endswith(".")


@pytest.mark.parametrize("field", NUMBERS)
def test_numbers_include_their_bounds(field: str) -> None:
    limits = OPTIONS[field]
    bounds = [bound for bound in (limits.low, limits.high) if bound != math.inf]
    for bound in bounds:
        assert getattr(StylizeConfig(**{field: bound}), field) == bound


@pytest.mark.parametrize("field", NUMBERS)
def test_a_number_outside_its_bounds_is_refused_with_the_bounds(field: str) -> None:
    limits = OPTIONS[field]
    step = 1 if field in WHOLE else 1e-9
    for bound, beyond in ((limits.low, -step), (limits.high, step)):
        if bound != math.inf:
            assert str(bound) in refuse(field, bound + beyond).allowed


@pytest.mark.parametrize("field", NUMBERS)
@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, True, "64", [64]])
def test_what_is_no_finite_number_is_refused(field: str, value: object) -> None:
    assert " number " in refuse(field, value).allowed


@pytest.mark.parametrize("field", NUMBERS)
def test_a_number_too_large_for_a_float_is_refused(field: str) -> None:
    refuse(field, 10**400)


@pytest.mark.parametrize("field", WHOLE)
def test_whole_numbers_have_no_fraction(field: str) -> None:
    assert refuse(field, 64.0).allowed.startswith("a whole number ")


@pytest.mark.parametrize("field", [name for name in NUMBERS if name not in WHOLE])
def test_only_optional_numbers_can_be_none(field: str) -> None:
    if not OPTIONS[field].optional:
        refuse(field, None)
    elif field != "content_error":
        assert getattr(StylizeConfig(**{field: None}), field) is None


def test_weights_of_numpy_come_back_from_a_note() -> None:
    config = StylizeConfig(style_layers={"relu1_1": np.float64(0.3), "relu2_1": np.float32(1)})
    assert StylizeConfig.parse(config.texts()) == config


def test_numbers_of_numpy_are_numbers() -> None:
    config = StylizeConfig(size=np.int64(64), strength=np.float32(0.25))
    assert (config.size, config.strength) == (64, 0.25)
    refuse("size", np.bool_(True))


@pytest.mark.parametrize("field", CHOICES)
def test_choices_are_listed_where_another_is_made(field: str) -> None:
    choices = OPTIONS[field].choices
    for choice in choices:
        assert getattr(StylizeConfig(**{field: choice}), field) == choice
    for value in ("nonsense", choices[0].upper(), "", None, 1):
        assert refuse(field, value).allowed == "one of " + ", ".join(choices)


@pytest.mark.parametrize(
    "device",
    [
        "auto",
        "cpu",
        "cuda",
        "cuda:1",
        "rocm:0",
        "mps",
        "directml",
        "coreml",
        "openvino",
        "tensorrt",
    ],
)
def test_devices(device: str) -> None:
    assert StylizeConfig(device=device).device == device


@pytest.mark.parametrize("device", ["", "gpu", "CUDA", "cuda:", "cuda:x", "cpu:0", "auto\n", None])
def test_an_unknown_device_lists_the_known(device: str | None) -> None:
    assert refuse("device", device).allowed.startswith("auto, cpu, cuda, cuda:N")


def test_a_run_starts_from_a_word_or_a_file() -> None:
    for init in ("content", "noise", "style", "some/file.png"):
        assert StylizeConfig(init=init).init == init
    for value in ("", None, 1):
        assert refuse("init", value).allowed == "content, noise, style, or a FILE"


@pytest.mark.parametrize("value", ["no", 1, None])
def test_the_pyramid_is_true_or_false(value: object) -> None:
    assert refuse("pyramid", value).allowed == "True or False"


@pytest.mark.parametrize("field", LAYERS)
@pytest.mark.parametrize(
    ("given_layers", "kept"),
    [
        (["relu1_1", "relu3_1"], {"relu1_1": 0.5, "relu3_1": 0.5}),
        (("relu2_2",), {"relu2_2": 1.0}),
        ({"relu1_1": 1, "relu3_1": 3}, {"relu1_1": 0.25, "relu3_1": 0.75}),
        ({"relu1_1": 0, "relu3_1": 3}, {"relu3_1": 1.0}),
        ("relu1_1", {"relu1_1": 1.0}),
        ("relu1_1,relu3_1=3", {"relu1_1": 0.25, "relu3_1": 0.75}),
        (" relu1_1 = 0.5 , relu3_1 = 5e-1, ", {"relu1_1": 0.5, "relu3_1": 0.5}),
    ],
    ids=str,
)
def test_layers_as_names_a_mapping_or_a_text(
    field: str, given_layers: Any, kept: Mapping[str, float]
) -> None:
    assert getattr(StylizeConfig(**{field: given_layers}), field) == kept


def test_layers_from_a_generator() -> None:
    layers = (f"relu{block}_1" for block in (1, 2))
    assert StylizeConfig(style_layers=layers).style_layers == {"relu1_1": 0.5, "relu2_1": 0.5}


@pytest.mark.parametrize("field", LAYERS)
@pytest.mark.parametrize(
    "layers",
    [
        [],
        "",
        " , ",
        {},
        {"relu1_1": 0},
        "relu1_1=0",
        {"relu1_1": -1.0},
        "relu1_1=-1",
        "relu1_1,relu2_1=-0.5",
        {"relu1_1": math.nan},
        "relu1_1=nan",
        "relu1_1=inf",
        {"relu1_1": True},
        {"relu1_1": "1"},
        {"relu1_1": None},
        {"relu1_1": 1e308, "relu2_1": 1e308},
        "relu1_1,relu1_1=2",
        ["relu1_1", "relu1_1"],
        "=1",
        [""],
        [11],
        [["relu1_1"]],
        {11: 1.0},
    ],
    ids=repr,
)
def test_layers_without_a_sensible_weight_are_refused(field: str, layers: object) -> None:
    assert refuse(field, layers).allowed.startswith("layers, each once, with weights of 0 or more")


@pytest.mark.parametrize("field", LAYERS)
@pytest.mark.parametrize("text", ["relu1_1=", "relu1_1=x", "relu1_1=1=2", "relu1_1=1;relu2_1=2"])
def test_a_text_of_layers_in_another_form_is_refused_with_the_form(field: str, text: str) -> None:
    assert refuse(field, text).allowed == "NAME or NAME=WEIGHT, separated by commas"


@pytest.mark.parametrize("field", LAYERS)
@pytest.mark.parametrize("value", [None, 11])
def test_layers_of_no_kind_are_refused(field: str, value: object) -> None:
    assert "names of layers" in refuse(field, value).allowed


@given(
    st.dictionaries(
        st.text("relu12345_", min_size=1),
        st.floats(0, 1e100).filter(lambda w: w == 0 or w > 1e-100),
    ).filter(lambda weights: any(weights.values()))
)
def test_weights_sum_to_1_in_their_ratio(weights: dict[str, float]) -> None:
    kept = StylizeConfig(style_layers=weights).style_layers
    assert list(kept) == [layer for layer, weight in weights.items() if weight]
    assert math.isclose(sum(kept.values()), 1)
    heaviest = max(weights, key=lambda layer: weights[layer])
    for layer, weight in kept.items():
        assert math.isclose(weight, kept[heaviest] * (weights[layer] / weights[heaviest]))


@given(
    st.dictionaries(
        st.sampled_from([f"relu{i}_1" for i in range(1, 6)]), st.floats(1e-6, 1e6), min_size=1
    )
)
def test_a_text_means_the_same_as_a_mapping(weights: dict[str, float]) -> None:
    text = ",".join(f"{layer}={weight!r}" for layer, weight in weights.items())
    assert StylizeConfig(style_layers=text) == StylizeConfig(style_layers=weights)


@given(st.sampled_from(NUMBERS), st.floats() | st.integers())
def test_a_number_is_kept_or_refused(field: str, value: float) -> None:
    limits = OPTIONS[field]
    allowed = (
        limits.low <= value <= limits.high
        and value != math.inf
        and (field not in WHOLE or isinstance(value, int))
    )
    if allowed:
        assert getattr(StylizeConfig(**{field: value}), field) == value
    else:
        refuse(field, value)


@pytest.mark.parametrize(
    ("weights", "expected"),
    [
        ({"content_weight": 3.0}, (3.0, 5.0)),
        ({"style_weight": 3.0}, (1.0, 3.0)),
        ({"content_weight": 2.0, "style_weight": 3.0}, (2.0, 3.0)),
        ({"content_weight": 0}, (0, 5.0)),
    ],
)
def test_weights_replace_the_content_error(
    weights: dict[str, float], expected: tuple[float, float]
) -> None:
    config = StylizeConfig(**weights)
    assert config.content_error is None
    assert (config.content_weight, config.style_weight) == expected


def test_without_weights_there_must_be_a_content_error() -> None:
    assert refuse("content_error", None).allowed == "a number where no weights are given"


def test_presets_differ_from_the_defaults_as_they_say() -> None:
    for name, options in PRESETS.items():
        config = StylizeConfig.from_preset(name)
        assert {field: getattr(config, field) for field in options} == dict(options)
    article = StylizeConfig.from_preset("article")
    assert (article.content_error, article.optimizer, article.init) == (None, "adam", "noise")


def test_options_win_over_the_preset() -> None:
    config = StylizeConfig.from_preset("article", iterations=7, style_weight=3.0)
    assert (config.iterations, config.style_weight, config.content_weight) == (7, 3.0, 1.0)


def test_a_content_error_replaces_the_weights_of_a_preset() -> None:
    config = StylizeConfig.from_preset("article", content_error=0.4)
    assert (config.content_error, config.content_weight, config.style_weight) == (0.4, None, None)
    assert config.optimizer == "adam"


@pytest.mark.parametrize("weight", ["content_weight", "style_weight"])
def test_a_content_error_beside_weights_is_refused(weight: str) -> None:
    with pytest.raises(ConfigError, match="must be left out where weights") as it:
        StylizeConfig.from_preset("painterly", content_error=0.4, **{weight: 1.0})
    assert it.value.field == "content_error"


def test_an_unknown_preset_lists_the_known() -> None:
    with pytest.raises(ConfigError, match="preset is 'cubist', but must be one of painterly, "):
        StylizeConfig.from_preset("cubist")


def test_a_config_travels_to_other_processes() -> None:
    config = StylizeConfig.from_preset("article", style_layers="relu1_1,relu2_1=3")
    assert pickle.loads(pickle.dumps(config)) == config
    assert json.loads(json.dumps(asdict(config)))["style_layers"]["relu2_1"] == 0.75


def test_configs_and_presets_are_frozen() -> None:
    config = StylizeConfig()
    with pytest.raises(FrozenInstanceError):
        config.size = 64
    with pytest.raises(TypeError):
        PRESETS["mine"] = {}


@pytest.mark.parametrize("preset", PRESETS)
def test_a_changed_copy_keeps_the_rest(preset: str) -> None:
    config = StylizeConfig.from_preset(preset)
    assert replace(config, size=64) == StylizeConfig.from_preset(preset, size=64)


@pytest.mark.parametrize("strength", [1, 1.0, np.float32(1)])
def test_a_number_has_one_text_whatever_its_type(strength: float) -> None:
    assert FilterConfig(strength=strength).texts()["strength"] == "1.0"


CONFIGS = [StylizeConfig, FilterConfig]


@pytest.mark.parametrize("kind", CONFIGS)
@pytest.mark.parametrize(("keep", "colors"), [(True, "luminance"), (False, "painted")])
def test_keep_colors_of_early_versions_is_still_understood(
    kind: type[StylizeConfig] | type[FilterConfig], keep: bool, colors: str
) -> None:
    expected = kind(colors=colors)
    assert kind(keep_colors=keep) == expected
    assert kind.from_options({}, keep_colors=keep) == expected
    assert kind.from_options({"keep_colors": keep}) == expected
    assert kind.parse({"keep_colors": str(keep)}) == expected
    assert "keep_colors" not in kind(keep_colors=keep).texts()
    assert replace(kind(keep_colors=keep), strength=0.25).colors == colors


@pytest.mark.parametrize("kind", CONFIGS)
def test_keep_colors_contradicts_no_other_option(
    kind: type[StylizeConfig] | type[FilterConfig],
) -> None:
    for make in (kind, lambda **options: kind.from_options({}, **options)):
        with pytest.raises(ConfigError, match="left out where colors is histogram"):
            make(keep_colors=True, colors="histogram")
        with pytest.raises(ConfigError, match="keep_colors is 'yes', but must be True or False"):
            make(keep_colors="yes")


@pytest.mark.parametrize("kind", CONFIGS)
def test_a_palette_says_that_colours_are_wanted(
    kind: type[StylizeConfig] | type[FilterConfig],
) -> None:
    assert kind(palette="p.jpg").colors == "covariance"
    assert kind(palette="p.jpg", colors="histogram").colors == "histogram"
    assert kind(palette="p.jpg").files() == {"palette": Path("p.jpg")}
    with pytest.raises(ConfigError, match="left out where colors is luminance"):
        kind(palette="p.jpg", colors="luminance")


def test_files_are_told_from_words() -> None:
    for init in ("content", "noise", "style"):
        assert StylizeConfig(init=init).files() == {}
    assert StylizeConfig(init="start.png").files() == {"init": Path("start.png")}


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("faces=0.5", "faces=0.5"),
        ("lines", "lines=0.8"),
        (" lines=1, faces ", "faces=0.8,lines=1.0"),
        ({"faces": np.float32(0.5), "lines": 0}, "faces=0.5"),
        ("faces=0", "none"),
        ("none", "none"),
        ({}, "none"),
    ],
)
def test_what_is_preserved_is_kept_as_a_text(given: Any, kept: str) -> None:
    config = StylizeConfig(preserve=given)
    assert config.preserve == kept
    assert StylizeConfig.parse(config.texts()) == config


@pytest.mark.parametrize(
    "value",
    [
        "hands",
        "faces=2",
        "faces=-0.1",
        "faces=nan",
        "faces=x",
        "",
        "faces,faces=0.5",
        "none,faces",
        3,
    ],
)
def test_what_cannot_be_preserved_is_refused_with_what_can(value: Any) -> None:
    allowed = "none, or some of faces, lines, text, each as NAME or NAME=0..1, with commas"
    assert refuse("preserve", value).allowed == allowed
