"""Which Python styleplug is installed in, as `styleplug hosts install gimp` wrote it down."""

from __future__ import annotations

import json
import os

import messages

FILE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "installation.json")


class Installation:
    """The interpreter's absolute path, and the version of styleplug that installed the plug-in."""

    def __init__(self, interpreter: str, version: str) -> None:
        self.interpreter = interpreter
        self.version = version


def read_installation(path: str = FILE) -> Installation:
    """The installation beside the plug-in.

    Raises:
        Problem: it is missing, damaged or incomplete, or its Python has gone.
    """
    try:
        with open(path, encoding="utf-8") as file:
            values = json.load(file)
        installation = Installation(values["interpreter"], values["styleplug"])
        complete = values["state"] == "complete"
    except FileNotFoundError:
        raise messages.not_installed("installation.json is missing") from None
    except (OSError, ValueError, KeyError, TypeError):
        raise messages.not_installed("installation.json can't be read") from None
    if not complete:
        raise messages.not_installed("the last installation didn't finish")
    if not os.access(installation.interpreter, os.X_OK):
        raise messages.no_interpreter(installation.interpreter)
    return installation
