"""Keeping models of others: NAME.onnx, a copy, and NAME.json, what isn't in it."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from styleplug.errors import FilterError
from styleplug.filters.folder import FACTS, MODEL, user_file
from styleplug.filters.ranges import RANGES
from styleplug.runtime.files import write_atomically

if TYPE_CHECKING:
    from styleplug.filters.foreign_model import ForeignModel

LARGEST_FILE = 200_000_000
"""Bytes; networks of this kind take a tenth of it."""


@dataclass(frozen=True)
class Facts:
    """What a person says of a model; ranges are of `RANGES`."""

    description: str
    input_range: str
    output_range: str


def add(path: Path, name: str, facts: Facts) -> None:
    """Keep a copy of a model as the user's filter of this name, in the place of one before.

    Raises:
        FilterError: it is no model that can be used, or can't be kept.
    """
    from styleplug.filters.foreign_model import ForeignModel

    data = _content(path)
    ForeignModel(str(path), data, facts.input_range, facts.output_range).try_out()
    record = json.dumps(asdict(facts), ensure_ascii=False).encode()
    try:
        # The facts last: without them it is no filter.
        for path, content in ((user_file(name, MODEL), data), (user_file(name, FACTS), record)):
            write_atomically(path, content)
    except OSError as error:
        raise FilterError(name, f"{path} can't be written ({error.strerror})") from error


def read_facts(path: Path) -> Facts:
    """What was said of a model.

    Raises:
        FilterError: the file is damaged.
    """
    try:
        facts = Facts(**json.loads(path.read_text(encoding="utf-8")))
        if not isinstance(facts.description, str):
            raise ValueError("the description is no text")
        for value in (facts.input_range, facts.output_range):
            if value not in RANGES:
                raise ValueError(f"{value!r} is no range")
    except (OSError, ValueError, TypeError) as error:
        raise FilterError(str(path), f"is damaged ({error}); add the model again") from error
    return facts


def read_model(name: str) -> ForeignModel:
    """The user's filter of this name, whose `FACTS` are there.

    Raises:
        FilterError: a file of it is damaged.
    """
    from styleplug.filters.foreign_model import ForeignModel

    facts, file = read_facts(user_file(name, FACTS)), user_file(name, MODEL)
    return ForeignModel(str(file), _content(file), facts.input_range, facts.output_range)


def _content(path: Path) -> bytes:
    try:
        size = path.stat().st_size
        if size > LARGEST_FILE:
            raise FilterError(
                str(path),
                f"has {size / 1e6:.0f} MB; {LARGEST_FILE / 1e6:.0f} is the most",
            )
        return path.read_bytes()
    except OSError as error:
        raise FilterError(str(path), f"can't be read ({error.strerror})") from error
