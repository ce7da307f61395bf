"""What to paint with and how: between the arguments of GIMP's procedure and the worker's request.

GIMP fixes a procedure's arguments when it asks for them, long before a worker runs; so the options
that most people set have arguments of their own, and all others that the worker knows go by
name in one text. GIMP keeps the arguments of the last run.
"""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any

import messages
from gi.repository import Gio
from worker import Message

if TYPE_CHECKING:
    from gi.repository import Gimp

WAYS = ("painting", "painting-file", "filter")
"""The arguments of which one says what to paint with."""
NUMBERS = ("size", "strength", "seed")
"""Options with an argument of their own, where -1 leaves them to the preset."""
GREATEST = 2**31 - 1
"""Of GIMP's whole numbers."""


class Settings:
    """`way` is one of `WAYS`, `name` its value; `options` are those that differ from the preset;
    `regions` has the paintings of masks by their names, as of regions.py."""

    def __init__(
        self,
        way: str | None,
        name: str,
        preset: str,
        options: dict[str, Any],
        regions: dict[str, str] | None = None,
    ) -> None:
        self.way = way
        self.name = name
        self.preset = preset
        self.options = options
        self.regions = regions or {}

    @property
    def job(self) -> str:
        """The type of the worker's job."""
        return "filter" if self.way == "filter" else "stylize"

    def request(self) -> Message:
        """The worker's request, without the picture."""
        if self.way == "filter":
            return {"type": "filter", "filter": self.name, "options": self.options}
        painting = {"path" if self.way == "painting-file" else "name": self.name}
        preset = {"preset": self.preset} if self.preset else {}
        return {"type": "stylize", "paintings": [painting], "options": self.options, **preset}

    def title(self, catalogue: Message) -> str:
        """What was done, as the name of a layer."""
        titles = {style["name"]: style["title"] for style in catalogue["styles"]}
        if self.way == "painting-file":
            name = os.path.splitext(os.path.basename(self.name))[0]
        else:
            name = titles.get(self.name, self.name) if self.way == "painting" else self.name
        return f"{name} ({self.preset})" if self.preset and self.way != "filter" else name

    def store(self, config: Gimp.ProcedureConfig) -> None:
        """Write them into the procedure's arguments."""
        texts = dict.fromkeys(("painting", "filter"), "")
        if self.way in texts:
            texts[self.way] = self.name
        for argument, text in {**texts, "preset": self.preset}.items():
            config.set_property(argument, text)
        file = Gio.File.new_for_path(self.name) if self.way == "painting-file" else None
        config.set_property("painting-file", file)
        others = dict(self.options)
        for number in NUMBERS:
            fits = others.get(number, -1) <= GREATEST
            config.set_property(number, others.pop(number, -1) if fits else -1)
        config.set_property("options", json.dumps(others) if others else "")
        config.set_property("regions", json.dumps(self.regions) if self.regions else "")


def read_settings(config: Gimp.ProcedureConfig) -> Settings:
    """The settings in a procedure's arguments; `way` is None where nothing is chosen.

    Raises:
        Problem: several ways at once, or options that can't be read.
    """
    file = config.get_property("painting-file")
    values = {
        "painting": config.get_property("painting"),
        "painting-file": file.get_path() if file is not None else None,
        "filter": config.get_property("filter"),
    }
    chosen = [way for way in WAYS if values[way]]
    if len(chosen) > 1:
        raise messages.too_much_chosen(chosen)
    way = chosen[0] if chosen else None
    options = parse_options(config.get_property("options") or "")
    for number in NUMBERS:
        value = config.get_property(number)
        if value >= 0:
            options[number] = value
    name = values[way] if way else ""
    given = parse_options(config.get_property("regions") or "", "regions")
    regions = {mask: str(painting) for mask, painting in given.items()}
    if regions and way == "filter":
        raise messages.REGIONS_OF_FILTER
    return Settings(way, name, config.get_property("preset") or "", options, regions)


def parse_options(text: str, argument: str = "options") -> dict[str, Any]:
    """Options from a JSON object, or from "name=value, name=value".

    A value is a JSON value, or a text as it stands.

    Raises:
        Problem: it is neither.
    """
    options: dict[str, Any] = {}
    if text.lstrip().startswith("{"):
        try:
            options = json.loads(text)
        except ValueError:
            raise messages.wrong_options(text, argument) from None
        return options
    for part in filter(str.strip, text.split(",")):
        name, sign, value = map(str.strip, part.partition("="))
        if not (name and sign):
            raise messages.wrong_options(text, argument)
        try:
            options[name] = json.loads(value)
        except ValueError:
            options[name] = value
    return options
