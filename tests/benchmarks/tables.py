"""Tables in Markdown, of rows that are named tuples: what the benchmarks print, and report.

Column names are the fields'. Fields that hold lists are for drawings, and in no table.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any, TypeVar

Row = TypeVar("Row", bound=Any)


def tell(rows: Iterable[Row]) -> list[Row]:
    """Print rows, each as soon as it is there; returns them all."""
    told: list[Row] = []
    for row in rows:
        if not told:
            print(_heading(row))
        print(_line(row), flush=True)
        told.append(row)
    print()
    return told


def markdown(rows: Iterable[Row]) -> str:
    """The table that `tell` prints."""
    rows = list(rows)
    return "\n".join([_heading(rows[0]), *map(_line, rows)])


def _heading(row: Row) -> str:
    shown = _shown(row)
    names = " | ".join(name.replace("_", " ") for name in shown)
    rules = "|".join("---" if isinstance(value, str) else "---:" for value in shown.values())
    return f"| {names} |\n|{rules}|"


def _line(row: Row) -> str:
    return f"| {' | '.join(map(_cell, _shown(row).values()))} |"


def _shown(row: Row) -> dict[str, Any]:
    return {name: value for name, value in row._asdict().items() if not isinstance(value, list)}


def _cell(value: str | float | None) -> str:
    """Three digits are what a measurement is good for."""
    if value is None:
        return ""
    if isinstance(value, str | int):
        return str(value)
    if math.isinf(value):
        return "∞"
    return f"{value:.3g}" if abs(value) < 1000 else f"{value:.0f}"
