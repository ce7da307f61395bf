"""What `make` installs is pinned to the versions of constraints.txt, and to hashes."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PIN = re.compile(r"^([a-z0-9.-]+)==([^\s;]+)", re.MULTILINE)
SETS = {"paint": ["cpu"], "dev": ["cpu", "dev"]}


def name_of(requirement: str) -> str:
    """The name of what a line of pyproject.toml asks for."""
    return re.split(r"[^A-Za-z0-9.-]", requirement, maxsplit=1)[0].lower().replace("_", "-")


@pytest.fixture(params=SETS)
def locked(request):
    return request.param, (ROOT / "requirements" / f"{request.param}.txt").read_text("utf-8")


def test_versions_are_those_of_the_constraints(locked):
    constraints = dict(PIN.findall((ROOT / "constraints.txt").read_text("utf-8")))
    differing = {
        name: version
        for name, version in PIN.findall(locked[1])
        if constraints.get(name, version) != version
    }
    assert not differing, "run `make lock`"


def test_each_has_a_hash(locked):
    entries = re.split(r"\n(?=\S)", locked[1])
    bare = [entry for entry in entries if PIN.match(entry) and "--hash=sha256:" not in entry]
    assert not bare


def test_nothing_is_forgotten(locked):
    name, text = locked
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    asked = list(project["dependencies"])
    for extra in SETS[name]:
        asked += project["optional-dependencies"][extra]
    names = {name_of(requirement) for requirement in asked} - {"styleplug"}
    assert names <= {pinned for pinned, _ in PIN.findall(text)}, "run `make lock`"
