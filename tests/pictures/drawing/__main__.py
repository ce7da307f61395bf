"""Draw the bundled paintings again, and their thumbnails.

usage: python tests/pictures/drawing FOLDER [NAME ...]

There is a module for each painting, with its `draw`; the same width and seed give the same pixels
again.
"""

from __future__ import annotations

import argparse
from importlib import import_module
from pathlib import Path

from PIL import Image

from styleplug.pictures import PAINTINGS


def main() -> None:
    """Write each painting and its thumbnail as the package holds them."""
    parser = argparse.ArgumentParser(description="Draw the bundled paintings again.")
    parser.add_argument("folder", type=Path, help="where to write them")
    parser.add_argument("names", nargs="*", help=f"of {', '.join(PAINTINGS)}; all by default")
    arguments = parser.parse_args()
    (arguments.folder / "thumbnails").mkdir(parents=True, exist_ok=True)
    for name in arguments.names or PAINTINGS:
        painting: Image.Image = import_module(name).draw()
        painting.save(arguments.folder / PAINTINGS[name][0], quality=90)
        painting.thumbnail((128, 128), Image.Resampling.LANCZOS)
        painting.save(arguments.folder / f"thumbnails/{name}.png", optimize=True)


if __name__ == "__main__":
    main()
