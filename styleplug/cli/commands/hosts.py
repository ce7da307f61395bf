"""`styleplug hosts`: styleplug's adapters in the image programs on this machine."""

from __future__ import annotations

from dataclasses import asdict

import click

from styleplug.cli.ui.terminal import say, say_json
from styleplug.hosts import ADAPTERS, find_hosts, install_host, uninstall_host

_HOST = click.argument("host", type=click.Choice(list(ADAPTERS)))
_FOLDER = click.option(
    "--folder",
    "--gimp-dir",  # its name while GIMP was the only host
    metavar="DIR",
    help="The host's configuration folder, where it isn't in its usual place.",
)


@click.group()
def hosts() -> None:
    """Find host programs; install or remove styleplug's adapters."""


@hosts.command("list", short_help="List what was found, and what is installed there.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def list_all(as_json: bool) -> None:
    """List the host programs that were found, and what is installed there."""
    found = find_hosts()
    if as_json:
        say_json([asdict(host) for host in found])
        return
    for host in found:
        say(f"{host.name}  {host.title}  {host.state}  {host.folder or ''}".rstrip())
        if host.styleplug:
            say(f"    styleplug {host.styleplug}, {host.interpreter}")
        if host.advice:
            say(f"    {host.advice}")


@hosts.command(short_help="Put styleplug's adapter into a host, or update it.")
@_HOST
@_FOLDER
def install(host: str, folder: str | None) -> None:
    """Put styleplug's adapter into a host program, in each version of it that is found.

    Do it again after an upgrade of styleplug, or where something is amiss.
    """
    for location in install_host(host, folder):
        say(f"{location.title}: installed in {location.adapter}")
        say(f"    {location.advice}")


@hosts.command(short_help="Remove styleplug's adapter from a host.")
@_HOST
@_FOLDER
def uninstall(host: str, folder: str | None) -> None:
    """Remove styleplug's adapter from a host program, and nothing else."""
    for location in uninstall_host(host, folder):
        say(f"{location.title}: removed from {location.adapter}")
