from __future__ import annotations

import pytest
import torch

from styleplug.doctor.pytorch import check


def test_a_gradient_is_computed() -> None:
    [sound] = check()
    assert sound.status == "ok"
    assert torch.__version__ in sound.text
    assert f"{torch.get_num_threads()} threads" in sound.text


def test_a_device_that_doesnt_compute_is_a_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*arguments):
        raise RuntimeError("no kernel image is available")

    monkeypatch.setattr(torch.nn.functional, "conv2d", fail)
    _, fault = check()
    assert fault.status == "fault"
    assert "no kernel image" in fault.text
