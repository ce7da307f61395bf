"""A package of an extra is imported, or named with what brings it."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from styleplug.errors import MissingDependencyError
from styleplug.extras import import_extra


def test_a_package_that_is_there() -> None:
    assert import_extra("json", "none") is sys.modules["json"]


def test_a_package_that_is_missing() -> None:
    with pytest.raises(MissingDependencyError, match=r"is not installed.*'styleplug\[raw\]'"):
        import_extra("no_such_package", "raw")


@pytest.mark.parametrize("code", ["import no_such_module", "raise OSError('no library')"])
def test_a_package_that_is_broken(
    code: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "broken_package.py").write_text(code)
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(MissingDependencyError, match=r"can't be loaded \(.*--force-reinstall"):
        import_extra("broken_package", "raw")
