"""Thunar and Geeqie themselves: photographs chosen, the entry clicked, the results beside them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from styleplug import Filter
from styleplug.hosts import install_host

pytestmark = pytest.mark.slow


def results(photographs: list[Path]) -> list[Path]:
    return [path.with_name(f"{path.stem}-ink.jpg") for path in photographs]


def test_thunar(
    need: Callable[..., None],
    use: Callable[[str], None],
    filters: list[Filter],
    photographs: list[Path],
    copying_styleplug: Path,
) -> None:
    need("thunar")
    install_host("thunar")
    folder = photographs[0].parent
    # The menu is the last but one, above Properties; its first entry is the filter.
    use(
        f"""
        thunar '{folder}' &
        focus thunar
        xdotool key ctrl+a; sleep 1
        xdotool key shift+F10; sleep 2
        xdotool key Up; sleep 0.5; xdotool key Up; sleep 0.5
        xdotool key Right; sleep 0.5; xdotool key Return
        wait_for holds '{folder}' 4
        """
    )
    for before, after in zip(photographs, results(photographs), strict=True):
        assert after.read_bytes() == before.read_bytes()


def test_geeqie(
    need: Callable[..., None],
    use: Callable[[str], None],
    filters: list[Filter],
    photographs: list[Path],
    copying_styleplug: Path,
    home: Path,
) -> None:
    need("geeqie")
    install_host("geeqie")
    entry = home / ".config/geeqie/applications/style-transfer-filter-ink.desktop"
    # Which place an entry has in the menu depends on what else is installed; a key does not.
    entry.write_text(entry.read_text("utf-8") + "X-Geeqie-Hotkey=F9\n", "utf-8")
    folder = photographs[0].parent
    use(
        f"""
        geeqie '{folder}' &
        focus geeqie
        xdotool key ctrl+a; sleep 1
        xdotool key F9
        wait_for holds '{folder}' 4
        """
    )
    for before, after in zip(photographs, results(photographs), strict=True):
        assert after.read_bytes() == before.read_bytes()
