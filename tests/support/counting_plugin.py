"""A plug-in whose filters say each time that they are applied, in the file COUNTING_LOG names."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

import numpy as np

from styleplug import Filter, FilterRequest, FilterResult, hookimpl

DESCRIPTIONS = {
    "negative": "Light for dark.",
    "slow": "Likewise, in a tenth of a second.",
    "deadly": "Ends its process where the first pixel is black, as a native library may.",
    "stuck": "Never done.",
    "careless": "Raises what is no error of styleplug's.",
}


@hookimpl
def styleplug_register_filters() -> list[Filter]:
    return [Filter(name, description) for name, description in DESCRIPTIONS.items()]


@hookimpl
def styleplug_apply_filter(request: FilterRequest) -> FilterResult | None:
    if request.filter not in DESCRIPTIONS:
        return None
    first = np.rint(request.image[0, 0] * 255).astype(int)
    with Path(os.environ["COUNTING_LOG"]).open("a") as log:  # one write, so lines stay whole
        log.write(f"{' '.join(map(str, first))}\n")
    match request.filter:
        case "slow":
            time.sleep(0.1)
        case "stuck":
            time.sleep(600)
        case "careless":
            raise ZeroDivisionError("no such luck")
        case "deadly" if not first.any():
            os.kill(os.getpid(), signal.SIGKILL)
    return FilterResult(1 - request.image)
