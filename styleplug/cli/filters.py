"""`styleplug filters`: what plug-ins offer."""

from __future__ import annotations

import json

import click


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def filters(as_json: bool) -> None:
    """List the filters, and the plug-ins that they come from."""
    from dataclasses import asdict

    import styleplug

    found = styleplug.list_filters()
    if as_json:
        click.echo(json.dumps([asdict(filter) for filter in found]))
        return
    for filter in found:
        click.echo(f"{filter.name}  {filter.description}  ({filter.source})")
    if not found:
        click.echo("There are none yet; plug-ins bring them.", err=True)
