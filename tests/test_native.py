from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable

import pytest

FORK = """
import os, signal, sys
import numpy as np
import styleplug

photo = np.random.default_rng(0).random((64, 64, 3), np.float32)

def paint(engine):
    config = styleplug.StylizeConfig(size=64, iterations=2, engine=engine)
    return styleplug.stylize(photo, photo, config).engine

print(paint("torch"), flush=True)
for engine in ("auto", "torch"):
    child = os.fork()
    if not child:
        signal.alarm(60)  # seconds, after which a hang ends
        print(paint(engine), flush=True)
        os._exit(0)
    if os.waitpid(child, 0)[1]:
        sys.exit(f"{engine} hangs or fails")
"""


@pytest.fixture
def run(small_network, monkeypatch) -> Callable[..., list[str]]:
    """Runs a program in a fresh interpreter, and gives the lines that it prints."""
    monkeypatch.setenv("OMP_NUM_THREADS", "2")
    for name in ("GOMP_SPINCOUNT", "ORT_DISABLE_TELEMETRY"):
        monkeypatch.delenv(name, raising=False)

    def start(code: str) -> list[str]:
        done = subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, timeout=240
        )
        assert done.returncode == 0, done.stderr
        return done.stdout.split()

    return start


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
@pytest.mark.slow
def test_forked_processes_paint_after_their_parent_did(run) -> None:
    assert run(FORK) == ["torch", "onnx", "torch"]


@pytest.mark.parametrize(
    ("given", "told"), [({}, "20000"), ({"GOMP_SPINCOUNT": "7"}, "7")], ids=["nothing", "a choice"]
)
def test_what_libraries_are_told_holds_from_the_import_on(run, monkeypatch, given, told) -> None:
    """How threads wait is the user's choice; that nothing is sent is a promise."""
    for name, value in {"ORT_DISABLE_TELEMETRY": "0", **given}.items():
        monkeypatch.setenv(name, value)
    names = "GOMP_SPINCOUNT", "ORT_DISABLE_TELEMETRY"
    program = f"import os, styleplug; print(*(os.environ[name] for name in {names}))"
    assert run(program) == [told, "1"]
