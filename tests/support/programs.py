"""Programs that tests compare with, which not every machine has."""

from __future__ import annotations

import os
import shutil
import subprocess

import pytest


def need(program: str, package: str) -> None:
    """Skip the test where a program is missing; where all are to be had, as in CI, fail it."""
    if shutil.which(program) is None:
        reason = f"{program} isn't installed; Debian's package is {package}"
        if os.environ.get("STYLEPLUG_REQUIRE_HOSTS") == "1":
            pytest.fail(reason)
        pytest.skip(reason)


def exiftool(*arguments: object) -> str:
    """What ExifTool prints."""
    return subprocess.run(
        ["exiftool", *map(str, arguments)],
        check=True,
        stdout=subprocess.PIPE,
        text=True,
        timeout=60,
    ).stdout
