"""The host programs that were found, and whether styleplug's adapters in them are up to date."""

from __future__ import annotations

from collections.abc import Iterator

from styleplug.doctor.finding import Finding
from styleplug.hosts import find_hosts


def check() -> Iterator[Finding]:
    """Each place of a host, and which hosts there aren't; none is needed for a transfer."""
    hosts = find_hosts()
    for host in hosts:
        if host.state == "not found":
            continue
        where = f" in {host.folder}" if host.folder else ""
        text = f"{host.title}{where}: {host.state}"
        if host.state == "installed":
            yield Finding("ok", f"{text}, starts {host.interpreter}")
        else:
            yield Finding("note", text, host.advice)
    missing = [host.title for host in hosts if host.state == "not found"]
    if missing:
        yield Finding("note", f"not found: {', '.join(missing)}", "see: styleplug hosts list")
