"""Command line options made from the fields of a config, so that each is stated once."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import Field, fields
from pathlib import Path
from typing import Any

import click

from styleplug.config import PRESETS, StylizeConfig

_UNITS = {"": 1, "s": 1, "m": 60, "h": 3600}
_PREFIXES = ["", "k", "m", "g", "t"]
_METAVARS = {"int": "N", "float": "X", "float | None": "X", "str": "NAME"}


def seconds(text: str) -> float:
    """Seconds of a duration: 90, 60s, 5m or 1h."""
    match = re.fullmatch(r"(\d+(?:\.\d+)?)([smh]?)", text)
    if match is None:
        raise click.BadParameter(f"{text!r} is no duration such as 90, 60s, 5m or 1h")
    return float(match[1]) * _UNITS[match[2]]


def memory_size(text: str) -> float:
    """Bytes of a size: 2500000000, 2.5GB, 800MB or 4GiB."""
    match = re.fullmatch(r"(\d+(?:\.\d+)?) ?([kmgt]?)(i?)b?", text.lower())
    if match is None or (match[3] and not match[2]):
        raise click.BadParameter(f"{text!r} is no size such as 2.5GB, 800MB or 4GiB")
    base = 1024.0 if match[3] else 1000.0
    return float(match[1]) * base ** _PREFIXES.index(match[2])


def content_error(text: str) -> float:
    """How far from the photograph a filter may lead, which is steered to while it is trained."""
    try:
        error = float(text)
    except ValueError:
        error = math.nan
    if not 0.1 <= error <= 3:
        raise click.BadParameter(f"{text!r} is no number from 0.1 to 3")
    return error


class _OutputOption(click.Option):
    """Names the formats that are written, plug-ins' too, once somebody asks for help."""

    def get_help_record(self, ctx: click.Context) -> tuple[str, str] | None:
        from styleplug.api import list_formats

        *most, last = (format.writes[0] for format in list_formats() if format.writes)
        self.help = (self.help or "").replace("FORMATS", f"{', '.join(most)} or {last}")
        return super().get_help_record(ctx)


def output_option(also: str = ".") -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """`--output` of a command that writes a picture; `also` ends the help text."""
    return click.option(
        "-o",
        "--output",
        cls=_OutputOption,
        type=click.Path(path_type=Path),
        metavar="FILE",
        required=True,
        help="Where to write the picture: FORMATS" + also,
    )


strip_option = click.option(
    "--strip",
    is_flag=True,
    help="Leave out all metadata and sidecars, and the note of how the picture was made. The colour"
    " profile stays: colours are wrong without.",
)
"""`--strip` of a command that writes a picture."""


def config_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command every option of `StylizeConfig`, and `--preset`."""
    command = field_options(StylizeConfig)(command)
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
    return StylizeConfig.from_preset(options["preset"], **given_options(StylizeConfig, options))


def field_options(config: type[Any]) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Gives a command an option for each field of a config, in their order."""

    def decorate(command: Callable[..., Any]) -> Callable[..., Any]:
        for option in reversed(fields(config)):
            command = _click_option(option)(command)
        return command

    return decorate


def given_options(config: type[Any], options: Mapping[str, Any]) -> dict[str, Any]:
    """Those of a command's options that are fields of the config and were given."""
    names = [option.name for option in fields(config)]
    return {name: options[name] for name in names if options[name] is not None}


def _click_option(option: Field[Any]) -> Callable[..., Any]:
    name = option.name.replace("_", "-")
    help_text = f"{option.metadata['help']} [{_range_and_default(option)}]"
    if option.type == "bool":
        return click.option(f"--{name}/--no-{name}", default=None, help=help_text)
    kind: Any = {"int": int, "float": float, "float | None": float}.get(str(option.type), str)
    metavar: str | None = _METAVARS.get(str(option.type), "LAYERS")
    if "choices" in option.metadata:
        kind, metavar = click.Choice(option.metadata["choices"]), None
    if option.name == "time_limit":
        kind, metavar = seconds, "TIME"
    if option.name == "max_memory":
        kind, metavar = memory_size, "SIZE"
    return click.option(f"--{name}", type=kind, metavar=metavar, help=help_text)


def _range_and_default(option: Field[Any]) -> str:
    default = f"default: {_plain(option.default)}"
    if "low" not in option.metadata:
        return default
    low, high = option.metadata["low"], option.metadata["high"]
    return f"{low:g} or more; {default}" if high == math.inf else f"{low:g} to {high}; {default}"


def _plain(default: Any) -> str:
    if isinstance(default, tuple):
        return ",".join(default)
    if isinstance(default, float):
        return f"{default:g}"
    if isinstance(default, bool):
        return "on" if default else "off"
    return "none" if default is None else str(default)
