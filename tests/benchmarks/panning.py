"""How steady filters are, frame by frame, in a slow pan over photographs.

usage: python tests/benchmarks/panning.py PHOTO [PHOTO ...] [--frames N]

The table has, for each style and photograph, the warping error of the filtered frames over that of
the photograph's own (see tests/support/panning.py).
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from PIL import Image

sys.path.insert(0, str(Path(__file__).parents[1] / "support"))

from panning import pan, warping_error

from styleplug.filters.apply import filtered
from styleplug.filters.filter_function import FilterInput
from styleplug.filters.weights import load_weights
from styleplug.runtime.models import find_model


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("photos", nargs="+", type=Path, metavar="PHOTO")
    parser.add_argument("--frames", type=int, default=8)
    arguments = parser.parse_args()
    weights = load_weights(find_model("filters"))
    for path in arguments.photos:
        frames = pan(Image.open(path).convert("RGB"), arguments.frames)
        own = warping_error(frames)
        for style in weights.styles:
            painted = [filtered(FilterInput(frame), style, weights).image for frame in frames]
            ratio = warping_error(painted) / own
            print(f"{style.name:16} {path.stem:20} {ratio:5.2f}", flush=True)


if __name__ == "__main__":
    main()
