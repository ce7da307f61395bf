"""Options on the command line are those of the config: none missing, nothing stated twice."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from dataclasses import dataclass

import click
import pytest
from click.testing import CliRunner

from styleplug.cli.commands.stylize import stylize
from styleplug.cli.ui import options
from styleplug.cli.ui.options import config_from, config_options
from styleplug.config import PRESETS, Config, StylizeConfig
from styleplug.errors import ConfigError
from styleplug.options import Choice, Flag, Number, Option, memory_size, seconds

FIELDS = StylizeConfig.options()
OPTIONS = {option.name: option for option in stylize.params if isinstance(option, click.Option)}


@pytest.fixture
def config() -> Callable[..., StylizeConfig]:
    """The config that options on the command line lead to."""

    def parse(*arguments: str) -> StylizeConfig:
        made = []

        @click.command()
        @config_options
        def command(**given: object) -> None:
            made.append(config_from(given))

        result = CliRunner().invoke(command, arguments, standalone_mode=False)
        if result.exception is not None:
            raise result.exception
        return made[0]

    return parse


def test_every_field_has_an_option_in_the_same_order() -> None:
    assert [name for name in OPTIONS if name in FIELDS] == list(FIELDS)


@pytest.mark.parametrize("name", FIELDS)
def test_an_option_is_spelled_as_its_field(name: str) -> None:
    assert f"--{name.replace('_', '-')}" in OPTIONS[name].opts


@pytest.mark.parametrize("name", OPTIONS)
def test_every_option_has_a_help_text_in_sentences(name: str) -> None:
    text, _, limits = OPTIONS[name].help.partition(" [")
    assert text[0].isupper()
    assert text.endswith(".")
    assert not limits or limits.endswith("]")


@pytest.mark.parametrize("option", FIELDS.values(), ids=FIELDS)
def test_every_field_shows_its_default(option: Option) -> None:
    shown = re.search(r"[\[ ]default: (.*)\]$", OPTIONS[option.name].help)[1]
    if isinstance(option, Number) and option.default is not None:
        assert float(shown) == option.default
    else:
        assert shown == {True: "on", False: "off", None: "none"}.get(option.default, option.default)


@pytest.mark.parametrize("option", [o for o in FIELDS.values() if isinstance(o, Number)])
def test_every_number_shows_its_range(option: Option) -> None:
    low, high = re.search(r"\[(\S+) (?:to (\S+)|or more);", OPTIONS[option.name].help).groups()
    assert float(low) == option.low
    assert float(high or math.inf) == option.high


@pytest.mark.parametrize("name", [n for n, o in FIELDS.items() if isinstance(o, Choice)])
def test_choices_are_the_fields_own(name: str) -> None:
    assert tuple(OPTIONS[name].type.choices) == FIELDS[name].choices


@pytest.mark.parametrize("name", ["size", "time_limit"])
def test_numbers_with_a_unit_name_it(name: str) -> None:
    assert re.search("pixels|seconds", OPTIONS[name].help)


def test_a_field_that_is_off_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    @dataclass(frozen=True)
    class Tiled(Config):
        tiled: bool = Flag(False, "Work on tiles.").field()

    monkeypatch.setattr(options, "StylizeConfig", Tiled)
    command = config_options(click.Command("any", callback=lambda: None))
    (tiled,) = [param for param in command.params if param.name == "tiled"]
    assert tiled.help == "Work on tiles. [default: off]"


def test_without_options_the_config_is_the_default(config: Callable[..., StylizeConfig]) -> None:
    assert config() == StylizeConfig()


@pytest.mark.parametrize("preset", PRESETS)
def test_presets(config: Callable[..., StylizeConfig], preset: str) -> None:
    assert config("--preset", preset) == StylizeConfig.from_preset(preset)


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["--size", "64"], {"size": 64}),
        (["--output-size", "working"], {"output_size": "working"}),
        (["--strength", "0"], {"strength": 0.0}),
        (["--content-error", "0.5"], {"content_error": 0.5}),
        (["--style-weight", "3"], {"style_weight": 3.0}),
        (["--content-layers", "relu3_2"], {"content_layers": "relu3_2"}),
        (["--style-layers", "relu1_1,relu2_1=3"], {"style_layers": "relu1_1,relu2_1=3"}),
        (["--backbone", "vgg16"], {"backbone": "vgg16"}),
        (["--no-pyramid"], {"pyramid": False}),
        (["--pyramid"], {"pyramid": True}),
        (["--init", "some/file.png"], {"init": "some/file.png"}),
        (["--seed", "7"], {"seed": 7}),
        (["--device", "cuda:1"], {"device": "cuda:1"}),
        (["--time-limit", "2m"], {"time_limit": 120.0}),
        (["--max-memory", "2.5GB"], {"max_memory": 2.5e9}),
    ],
    ids=" ".join,
)
def test_an_option_sets_its_field(
    config: Callable[..., StylizeConfig], arguments: list[str], expected: dict[str, object]
) -> None:
    assert config(*arguments) == StylizeConfig(**expected)
    article = StylizeConfig.from_preset("article", **expected)
    assert config("--preset", "article", *arguments) == article


@pytest.mark.parametrize(
    ("text", "expected"),
    [("90", 90), ("60s", 60), ("5m", 300), ("1h", 3600), ("0.5", 0.5), ("1.5m", 90), ("0", 0)],
)
def test_durations(text: str, expected: float) -> None:
    assert seconds(text) == expected


@pytest.mark.parametrize(
    "text", ["", "s", "-5", "+5", "5 m", "5M", "1d", "1h30m", "1e3", "nan", "inf", ".5", "5.", "m5"]
)
def test_what_is_no_duration_is_refused_with_examples(text: str) -> None:
    with pytest.raises(ValueError, match="is no duration such as 90, 60s, 5m or 1h"):
        seconds(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2.5GB", 2.5e9),
        ("2500000000", 2.5e9),
        ("800 mb", 8e8),
        ("4GiB", 2**32),
        ("512k", 512_000),
        ("1T", 1e12),
    ],
)
def test_sizes_of_memory(text: str, expected: float) -> None:
    assert memory_size(text) == expected


@pytest.mark.parametrize("text", ["", "GB", "-1GB", "2,5GB", "4iB", "1XB", "1e9", "inf", "half"])
def test_what_is_no_size_of_memory_is_refused_with_examples(text: str) -> None:
    with pytest.raises(ValueError, match=r"is no size such as 2\.5GB"):
        memory_size(text)


@pytest.mark.parametrize("text", ["0", "0h", "9" * 400])
def test_a_duration_that_is_no_time_limit(config: Callable[..., StylizeConfig], text: str) -> None:
    with pytest.raises(ConfigError, match=r"time_limit .* must be a number of 0\.001 or more"):
        config("--time-limit", text)


@pytest.mark.parametrize(
    "arguments",
    [
        ("--pooling", "min"),
        ("--size", "large"),
        ("--size", "64.5"),
        ("--strength", "x"),
        ("--time-limit", "soon"),
    ],
    ids=" ".join,
)
def test_what_click_refuses_names_the_option(
    config: Callable[..., StylizeConfig], arguments: tuple[str, str]
) -> None:
    with pytest.raises(click.BadParameter) as caught:
        config(*arguments)
    assert arguments[0] in caught.value.format_message()
    assert arguments[1] in caught.value.format_message()
