"""The formats of pictures that styleplug and the plug-ins of others read and write."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from styleplug.api import list_formats
from styleplug.doctor.finding import Finding


def check() -> Iterator[Finding]:
    """What each plug-in says that it has."""
    for source, group in groupby(list_formats(), lambda format: format.source):
        formats = list(group)
        for verb in ("reads", "writes"):
            if labels := [format.label for format in formats if getattr(format, verb)]:
                yield Finding("ok", f"{source} {verb} {', '.join(labels)}")
