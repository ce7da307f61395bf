"""One check, in a process of its own: prints its findings as lines of JSON, each at once."""

from __future__ import annotations

import json
import os
import sys
from dataclasses import asdict
from importlib import import_module


def main() -> None:
    """Run the check whose module the command line names."""
    # What libraries print must not get among the findings.
    channel = os.fdopen(os.dup(1), "w", encoding="utf-8", errors="replace")
    os.dup2(2, 1)
    for finding in import_module(f"styleplug.doctor.{sys.argv[1]}").check():
        # One line each, whatever a library's message or a path holds.
        values = {name: " ".join(text.splitlines()) for name, text in asdict(finding).items()}
        channel.write(json.dumps(values, ensure_ascii=False) + "\n")
        channel.flush()


main()
