"""The program `styleplug`; importing the command takes long enough for a signal to come."""

from __future__ import annotations

from styleplug.signals import end_at_once

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command that is asked for."""
    end_at_once()
    from styleplug.cli.main import main

    main(arguments)


if __name__ == "__main__":
    main()
