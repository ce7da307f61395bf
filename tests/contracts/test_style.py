"""Rules of style that no linter knows."""

from __future__ import annotations

import ast
import re
import tokenize
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
LIBRARY = sorted((ROOT / "styleplug").rglob("*.py"))
EVERYTHING = [*LIBRARY, *sorted((ROOT / "tests").rglob("*.py"))]
MAY_PRINT = ("styleplug/cli/",)

EXEMPTION = re.compile(r"#\s*(type:\s*ignore|noqa)\b", re.IGNORECASE)
EXPLAINED = re.compile(
    r"# (type: ignore\[[a-z-]+(, ?[a-z-]+)*\]|noqa: [A-Z]+[0-9]+(, ?[A-Z]+[0-9]+)*)  # \S.*"
)


def undocumented(path: Path) -> list[str]:
    """Public functions and classes without a docstring that the module's doesn't name either."""
    module = ast.parse(path.read_text(encoding="utf-8"))
    overview = set(re.findall(r"\w+", ast.get_docstring(module) or ""))
    return [
        node.name
        for node in module.body
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef))
        and not node.name.startswith("_")
        and not ast.get_docstring(node)
        and node.name not in overview
    ]


def unexplained(path: Path) -> list[str]:
    """Comments that silence a tool without a code, or without a reason after the code."""
    with tokenize.open(path) as source:
        tokens = list(tokenize.generate_tokens(source.readline))
    comments = [token.string for token in tokens if token.type == tokenize.COMMENT]
    return [c for c in comments if EXEMPTION.search(c) and not EXPLAINED.search(c)]


def prints(path: Path) -> list[int]:
    """Lines that call `print`; methods of that name are others."""
    return [
        node.lineno
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == "print"
    ]


def offences(rule: Callable[[Path], list[Any]], files: Iterable[Path]) -> dict[str, list[Any]]:
    """What breaks a rule, by file."""
    found = {path.relative_to(ROOT).as_posix(): rule(path) for path in files}
    return {name: offence for name, offence in found.items() if offence}


def test_public_names_are_documented():
    assert offences(undocumented, LIBRARY) == {}


def test_exemptions_have_a_code_and_a_reason():
    assert offences(unexplained, EVERYTHING) == {}


def test_library_code_prints_nothing():
    printing = offences(prints, LIBRARY)
    assert [name for name in printing if not name.startswith(MAY_PRINT)] == []


@pytest.mark.parametrize(
    ("rule", "source", "found"),
    [
        (undocumented, '"""Has Named."""\ndef bare(): ...\nclass Named: ...\ndef _own(): ...\n', 1),
        (undocumented, 'def told():\n    """It is told."""\n', 0),
        (prints, "if x:\n    print(2)\n", 1),
        (prints, "console.print(1)\n", 0),
        (unexplained, "x = f(y)  # type: ignore[arg-type]  # the stubs forget None\n", 0),
        (unexplained, "import x  # noqa: E402, F401  # the path is set above\n", 0),
        (unexplained, "x = '# noqa'  # nothing special\n", 0),
        (unexplained, "x = f(y)  # type: ignore\n", 1),
        (unexplained, "x = f(y)  # type: ignore[arg-type]\n", 1),
        (unexplained, "import x  # noqa\n", 1),
        (unexplained, "import x  # noqa: F401\n", 1),
        (unexplained, "import x  # NOQA because of that\n", 1),
    ],
)
def test_a_rule_sees(rule, source, found, tmp_path):
    path = tmp_path / "sample.py"
    path.write_text(source, encoding="utf-8")
    assert len(rule(path)) == found
