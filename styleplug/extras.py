"""Packages that optional extras bring, imported where they are used."""

from __future__ import annotations

from importlib import import_module
from types import ModuleType

from styleplug.errors import MissingDependencyError


def import_extra(package: str, extra: str) -> ModuleType:
    """The module of a package, by the name that it is imported by.

    Raises:
        MissingDependencyError: it isn't installed, or can't be loaded; `extra` brings it.
    """
    try:
        return import_module(package)
    except (ImportError, OSError) as failure:
        raise MissingDependencyError.of(failure, package, extra) from failure
