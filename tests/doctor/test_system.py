from __future__ import annotations

import os
import platform

import styleplug
from styleplug.doctor.system import check


def test_versions_and_cores_are_told() -> None:
    versions, cores, *_ = [finding.text for finding in check()]
    assert versions.startswith(f"styleplug {styleplug.__version__} on ")
    assert platform.python_version() in versions
    assert f" of {os.cpu_count()} cores" in cores
    assert "GB of memory" in cores


def test_our_variables_are_told_and_no_others(monkeypatch) -> None:
    monkeypatch.setenv("STYLEPLUG_PLUGINS", "dots")
    monkeypatch.setenv("SECRET_TOKEN", "xyzzy")
    texts = " ".join(finding.text for finding in check())
    assert 'STYLEPLUG_PLUGINS="dots"' in texts
    assert "xyzzy" not in texts


def test_a_system_that_doesnt_tell_its_memory_is_no_error(monkeypatch) -> None:
    monkeypatch.delattr(os, "sysconf", raising=False)
    assert any("memory unknown" in finding.text for finding in check())


def test_a_python_of_32_bits_is_noted(monkeypatch) -> None:
    monkeypatch.setattr("sys.maxsize", 2**31 - 1)
    [note] = [finding for finding in check() if finding.status == "note"]
    assert "64 bits" in note.remedy
