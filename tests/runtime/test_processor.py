from __future__ import annotations

import platform
from pathlib import Path

import pytest

from styleplug.runtime.processor import knows_bfloat16, processor_name


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


@pytest.mark.parametrize(
    ("line", "knows"),
    [
        ("flags\t\t: fpu sse2 amx_bf16 amx_tile", True),
        ("flags\t\t: fpu avx512f avx512_bf16", True),
        ("Features\t: fp asimd bf16", True),
        ("flags\t\t: fpu sse2 avx512f", False),
        ("model name\t: bf16", False),
    ],
)
def test_linux_tells_whether_it_knows_bfloat16(tmp_path: Path, line: str, knows: bool) -> None:
    cpuinfo = tmp_path / "cpuinfo"
    cpuinfo.write_text(f"processor\t: 0\n{line}\n")
    assert knows_bfloat16(cpuinfo) == knows
    assert not knows_bfloat16(tmp_path / "none")
