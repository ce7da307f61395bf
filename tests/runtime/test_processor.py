from __future__ import annotations

import platform
from pathlib import Path

from styleplug.runtime.processor import processor_name


def test_this_machine_has_one() -> None:
    assert processor_name()


def test_linux_names_the_model(tmp_path: Path) -> None:
    cpuinfo = tmp_path / "cpuinfo"
    cpuinfo.write_text("processor\t: 0\nmodel\t\t: 85\nmodel name\t: A fast one @ 2 GHz\n")
    assert processor_name(cpuinfo) == "A fast one @ 2 GHz"


def test_without_a_model_there_is_a_kind(tmp_path: Path) -> None:
    """As on ARM, and where there is no such file."""
    cpuinfo = tmp_path / "cpuinfo"
    expected = platform.processor() or platform.machine()
    assert processor_name(cpuinfo) == expected
    cpuinfo.write_text("processor\t: 0\n")
    assert processor_name(cpuinfo) == expected
