"""Running all checks, each in a process of its own, so that whatever is broken stops only one.

A damaged library can end the process that loads it, print pages, or hang; here it does so alone.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from types import MappingProxyType

from styleplug.doctor.finding import Finding
from styleplug.runtime.threads import available_cores

CHECKS: Mapping[str, str] = MappingProxyType(
    {
        "System": "system",
        "Packages": "packages",
        "ONNX Runtime": "runtimes",
        "PyTorch": "pytorch",
        "CUDA": "cuda",
        "Models and folders": "models",
        "Plug-ins": "plugins",
        "Picture formats": "formats",
        "Host programs": "hosts",
        "A small transfer": "transfer",
    }
)
"""What is examined, and the module of this package whose `check()` does it."""

TIMEOUT = 120
"""Seconds after which a check hangs. A slow disk can take half a minute to load PyTorch."""


def examine() -> Iterator[tuple[str, tuple[Finding, ...]]]:
    """What each of `CHECKS` finds, in their order; of some nothing."""
    with ThreadPoolExecutor(available_cores()) as pool:
        yield from zip(CHECKS, pool.map(findings_of, CHECKS.values()), strict=True)


def findings_of(module: str) -> tuple[Finding, ...]:
    """What one check finds; that it ended badly is a finding, too."""
    try:
        output, ending = _run(module)
    except OSError as error:
        output, ending = "", f"can't be started ({error})"
    findings = [Finding(**json.loads(line)) for line in output.split("\n") if line]
    if ending:
        remedy = "something that it loads is broken: install styleplug and its packages anew"
        findings.append(Finding("fault", f"this check {ending}", remedy))
    return tuple(findings)


def _run(module: str) -> tuple[str, str]:
    """What the check prints, and how it ended, "" where it ended well."""
    # The child is to find the packages that this process finds, and none in the current folder.
    path = os.pathsep.join(entry for entry in sys.path if entry)
    child = subprocess.Popen(
        [sys.executable, "-P", "-m", "styleplug.doctor", module],
        env={**os.environ, "PYTHONPATH": path},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        errors="replace",
    )
    try:
        output, complaints = child.communicate(timeout=TIMEOUT)
    except subprocess.TimeoutExpired:
        child.kill()
        return child.communicate()[0], f"didn't end within {TIMEOUT} s"
    if child.returncode == 0:
        return output, ""
    last = (complaints.strip().splitlines() or ["no message"])[-1]
    return output, f"ended with code {child.returncode}: {last}"
