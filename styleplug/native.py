"""What ONNX Runtime and PyTorch must know before they load, and what a fork takes from them."""

from __future__ import annotations

import os
import sys

_threads_lost = False


def prepare() -> None:
    """Set what both read from the environment when they load, for this process and its children.

    Nothing can be said to one that the program has loaded before styleplug.
    """
    # Otherwise it writes an identifier of the machine into the user's cache, and sends it to its
    # maker with what it runs. There is no call for this: to load it is to begin.
    os.environ["ORT_DISABLE_TELEMETRY"] = "1"
    # PyTorch's threads spin while they wait for each other, on Linux for so long that beside other
    # busy programs an evaluation takes twice the time and more. This many turns cost a quiet
    # machine nothing (tests/benchmarks/waiting.py).
    os.environ.setdefault("GOMP_SPINCOUNT", "20000")
    if hasattr(os, "register_at_fork"):  # not on Windows
        os.register_at_fork(after_in_child=_note_lost_threads)


def torch_threads_are_lost() -> bool:
    """Whether this process was forked from one that had loaded PyTorch.

    Its threads then exist in memory alone, and whoever shares work with them waits for ever.
    """
    return _threads_lost


def _note_lost_threads() -> None:
    global _threads_lost
    _threads_lost = "torch" in sys.modules
