"""An option that is added to a config is everywhere: it is stated once, and nowhere else."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from styleplug.pictures import path as bundled

ADDED = """
import sys
from dataclasses import dataclass
from pathlib import Path
import styleplug.config
from styleplug.options import Number

@dataclass(frozen=True, kw_only=True)
class StylizeConfig(styleplug.config.StylizeConfig):
    glitter: float = Number(0.25, "Share of glitter.", 0, 1).field()

styleplug.config.StylizeConfig = StylizeConfig
"""
"""As if `config.py` had one more option: nothing else has been imported by then."""


@pytest.fixture
def run(tmp_path: Path) -> Any:
    """Runs code where there is one more option; what it prints."""

    def run(code: str) -> str:
        return subprocess.run(
            [sys.executable, "-c", ADDED + code],
            cwd=tmp_path,
            check=True,
            capture_output=True,
            text=True,
        ).stdout

    return run


COMMAND = """
from styleplug.cli.main import main
main({arguments} + sys.argv[1:], standalone_mode=False)
"""


def test_the_command_line_has_it(run: Any) -> None:
    shown = " ".join(run(COMMAND.format(arguments=["stylize", "--help"])).split())
    assert "--glitter X Share of glitter. [0 to 1; default: 0.25]" in shown


def test_a_batch_tells_its_work_by_it(run: Any) -> None:
    code = """
from styleplug.jobs.job import StylizeJob
print(StylizeJob((), StylizeConfig(glitter=0.5)).digest(), StylizeJob((), StylizeConfig()).digest())
"""
    one, other = run(code).split()
    assert one != other


def test_host_programs_hear_of_it(run: Any) -> None:
    code = """
import json
from styleplug.worker.catalogue import catalogue
print(json.dumps(catalogue()["options"]))
"""
    [found] = [option for option in json.loads(run(code)) if option["name"] == "glitter"]
    assert found["label"] == "Glitter"
    assert (found["low"], found["high"], found["default"]) == (0, 1, 0.25)


@pytest.mark.slow
def test_the_picture_and_the_checkpoint_have_it(run: Any, tmp_path: Path) -> None:
    arguments = [
        *("stylize", str(bundled("photograph.jpg")), "--style", str(bundled("painting.jpg"))),
        *("-o", "out.png", "--size", "32", "--iterations", "500", "--device", "cpu"),
        *("--glitter", "0.5", "--time-limit", "0.01", "--checkpoint", "kept"),
    ]
    run(COMMAND.format(arguments=arguments))
    code = """
from styleplug.image.inspect import inspect_picture
from styleplug.jobs.provenance import provenance_in
from styleplug.transfer.checkpoint import read_note
made = provenance_in(inspect_picture(Path("out.png")).metadata.xmp)
print(made.options["glitter"], made.config().glitter, read_note(Path("kept"))["glitter"])
"""
    assert run(code).split() == ["0.5"] * 3
    run(
        COMMAND.format(
            arguments=["stylize", "--resume", "kept", "--overwrite", "--time-limit", "1"]
        )
    )
    assert run(code.replace(', read_note(Path("kept"))["glitter"]', "")).split() == ["0.5"] * 2
