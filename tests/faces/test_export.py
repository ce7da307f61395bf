"""The face detector's graph, from the files of the package that its weights come from."""

from __future__ import annotations

import json
import os
from pathlib import Path

import numpy as np
import pytest

from styleplug.faces.export import export_onnx, read_weights
from styleplug.runtime.models import find_model


def test_files_that_do_not_belong_together_are_refused() -> None:
    quantization = {"dtype": "uint8", "scale": 0.5, "min": -1.0}
    entry = {"name": "conv0/bias", "shape": [2, 2], "quantization": quantization}
    manifest = json.dumps([{"weights": [entry]}]).encode()
    numbers, scale, offset = read_weights(manifest, bytes(range(4)))["conv0/bias"]
    np.testing.assert_array_equal(numbers, [[0, 1], [2, 3]])
    assert (scale, offset) == (0.5, -1.0)
    with pytest.raises(ValueError, match="speaks of 4 bytes of weights, but there are 5"):
        read_weights(manifest, bytes(5))


@pytest.mark.skipif(
    "STYLEPLUG_FACE_API" not in os.environ,
    reason="STYLEPLUG_FACE_API names no folder `model` of the npm package @vladmandic/face-api",
)
def test_the_shipped_graph_is_what_the_command_makes() -> None:
    folder = Path(os.environ["STYLEPLUG_FACE_API"])
    manifest = folder / "tiny_face_detector_model-weights_manifest.json"
    weights = folder / "tiny_face_detector_model.bin"
    made = export_onnx(read_weights(manifest.read_bytes(), weights.read_bytes()))
    assert made == find_model("faces").read()
