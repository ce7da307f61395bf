"""A service whose limits a test can reach: those in the variable STUDIO_LIMITS, as JSON."""

from __future__ import annotations

import json
import os

from styleplug.studio.instance import Instance, alone, studio_folder
from styleplug.studio.limits import Limits
from styleplug.studio.start import Start, serve


def main() -> None:
    """Serve, and say where."""
    limits = Limits(**json.loads(os.environ["STUDIO_LIMITS"]))
    password = os.environ.get("STYLEPLUG_PASSWORD")
    with alone(studio_folder()):
        serve(Start(studio_folder(), password=password, limits=limits), show)


def show(instance: Instance) -> None:
    """Where the service is, as the command says it."""
    print(f"{instance.address}/?token={instance.token}", flush=True)


if __name__ == "__main__":
    main()
