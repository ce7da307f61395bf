"""The type of number in which a device computes convolutions most quickly."""

from __future__ import annotations

import time
from contextlib import AbstractContextManager, nullcontext
from functools import cache

import torch
from torch.nn import functional


def autocast(device: torch.device, type: torch.dtype) -> AbstractContextManager[object]:
    """A context in which convolutions are computed in this type; weights and sums stay float32."""
    if type == torch.float32:
        return nullcontext()
    return torch.autocast(device.type, type)


def layout_for(type: torch.dtype) -> torch.memory_format:
    """How features lie in memory: units for bfloat16 take all channels of a place at once."""
    return torch.channels_last if type == torch.bfloat16 else torch.contiguous_format


def quick_type(device: torch.device) -> torch.dtype:
    """bfloat16 where that is quick, or else float32.

    A CPU is put to the test, for some know bfloat16 and are slow at it: 50 ms, once in a process,
    whose pictures so are all computed alike. float16, which all GPUs know, would need gradients to
    be scaled.
    """
    if device.type == "cuda":
        known = torch.cuda.is_bf16_supported(including_emulation=False)
        return torch.bfloat16 if known else torch.float32
    if device.type != "cpu":
        return torch.float32
    return _quick_type_of_cpu()


@cache
def _quick_type_of_cpu() -> torch.dtype:
    return min((torch.float32, torch.bfloat16), key=_seconds)


@torch.no_grad()
def _seconds(type: torch.dtype) -> float:
    """The least time of a convolution, among a few, laid out as the mirror has it."""
    layout = layout_for(type)
    features, kernel = (
        torch.ones(shape).to(type, memory_format=layout)
        for shape in ((1, 128, 64, 64), (128, 128, 3, 3))
    )
    times = []
    for _ in range(6):
        started = time.perf_counter()
        functional.conv2d(features, kernel, padding=1)
        times.append(time.perf_counter() - started)
    return min(times)
