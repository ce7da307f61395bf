"""What menus offer: each filter and painting, by a command that needs nothing on PATH."""

from __future__ import annotations

from pathlib import Path

from styleplug import Filter
from styleplug.hosts.menu import menu_entries
from styleplug.styles import list_styles


def test_filters_come_before_paintings(filters: list[Filter]) -> None:
    entries = menu_entries("/opt/python")
    assert entries[0].name == "filter-ink"
    assert entries[0].label == "Ink & water, 100% (filter)"
    assert [entry.label for entry in entries[1:]] == [style.title for style in list_styles()]


def test_commands_start_the_interpreter_by_its_path(filters: list[Filter]) -> None:
    for entry in menu_entries("/opt/python"):
        interpreter, program, option, name = entry.command
        assert interpreter == "/opt/python"
        assert Path(program).is_file()
        assert f"--{entry.name}" == f"{option}-{name}"


def test_a_label_is_one_line(filters: list[Filter]) -> None:
    filters[0] = Filter("ink", "Ink\n and water\n")
    assert menu_entries("python")[0].label == "Ink and water (filter)"
