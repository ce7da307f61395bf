"""The packages that every install of styleplug has; the frameworks have checks of their own."""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib import import_module
from importlib.metadata import (
    PackageNotFoundError,
    packages_distributions,
    requires,
    version,
)

from styleplug.doctor.finding import Finding


def check() -> Iterator[Finding]:
    """Whether each is installed and can be imported."""
    try:
        # What follows a semicolon says where or with which extra a package is needed.
        needed = [_name(line) for line in requires("styleplug") or () if ";" not in line]
    except PackageNotFoundError:
        yield Finding(
            "note",
            "styleplug is not installed, but runs from its source",
            "in the source's folder: pip install '.[cpu]'",
        )
        return
    modules = _modules()
    sound = []
    for name in needed:
        problem = _problem(name, modules.get(name, []))
        if problem is None:
            sound.append(f"{name} {version(name)}")
        else:
            yield Finding("fault", f"{name} {problem}", f"pip install --force-reinstall {name}")
    yield Finding("ok", ", ".join(sound))


def _name(requirement: str) -> str:
    """The package's name, as it is written for comparison."""
    found = re.match(r"[\w.-]+", requirement)
    return re.sub(r"[-_.]+", "-", found[0]).lower() if found else requirement


def _modules() -> dict[str, list[str]]:
    """The modules that each package brings."""
    found: dict[str, list[str]] = {}
    for module, packages in packages_distributions().items():
        for package in packages:
            found.setdefault(_name(package), []).append(module)
    return found


def _problem(name: str, modules: list[str]) -> str | None:
    try:
        version(name)
        for module in modules:
            if module.isidentifier() and not module.startswith("_"):
                import_module(module)
    except PackageNotFoundError:
        return "is not installed"
    except Exception as error:
        # Whatever a damaged package raises, it can't be used.
        return f"can't be imported ({type(error).__name__}: {error})"
    return None
