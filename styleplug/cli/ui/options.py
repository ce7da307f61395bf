"""Options that several commands have, and those made from a config, so that each is stated once."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import click

from styleplug.config import DEFAULT_PRESET, PRESETS, RENAMED, Config, StylizeConfig, renamed
from styleplug.options import Choice, Flag, Number, Option, seconds

Decorator = Callable[[Callable[..., Any]], Callable[..., Any]]
"""Gives a command an option or several."""


def parsed_by(parse: Callable[[str], Any]) -> Callable[[str], Any]:
    """A kind of option that a function makes of a text, or refuses with a ValueError saying why."""

    def convert(text: str) -> Any:
        try:
            return parse(text)
        except ValueError as error:
            raise click.BadParameter(str(error)) from error

    return convert


SECONDS = parsed_by(seconds)

_CONTENT_ERROR = Number(None, "", 0.1, 3, name="content error")
content_error = parsed_by(lambda text: _CONTENT_ERROR.checked(_CONTENT_ERROR.parse(text)))
"""How far from the photograph a filter may lead, which is steered to while it is trained."""


class _OutputOption(click.Option):
    """Names the formats that are written, plug-ins' too, once somebody asks for help."""

    def get_help_record(self, ctx: click.Context) -> tuple[str, str] | None:
        from styleplug.api import list_formats

        *most, last = (format.writes[0] for format in list_formats() if format.writes)
        self.help = (self.help or "").replace("FORMATS", f"{', '.join(most)} or {last}")
        return super().get_help_record(ctx)


def output_option(also: str = ".") -> Decorator:
    """`--output` of a command that writes a picture; `also` ends the help text."""
    return path_option(
        "-o",
        "--output",
        cls=_OutputOption,
        required=True,
        help="Where to write the picture: FORMATS" + also,
    )


def path_option(*names: str, metavar: str = "FILE", **more: Any) -> Decorator:
    """An option that names a file or a folder."""
    return click.option(*names, type=click.Path(path_type=Path), metavar=metavar, **more)


def port_option(usual: int) -> Decorator:
    """An option that names the port of a service."""
    return click.option(
        "--port",
        type=click.IntRange(0, 65535),
        default=usual,
        metavar="N",
        help="The port to listen at; 0 is any that is free.",
    )


like_option = path_option(
    "--like",
    metavar="PICTURE",
    help="Paint as PICTURE was painted by styleplug, but for the options that are given.",
)
name_option = click.option(
    "--name", metavar="NAME", required=True, help="Lower-case letters, digits and hyphens."
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
        metavar="NAME",
        default=DEFAULT_PRESET,
        help=f"Where the defaults of the options below come from: {', '.join(PRESETS)}, or one of"
        " your own (`styleplug presets`).",
    )(command)


def config_from(options: Mapping[str, Any]) -> StylizeConfig:
    """The config that a command's options ask for: the preset's, but for what was given.

    Raises:
        ConfigError: an option is outside its range.
    """
    return StylizeConfig.from_preset(options["preset"], **given_options(StylizeConfig, options))


def field_options(config: type[Config]) -> Decorator:
    """Gives a command an option for each of a config, in their order."""

    def decorate(command: Callable[..., Any]) -> Callable[..., Any]:
        for option in reversed(config.options().values()):
            command = _click_option(option)(command)
        if "colors" not in config.options():
            return command
        # As --colors luminance was once called.
        keep_colors = "--keep-colors/--no-keep-colors"
        return click.option(keep_colors, default=None, hidden=True, help="See --colors.")(command)

    return decorate


def given_options(config: type[Config], options: Mapping[str, Any]) -> dict[str, Any]:
    """Those of a command's options that are a config's and were given, by the names of today."""
    names = (*config.options(), *RENAMED)
    return renamed({name: options[name] for name in names if options.get(name) is not None})


def _click_option(option: Option) -> Callable[..., Any]:
    """The option of a command that is a config's."""
    name = option.name.replace("_", "-")
    help_text = f"{option.help} [{_range_and_default(option)}]"
    if isinstance(option, Flag):
        return click.option(f"--{name}/--no-{name}", default=None, help=help_text)
    kind = option_type(option)
    return click.option(f"--{name}", type=kind, metavar=option.metavar, help=help_text)


def option_type(option: Option) -> Any:
    """What makes an option's value of a text."""
    return click.Choice(option.choices) if isinstance(option, Choice) else parsed_by(option.parse)


def _range_and_default(option: Option) -> str:
    default = f"default: {_plain(option.default)}"
    if not isinstance(option, Number):
        return default
    low, high = option.low, option.high
    return f"{low:g} or more; {default}" if high == math.inf else f"{low:g} to {high}; {default}"


def _plain(default: Any) -> str:
    if isinstance(default, float):
        return f"{default:g}"
    if isinstance(default, bool):
        return "on" if default else "off"
    return "none" if default is None else str(default)
