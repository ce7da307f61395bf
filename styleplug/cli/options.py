"""Command line options made from the fields of a config, so that each is stated once."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import Field, fields
from typing import Any

import click

from styleplug.config import PRESETS, StylizeConfig

_UNITS = {"": 1, "s": 1, "m": 60, "h": 3600}
_METAVARS = {"int": "N", "float": "X", "float | None": "X", "str": "NAME"}


class Duration(click.ParamType[float]):
    """Seconds as a number, or with a unit: 90, 60s, 5m, 1h."""

    name = "duration"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> float:
        match = re.fullmatch(r"(\d+(?:\.\d+)?)([smh]?)", str(value))
        if match is None:
            self.fail(f"{value!r} is no duration such as 90, 60s, 5m or 1h", param, ctx)
        return float(match[1]) * _UNITS[match[2]]


def config_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command every option of `StylizeConfig`, and `--preset`."""
    for option in reversed(fields(StylizeConfig)):
        command = _click_option(option)(command)
    return click.option(
        "--preset",
        type=click.Choice(list(PRESETS)),
        default=next(iter(PRESETS)),
        show_default=True,
        help="Where the defaults of the options below come from.",
    )(command)


def config_from(options: Mapping[str, Any]) -> StylizeConfig:
    """The config that a command's options ask for: the preset's, but for what was given.

    Raises:
        ConfigError: an option is outside its range.
    """
    given = {
        option.name: options[option.name]
        for option in fields(StylizeConfig)
        if options[option.name] is not None
    }
    return StylizeConfig.from_preset(options["preset"], **given)


def _click_option(option: Field[Any]) -> Callable[..., Any]:
    name = option.name.replace("_", "-")
    help_text = option.metadata["help"]
    if option.type == "bool":
        return click.option(f"--{name}/--no-{name}", default=None, help=help_text)
    kind: Any = {"int": int, "float": float, "float | None": float}.get(str(option.type), str)
    metavar: str | None = _METAVARS.get(str(option.type), "LAYERS")
    if "choices" in option.metadata:
        kind, metavar = click.Choice(option.metadata["choices"]), None
    if option.name == "time_limit":
        kind, metavar = Duration(), "TIME"
    return click.option(
        f"--{name}", type=kind, metavar=metavar, help=f"{_sentence(help_text)} {_default(option)}"
    )


def _sentence(text: str) -> str:
    return text[0].upper() + text[1:] + "."


def _default(option: Field[Any]) -> str:
    default = option.default
    if isinstance(default, tuple):
        default = ",".join(default)
    limits = ""
    if "low" in option.metadata:
        low, high = option.metadata["low"], option.metadata["high"]
        limits = f"{low:g} or more" if high == float("inf") else f"{low:g} to {high:g}"
    parts = [limits] if limits else []
    if default is not None:
        parts.append(f"default {default:g}" if isinstance(default, float) else f"default {default}")
    return f"[{'; '.join(parts)}]" if parts else ""
