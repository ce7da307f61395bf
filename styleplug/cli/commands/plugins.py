"""`styleplug plugins`: which plug-ins there are, and who answers what."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, is_dataclass
from typing import TYPE_CHECKING, Any

import click

from styleplug.cli.main import FAILURE, main
from styleplug.cli.ui.terminal import say, say_json

if TYPE_CHECKING:
    import pluggy


@click.group()
def plugins() -> None:
    """List what plug-ins there are, or watch them answer.

    Plug-ins are Python packages; install one with pip and it is there. STYLEPLUG_PLUGINS, where it
    is set, holds the names of those to load, by commas; empty, none.
    """


@plugins.command("list", short_help="List the plug-ins, and the hooks that they answer.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def list_plugins(as_json: bool) -> None:
    """List the plug-ins, and the hooks that they answer; exits with 1 if one can't be loaded."""
    from styleplug.plugins import found_plugins

    found = found_plugins()
    if as_json:
        say_json([asdict(plugin) for plugin in found])
    else:
        for plugin in found:
            say(f"{plugin.name}  {plugin.distribution} {plugin.version}")
            say(f"    {plugin.problem or ', '.join(plugin.hooks)}")
    if any(plugin.broken for plugin in found):
        click.get_current_context().exit(FAILURE)


@plugins.command(
    context_settings={"ignore_unknown_options": True, "allow_interspersed_args": False},
    short_help="Run a command, and print each hook call on standard error.",
)
@click.argument("command", nargs=-1, required=True, type=click.UNPROCESSED, metavar="COMMAND...")
def trace(command: tuple[str, ...]) -> None:
    """Run a command of styleplug, and print each call of a hook whose first result counts, on
    standard error; not those of a batch's processes.

    For example: styleplug plugins trace filter photo.jpg --filter NAME -o out.jpg
    """
    from styleplug.plugins import plugin_manager

    stop = plugin_manager().add_hookcall_monitoring(_before, _after)
    try:
        code = main.main(list(command), standalone_mode=False)
    finally:
        stop()
    click.get_current_context().exit(code or 0)


def _before(name: str, methods: Sequence[pluggy.HookImpl], arguments: Mapping[str, Any]) -> None:
    asked = ", ".join(method.plugin_name for method in reversed(methods))
    values = ", ".join(f"{key}={_brief(value)}" for key, value in arguments.items())
    say(f"{name}({values})  asks {asked}", err=True)


def _after(
    outcome: pluggy.Result[Any],
    name: str,
    methods: Sequence[pluggy.HookImpl],
    arguments: Mapping[str, Any],
) -> None:
    error = outcome.exception
    ending = f"raised {error!r}" if error is not None else f"gave {_brief(outcome.get_result())}"
    say(f"{name}  {ending}", err=True)


def _brief(value: Any) -> str:
    """A value in a few words: of a request or a result its class, not its pixels."""
    return type(value).__name__ if is_dataclass(value) else str(value)[:60]
