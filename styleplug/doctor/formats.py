"""The formats of pictures that styleplug and the plug-ins of others read and write."""

from __future__ import annotations

from collections.abc import Iterator

from styleplug.api import list_formats
from styleplug.doctor.finding import Finding


def check() -> Iterator[Finding]:
    """What each plug-in says that it has."""
    formats = list_formats()
    for source in dict.fromkeys(format.source for format in formats):
        own = [format for format in formats if format.source == source]
        said = (
            f"{verb} {', '.join(labels)}"
            for verb, labels in (
                ("reads", [format.label for format in own if format.reads]),
                ("writes", [format.label for format in own if format.writes]),
            )
            if labels
        )
        yield Finding("ok", f"{source} {', and '.join(said)}")
