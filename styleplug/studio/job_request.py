"""What a client asks for, checked: a job's recipe, and the worker's message that it becomes.

A recipe speaks of uploads, jobs and styles by their ids, never of files. Options are those of the
configs, checked by these; but a text that could be the path of a file is refused, whatever option
it is for.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from typing import Any

from styleplug.config import DEFAULT_PRESET, FilterConfig, StylizeConfig
from styleplug.errors import ConfigError, StyleplugError
from styleplug.options import File, is_number
from styleplug.studio.problems import Problem, wrong_field

_KINDS_OF_OPTIONS = {**FilterConfig.options(), **StylizeConfig.options()}
_LONGEST_TEXT = 1000
_HARMLESS = re.compile(r"[\w .,:;=+-]*")
_FIELDS = ("kind", "photo", "mask", "options", "format", "after", "start_from", "parent")
KINDS = {"stylize": ("preset", "paintings", "weights", "regions"), "filter": ("filter",)}
"""Of jobs, each with the fields that are its own."""


def checked_recipe(body: object, most_paintings: int) -> dict[str, Any]:
    """The recipe that a request's body holds; ids in it are texts, and to be looked up.

    Raises:
        Problem: a field is missing, wrong or unknown.
    """
    if not isinstance(body, dict):
        raise wrong_field("body", "a JSON object")
    kind = _choice(body, "kind", tuple(KINDS))
    for name in body:
        if name not in (*_FIELDS, *KINDS[kind]):
            raise wrong_field(str(name)[:100], f"left out, for a {kind} job has no such field")
    recipe: dict[str, Any] = {
        "kind": kind,
        "photo": _text(body, "photo"),
        "options": _options(body),
    }
    for name in ("mask", "after", "start_from", "parent", "format"):
        if body.get(name) is not None:
            recipe[name] = _text(body, name)
    if kind == "filter":
        recipe["filter"] = _text(body, "filter")
        _refuse_unless(lambda: FilterConfig.from_options(recipe["options"]))
    else:
        recipe["preset"] = _text(body, "preset") if body.get("preset") else DEFAULT_PRESET
        if body.get("regions") is not None:
            recipe["regions"] = _regions(body["regions"], most_paintings)
        if body.get("paintings") is not None or "regions" not in recipe:
            recipe |= _mix(body, most_paintings)
        if len(all_paintings(recipe)) > most_paintings:
            raise wrong_field("regions", f"such that there are at most {most_paintings} paintings")
        _refuse_unless(lambda: StylizeConfig.from_preset(recipe["preset"], **recipe["options"]))
    return recipe


def all_paintings(recipe: Mapping[str, Any]) -> list[dict[str, str]]:
    """The paintings of a recipe, then those of its regions."""
    parts = (recipe, *recipe.get("regions", ()))
    return [painting for part in parts for painting in part.get("paintings", ())]


def _options(body: Mapping[str, Any]) -> dict[str, Any]:
    options = body.get("options")
    if options is None:
        return {}
    if not isinstance(options, dict):
        raise wrong_field("options", "an object of values by name")
    for name, value in options.items():
        if not isinstance(value, str | int | float | bool | None):
            raise wrong_field(f"options.{name[:100]}", "a text, a number, true, false or null")
        is_harmless = not isinstance(value, str) or (
            len(value) <= _LONGEST_TEXT and _HARMLESS.fullmatch(value) and ".." not in value
        )
        kind = _KINDS_OF_OPTIONS.get(name)
        if not is_harmless or (isinstance(kind, File) and value not in (None, *kind.words)):
            words = kind.words if isinstance(kind, File) else ()
            allowed = f"one of {', '.join(words)}" if words else "no path of a file"
            raise wrong_field(f"options.{name[:100]}", allowed)
    return dict(options)


def _regions(regions: object, most: int) -> list[dict[str, Any]]:
    """Parts of the photograph, each with its paintings."""
    if not isinstance(regions, list) or not 1 <= len(regions) <= most:
        raise wrong_field("regions", f"a list of 1 to {most} objects")
    return [_region(region, f"regions[{i}]", most) for i, region in enumerate(regions)]


def _region(region: object, place: str, most: int) -> dict[str, Any]:
    if not isinstance(region, dict) or not region.keys() <= {"mask", "paintings", "weights"}:
        raise wrong_field(place, 'an object of "mask", "paintings" and, where wanted, "weights"')
    return {"mask": _text(region, "mask", f"{place}."), **_mix(region, most, f"{place}.")}


def _mix(body: Mapping[str, Any], most: int, place: str = "") -> dict[str, Any]:
    """The paintings of a job or of a region, with the weights that are given."""
    paintings = body.get("paintings")
    if not isinstance(paintings, list) or not 1 <= len(paintings) <= most:
        raise wrong_field(f"{place}paintings", f"a list of 1 to {most} objects")
    mix: dict[str, Any] = {
        "paintings": [_painting(one, f"{place}paintings[{i}]") for i, one in enumerate(paintings)]
    }
    if body.get("weights") is not None:
        mix["weights"] = _weights(body["weights"], len(paintings), f"{place}weights")
    return mix


def _weights(weights: object, count: int, field: str) -> list[float]:
    """How much each painting counts."""
    if (
        isinstance(weights, list)
        and len(weights) == count
        and all(is_number(weight) and 0 <= weight < math.inf for weight in weights)
        and sum(weights) > 0
    ):
        return weights
    raise wrong_field(field, "a number of 0 or more for each painting, one of them above 0")


def _painting(painting: object, place: str) -> dict[str, str]:
    if isinstance(painting, dict):
        for kind in ("style", "upload"):
            if list(painting) == [kind] and _is_text(painting[kind]):
                return {kind: painting[kind]}
    raise wrong_field(place, 'an object with either "style" or "upload", an id')


def _text(body: Mapping[str, Any], name: str, place: str = "") -> str:
    value = body.get(name)
    if not _is_text(value):
        raise wrong_field(f"{place}{name}", f"a text of at most {_LONGEST_TEXT} characters")
    return str(value)


def _is_text(value: object) -> bool:
    return isinstance(value, str) and 0 < len(value) <= _LONGEST_TEXT and value.isprintable()


def _choice(body: Mapping[str, Any], name: str, allowed: tuple[str, ...]) -> str:
    if body.get(name) not in allowed:
        raise wrong_field(name, f"one of {', '.join(allowed)}")
    return str(body[name])


def _refuse_unless(make: Callable[[], object]) -> None:
    try:
        make()
    except ConfigError as error:
        problem = Problem.of(error)
        field = error.field if error.field == "preset" else f"options.{error.field}"
        raise Problem(problem.status, problem.code, problem.message, field) from error
    except StyleplugError as error:
        raise Problem.of(error) from error
