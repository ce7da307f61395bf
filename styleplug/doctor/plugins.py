"""The plug-ins of others, and whether they load."""

from __future__ import annotations

from collections.abc import Iterator

from styleplug.doctor.finding import Finding
from styleplug.plugins import found_plugins


def check() -> Iterator[Finding]:
    """Each that is installed; a transfer works without one that can't be loaded."""
    for plugin in found_plugins():
        name = f"{plugin.name} ({plugin.distribution} {plugin.version})"
        if plugin.problem is None:
            yield Finding("ok", f"{name} answers {', '.join(plugin.hooks)}")
        else:
            remedy = f"pip uninstall {plugin.distribution}, or a version that works"
            yield Finding("note", f"{name}: {plugin.problem}", remedy if plugin.broken else "")
