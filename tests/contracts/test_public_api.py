"""The public API, `styleplug/__init__.py`: its lists agree, and every name is behind it."""

from __future__ import annotations

import ast
import inspect

import pytest

import styleplug


def names_for_type_checkers() -> dict[str, str]:
    """Name to module, as the door's `if TYPE_CHECKING:` imports them."""
    tree = ast.parse(inspect.getsource(styleplug))
    [block] = [node for node in tree.body if isinstance(node, ast.If)]
    return {
        alias.name: statement.module.removeprefix("styleplug.")
        for statement in block.body
        for alias in statement.names
    }


def test_all_is_without_doubles():
    assert len(styleplug.__all__) == len(set(styleplug.__all__))


def test_the_lists_agree():
    assert list(styleplug._HOMES) == styleplug.__all__, "in one order, which ruff checks"
    assert names_for_type_checkers() == styleplug._HOMES


@pytest.mark.parametrize("name", styleplug.__all__)
def test_name_resolves(name):
    value = getattr(styleplug, name)
    assert value is not None
    assert getattr(styleplug, name) is value


@pytest.mark.parametrize("name", styleplug.__all__)
def test_name_is_at_home_where_the_door_says(name):
    """A class or function was written in its module, not passed on from a third one."""
    value = getattr(styleplug, name)
    if inspect.isclass(value) or inspect.isfunction(value):
        assert value.__module__ == f"styleplug.{styleplug._HOMES[name]}"


def test_star_import_gives_the_public_names():
    namespace: dict[str, object] = {}
    exec("from styleplug import *", namespace)
    assert set(styleplug.__all__) <= set(namespace)


def test_dir_lists_the_public_names():
    listed = dir(styleplug)
    assert listed == sorted(set(listed))
    assert {*styleplug.__all__, "__version__"} <= set(listed)


@pytest.mark.parametrize("name", ["no_such_name", "_private", "__wrapped__"])
def test_unknown_attribute(name):
    with pytest.raises(AttributeError, match=f"module 'styleplug' has no attribute '{name}'"):
        getattr(styleplug, name)
