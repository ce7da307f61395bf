"""A terminal of 80 columns for what is drawn on standard error."""

from __future__ import annotations

from io import StringIO

import pytest


class Terminal(StringIO):
    """Takes what is drawn, and says that it is a terminal."""

    def isatty(self) -> bool:
        return True


def use_plain_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have rich believe the stream, whatever the environment that the tests run in says."""
    for name in ("FORCE_COLOR", "TTY_COMPATIBLE", "TTY_INTERACTIVE", "NO_COLOR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "80")
