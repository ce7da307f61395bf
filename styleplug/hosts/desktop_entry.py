"""Desktop entry files, as freedesktop.org's Desktop Entry Specification has them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

_QUOTED_IN_EXEC = str.maketrans({char: f"\\{char}" for char in '"`$\\'})


def desktop_entry(groups: Mapping[str, Mapping[str, str]]) -> bytes:
    """A file's content: groups by name, each with its keys and values."""
    blocks = [
        "\n".join([f"[{name}]", *(f"{key}={_escaped(value)}" for key, value in keys.items())])
        for name, keys in groups.items()
    ]
    return ("\n\n".join(blocks) + "\n").encode()


def exec_value(command: Sequence[str]) -> str:
    """The value of `Exec` that starts a command with all chosen files after its arguments."""
    quoted = [f'"{argument.translate(_QUOTED_IN_EXEC)}"' for argument in command]
    return " ".join(quoted).replace("%", "%%") + " %F"


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace("\n", "\\n")
