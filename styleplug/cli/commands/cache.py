"""`styleplug cache`: the Gram matrices of paintings that were used before."""

from __future__ import annotations

from dataclasses import asdict

import click

from styleplug.cli.ui.terminal import say, say_json


@click.group()
def cache() -> None:
    """Look at or clear the cache of paintings' statistics."""


@cache.command()
@click.option("--json", "as_json", is_flag=True, help="Print JSON, sizes in bytes.")
def info(as_json: bool) -> None:
    """Say where the cache is and how full it is."""
    from styleplug.vgg.gram_cache import GramCache

    found = GramCache().info()
    if as_json:
        say_json(asdict(found))
        return
    say(
        f"{found.folder}: {found.entries} entries, "
        f"{found.size / 1e6:.1f} of {found.limit / 1e6:.0f} MB"
    )


@cache.command()
def clear() -> None:
    """Remove all entries."""
    from styleplug.vgg.gram_cache import GramCache

    say(f"{GramCache().clear()} entries removed")
