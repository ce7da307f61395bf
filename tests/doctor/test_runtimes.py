from __future__ import annotations

from pathlib import Path

import onnxruntime
import pytest

from styleplug.doctor import runtimes
from styleplug.doctor.runtimes import check
from styleplug.runtime.providers import CPU
from styleplug.runtime.session import working_provider

CUDA = "CUDAExecutionProvider"


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch) -> Path:
    """The user's, as it is before any program has left something there."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    return tmp_path


@pytest.fixture(autouse=True)
def forget_probes():
    working_provider.cache_clear()
    yield
    working_provider.cache_clear()


def found(status: str) -> list[str]:
    return [f"{finding.text} {finding.remedy}" for finding in check() if finding.status == status]


def test_what_runs_is_told() -> None:
    texts = found("ok")
    assert any(onnxruntime.__version__ in text for text in texts)
    assert any(f"{CPU} starts" in text for text in texts)
    assert "--device auto runs on" in texts[-1]
    assert found("fault") == []


def test_that_nothing_is_sent_is_told_and_what_others_gathered_is_noted(cache) -> None:
    assert any("nothing is sent to its maker" in text for text in found("ok"))
    (cache / "Microsoft/DeveloperTools/.onnxruntime").mkdir(parents=True)
    [note] = found("note")
    assert str(cache) in note
    assert "remove that folder" in note


def test_two_at_once_are_noted_with_the_remedy(distribution) -> None:
    distribution("onnxruntime", "1.32.0", "onnxruntime/__init__.py")
    distribution("onnxruntime-gpu", "1.20.0", "onnxruntime/__init__.py")
    [note] = found("note")
    assert note.startswith("onnxruntime and onnxruntime-gpu are installed at once")
    assert "pip uninstall onnxruntime onnxruntime-gpu, then" in note


def test_a_provider_that_doesnt_start_is_noted_with_its_reason(monkeypatch) -> None:
    monkeypatch.setattr(onnxruntime, "get_available_providers", lambda: [CUDA, CPU])
    [note] = found("note")
    assert note.startswith(f"{CUDA} is listed, but doesn't start: Specified provider")
    assert f"runs on {CPU}" in found("ok")[-1]


def test_a_cpu_that_doesnt_compute_is_a_fault(monkeypatch) -> None:
    monkeypatch.setattr(runtimes, "problem_with", lambda provider: "illegal instruction")
    [fault] = found("fault")
    assert "illegal instruction" in fault
    assert "styleplug[cpu]" in fault
