from __future__ import annotations

import onnxruntime
import pytest
import torch

from styleplug.doctor.cuda import check, compared


@pytest.mark.parametrize(
    ("torch", "runtime", "status", "words"),
    [
        ("13.0", "13.1", "ok", "PyTorch was built for CUDA 13.0, ONNX Runtime for CUDA 13.1"),
        ("12.8", "13.0", "note", "install a PyTorch for CUDA 13;"),
        (
            "",
            "13.0",
            "note",
            "built without CUDA, ONNX Runtime for CUDA 13.0, which has to find CUDA 13",
        ),
        ("12.8", "", "note", "styleplug[gpu]"),
    ],
)
def test_versions_that_differ_are_noted(torch, runtime, status, words) -> None:
    [finding] = compared(torch, runtime)
    assert finding.status == status
    assert words in f"{finding.text} {finding.remedy}"


def test_without_cuda_there_is_nothing_to_say(monkeypatch) -> None:
    monkeypatch.setattr(torch.version, "cuda", None)
    monkeypatch.setattr(onnxruntime, "cuda_version", "", raising=False)
    assert list(check()) == []


def test_a_card_that_cant_be_used_is_noted(monkeypatch) -> None:
    monkeypatch.setattr(torch.version, "cuda", "13.0")
    monkeypatch.setattr(onnxruntime, "cuda_version", "13.0", raising=False)
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    match, note = check()
    assert (match.status, note.status) == ("ok", "note")
    assert "driver" in note.remedy
