"""A batch in a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path


def start_batch(*arguments: object, cwd: Path, **variables: str) -> subprocess.Popen[str]:
    """Begin `styleplug batch`, in a process group of its own, with more variables set."""
    return subprocess.Popen(
        [sys.executable, "-m", "styleplug", "batch", *map(str, arguments)],
        cwd=cwd,
        env={**os.environ, **variables},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
