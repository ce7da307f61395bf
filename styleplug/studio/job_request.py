"""What a client asks for, checked: a job's recipe, and the worker's message that it becomes.

A recipe speaks of uploads, jobs and styles by their ids, never of files. Options are those of the
configs, checked by these; but a text that could be the path of a file is refused, whatever option
it is for.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from styleplug.config import DEFAULT_PRESET, INITS, FilterConfig, StylizeConfig
from styleplug.errors import ConfigError, StyleplugError
from styleplug.studio.problems import Problem, wrong_field

KINDS = ("stylize", "filter")
_LONGEST_TEXT = 1000
_HARMLESS = re.compile(r"[\w .,:;=+-]*")
_FIELDS = frozenset(
    (
        *("kind", "photo", "paintings", "filter", "preset", "options", "format"),
        *("after", "start_from", "parent"),
    )
)
_NOT_YET = {
    "weights": "paintings are mixed in equal parts here",
    "mask": "regions can't be painted here",
}
"""Fields that are known, but that this version's worker can't do anything with."""


def checked_recipe(body: object, most_paintings: int) -> dict[str, Any]:
    """The recipe that a request's body holds; ids in it are texts, and to be looked up.

    Raises:
        Problem: a field is missing, wrong or unknown.
    """
    if not isinstance(body, dict):
        raise wrong_field("body", "a JSON object")
    for name, value in body.items():
        if name in _NOT_YET and value:
            raise Problem(501, "not-available", _NOT_YET[name], name)
        if name not in _FIELDS and name not in _NOT_YET:
            raise wrong_field(str(name)[:100], "left out, for there is no such field")
    recipe: dict[str, Any] = {
        "kind": _choice(body, "kind", KINDS),
        "photo": _text(body, "photo"),
        "options": _options(body),
    }
    for name in ("after", "start_from", "parent", "format"):
        if body.get(name) is not None:
            recipe[name] = _text(body, name)
    if recipe["kind"] == "filter":
        recipe["filter"] = _text(body, "filter")
        _refuse_unless(lambda: FilterConfig.from_options(recipe["options"]))
    else:
        recipe["preset"] = _text(body, "preset") if body.get("preset") else DEFAULT_PRESET
        recipe["paintings"] = _paintings(body, most_paintings)
        _refuse_unless(lambda: StylizeConfig.from_preset(recipe["preset"], **recipe["options"]))
    return recipe


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
        if not is_harmless or (name == "init" and value not in INITS):
            allowed = f"one of {', '.join(INITS)}" if name == "init" else "no path of a file"
            raise wrong_field(f"options.{name[:100]}", allowed)
    return dict(options)


def _paintings(body: Mapping[str, Any], most: int) -> list[dict[str, str]]:
    paintings = body.get("paintings")
    if not isinstance(paintings, list) or not 1 <= len(paintings) <= most:
        raise wrong_field("paintings", f"a list of 1 to {most} objects")
    return [_painting(painting, f"paintings[{i}]") for i, painting in enumerate(paintings)]


def _painting(painting: object, place: str) -> dict[str, str]:
    if isinstance(painting, dict):
        for kind in ("style", "upload"):
            if list(painting) == [kind] and _is_text(painting[kind]):
                return {kind: painting[kind]}
    raise wrong_field(place, 'an object with either "style" or "upload", an id')


def _text(body: Mapping[str, Any], name: str) -> str:
    value = body.get(name)
    if not _is_text(value):
        raise wrong_field(name, f"a text of at most {_LONGEST_TEXT} characters")
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
