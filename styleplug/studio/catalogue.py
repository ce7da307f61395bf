"""What there is to choose from, as clients see it: the worker's catalogue without its paths."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from styleplug.errors import ConfigError, StyleplugError
from styleplug.names import is_name
from styleplug.studio.problems import Problem, not_found
from styleplug.studio.records import Upload
from styleplug.studio.worker_host import WorkerHost
from styleplug.styles import Style, add_style, find_style

_SECONDS = 60.0
"""After which it is asked for anew: styles and filters may have been added elsewhere."""


class Catalogue:
    """The worker's, kept for a while, until a style is added.

    Args:
        worker: that knows it.
    """

    def __init__(self, worker: WorkerHost) -> None:
        self._worker = worker
        self._known: Mapping[str, Any] | None = None
        self._since = 0.0
        self._lock = asyncio.Lock()

    async def get(self) -> Mapping[str, Any]:
        """The lists of `catalogue` of the worker's protocol; a style has `id` and the address of
        its `thumbnail`, and no path."""
        async with self._lock:
            if self._known is None or time.monotonic() - self._since > _SECONDS:
                said = await self._worker.catalogue()
                lists = ("presets", "filters", "formats", "options")
                styles = [_described(style["name"], style) for style in said["styles"]]
                self._since = time.monotonic()
                self._known = {name: said[name] for name in lists} | {"styles": styles}
            return self._known

    async def check_filter(self, name: str) -> None:
        """Make sure that a filter, or the styles of a blend, are among the filters.

        Raises:
            Problem: one isn't.
        """
        known = {filter["name"] for filter in (await self.get())["filters"]}
        for part in name.split(","):
            if part.partition(":")[0].strip() not in known:
                raise Problem(422, "filter", f"there is no filter {part!r}", "filter")

    async def add_style(self, upload: Upload, file: Path, name: str) -> dict[str, Any]:
        """Add an upload to the user's collection, and describe the style that it is.

        Raises:
            Problem: the name won't do, or is taken; the picture can't be read.
        """
        try:
            style = await asyncio.to_thread(add_style, file, style_name(name), name.strip())
        except ConfigError as error:
            if error.field == "name" and is_name(str(error.value)):
                raise Problem(
                    409, "taken", f"{name} is taken; choose another name", "name"
                ) from error
            raise Problem.of(error) from error
        except StyleplugError as error:
            raise Problem.of(error) from error
        self._known = None
        return _described(style.name, {"title": style.title, "bundled": style.bundled})


def style_name(title: str) -> str:
    """The name in the collection for what a person calls a painting.

    >>> style_name("My aunt's garden, 1931")
    'my-aunt-s-garden-1931'
    """
    letters = (letter if letter.isascii() and letter.isalnum() else " " for letter in title.lower())
    return "-".join("".join(letters).split())[:64].strip("-")


def style_of(name: str) -> Style:
    """The style of an id.

    Raises:
        Problem: there is none.
    """
    try:
        return find_style(name)
    except StyleplugError:
        raise not_found("style") from None


def _described(name: str, style: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "id": name,
        "name": name,
        "title": style["title"],
        "bundled": style["bundled"],
        "thumbnail": f"/api/v1/styles/{name}/thumbnail",
    }
