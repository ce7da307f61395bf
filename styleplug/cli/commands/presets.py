"""`styleplug presets`: options that go by a name."""

from __future__ import annotations

from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import click

from styleplug.cli.ui.job import provenance_of
from styleplug.cli.ui.options import config_from, config_options, given_options, like_option
from styleplug.cli.ui.terminal import say, say_json
from styleplug.config import StylizeConfig


@click.group()
def presets() -> None:
    """List presets; show, save or remove your own.

    A preset is options under a name, which every --preset and every host knows. One of your own is
    a text file, TOML, that may be written and passed on by hand; `styleplug presets save` says
    where it lies.
    """


@presets.command("list", short_help="List all presets, the bundled ones and your own.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def list_all(as_json: bool) -> None:
    """List all presets, those that come with styleplug and your own."""
    from styleplug.presets import list_presets

    found = list_presets()
    if as_json:
        say_json([asdict(preset) for preset in found])
        return
    width = max(len(preset.name) for preset in found)
    for preset in found:
        said = preset.help or ", ".join(f"{name} {value}" for name, value in preset.options.items())
        say(f"{preset.name:{width}}  {said}  ({preset.path or 'bundled'})")


@presets.command(short_help="Print a preset as TOML.")
@click.argument("name")
def show(name: str) -> None:
    """Print the preset NAME as TOML: the options that aren't the default."""
    from styleplug.presets import find_preset

    for line in find_preset(name).text().splitlines():
        say(line)


@presets.command(short_help="Keep options as a preset of your own.")
@click.argument("name")
@click.option("--help-text", default="", metavar="TEXT", help="What it is, a line for dialogs.")
@click.option("--overwrite", is_flag=True, help="Replace a preset of your own of this name.")
@like_option
@config_options
def save(name: str, help_text: str, overwrite: bool, like: Path | None, **options: Any) -> None:
    """Keep options as the preset NAME: lower-case letters, digits and hyphens.

    The options are those that are given here, on top of --preset; or with --like those that
    PICTURE was painted with, though not which network and engine this machine chose.
    """
    from styleplug.presets import save_preset

    if like is None:
        config = config_from(options)
    else:
        asked = replace(provenance_of(like), backbone="", engine="")
        config = asked.config(**given_options(StylizeConfig, options))
    preset = save_preset(name, config, help_text, overwrite=overwrite)
    say(f"{preset.name}  {preset.path}")


@presets.command(short_help="Remove a preset of your own.")
@click.argument("name")
def remove(name: str) -> None:
    """Remove your preset NAME."""
    from styleplug.presets import remove_preset

    remove_preset(name)
    say(f"{name} removed")
