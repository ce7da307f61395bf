"""What the menus of file managers and picture viewers offer, and what an entry starts.

Each program writes the same entries down in its own way; `desktop_entry.py` and the programs' own
modules do that.
"""

from __future__ import annotations

from dataclasses import dataclass

from styleplug.hosts.bundled import bundled_folder

TITLE = "Style transfer"
"""What the menu is called."""


@dataclass(frozen=True)
class MenuEntry:
    """An entry: `name` is its own, `label` is for people; files go after `command`'s arguments."""

    name: str
    label: str
    command: tuple[str, ...]


def menu_entries(interpreter: str) -> tuple[MenuEntry, ...]:
    """The filters, which are instant, then the paintings, which take minutes.

    Raises:
        HostError: what the entries start is missing.
    """
    from styleplug.api import list_filters
    from styleplug.styles import list_styles

    chosen = [("filter", f.name, f"{f.description} (filter)") for f in list_filters()]
    chosen += [("style", style.name, style.title) for style in list_styles()]
    program = str(bundled_folder("desktop") / "apply.py")
    return tuple(
        # One line, whatever a plug-in calls its filter.
        MenuEntry(
            f"{kind}-{name}", " ".join(label.split()), (interpreter, program, f"--{kind}", name)
        )
        for kind, name, label in chosen
    )
