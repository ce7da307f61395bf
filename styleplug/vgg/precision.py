"""The type of number in which a device computes convolutions most quickly."""

from __future__ import annotations

import time
from contextlib import AbstractContextManager, nullcontext

import torch
from torch.nn import functional


def autocast(device: torch.device, type: torch.dtype) -> AbstractContextManager[object]:
    """A context in which convolutions are computed in this type; weights and sums stay float32."""
    if type == torch.float32:
        return nullcontext()
    return torch.autocast(device.type, type)


def quick_type(device: torch.device) -> torch.dtype:
    """bfloat16 where that is quick, or else float32.

    A CPU is put to the test, for some know bfloat16 and are slow at it: 20 ms. float16, which all
    GPUs know, would need gradients to be scaled.
    """
    if device.type == "cuda":
        known = torch.cuda.is_bf16_supported(including_emulation=False)
        return torch.bfloat16 if known else torch.float32
    if device.type != "cpu":
        return torch.float32
    return min((torch.float32, torch.bfloat16), key=_seconds)


@torch.no_grad()
def _seconds(type: torch.dtype) -> float:
    """The least time of a convolution, among a few."""
    features, kernel = torch.ones(1, 64, 48, 48), torch.ones(64, 64, 3, 3)
    times = []
    with autocast(torch.device("cpu"), type):
        for _ in range(4):
            started = time.perf_counter()
            functional.conv2d(features, kernel, padding=1)
            times.append(time.perf_counter() - started)
    return min(times)
