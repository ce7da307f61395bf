from __future__ import annotations

from importlib.metadata import PackageNotFoundError

import numpy as np
import pytest

from styleplug.doctor import packages
from styleplug.doctor.packages import check


@pytest.fixture
def needs(monkeypatch):
    """Says what styleplug requires."""

    def say(*lines: str) -> None:
        monkeypatch.setattr(packages, "requires", lambda name: list(lines))

    return say


def test_what_is_there_is_told_with_its_version() -> None:
    [sound] = check()
    assert sound.status == "ok"
    assert f"numpy {np.__version__}" in sound.text
    assert "torch" not in sound.text


def test_names_are_found_however_they_are_written(needs) -> None:
    needs("NumPy>=1.26", "torch>=2.4; extra == 'torch'", "x; sys_platform == 'beos'")
    [sound] = check()
    assert sound.text == f"numpy {np.__version__}"


def test_a_missing_package_is_a_fault_and_the_others_are_told(needs) -> None:
    needs("no-such-package>=1", "numpy>=1.26")
    fault, sound = check()
    assert (fault.status, sound.status) == ("fault", "ok")
    assert fault.text == "no-such-package is not installed"
    assert fault.remedy == "pip install --force-reinstall no-such-package"


@pytest.mark.parametrize("content", ["raise ImportError('odd')", "1 / 0", "no python"])
def test_a_broken_package_is_a_fault(needs, site, distribution, content) -> None:
    needs("broken")
    (site / "broken_module.py").write_text(content)
    distribution("broken", "1.0", "broken_module.py")
    fault, _ = check()
    assert fault.status == "fault"
    assert "broken can't be imported" in fault.text


def test_a_source_that_isnt_installed_is_noted(monkeypatch) -> None:
    def requires(name):
        raise PackageNotFoundError(name)

    monkeypatch.setattr(packages, "requires", requires)
    [note] = check()
    assert note.status == "note"
    assert "pip install" in note.remedy
