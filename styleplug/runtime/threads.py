"""The cores that this process may really use: in a container, fewer than the machine has."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from styleplug.runtime.control_groups import control_groups


def available_cores(root: Path = Path("/")) -> int:
    """The cores in the process's affinity mask, no more than its CPU quota and OMP_NUM_THREADS
    allow, at least 1.

    The variable is how processes are told that they share a machine.

    Args:
        root: where `proc` and `sys` are; tests point it elsewhere.
    """
    # Windows and macOS have no affinity mask to ask for.
    cores = (
        len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    )
    return max(1, int(min([cores, *_quotas(root), *_allowed()])))


def _allowed() -> Iterator[int]:
    """The threads that OMP_NUM_THREADS allows, where it is a number."""
    with suppress(ValueError):
        yield int(os.environ.get("OMP_NUM_THREADS", ""))


def _quotas(root: Path) -> Iterator[float]:
    """The CPU quotas, in cores, of the process's control groups, from files of version 2 or 1."""
    for folder in control_groups("cpu", root):
        with suppress(OSError, ValueError, ZeroDivisionError):  # a quota may be the word "max"
            quota, period = map(int, (folder / "cpu.max").read_text().split())
            yield quota / period
        with suppress(OSError, ValueError, ZeroDivisionError):
            quota = int((folder / "cpu.cfs_quota_us").read_text())
            if quota > 0:  # otherwise there is none
                yield quota / int((folder / "cpu.cfs_period_us").read_text())
