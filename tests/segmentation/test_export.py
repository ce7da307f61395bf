"""The person mask's graph, from the file of the package that its weights come from."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from styleplug.runtime.models import find_model
from styleplug.segmentation.export import export_onnx


@pytest.mark.skipif(
    "STYLEPLUG_SELFIE_SEGMENTATION" not in os.environ,
    reason="STYLEPLUG_SELFIE_SEGMENTATION names no selfie_segmentation.tflite of the npm package"
    " @mediapipe/selfie_segmentation",
)
def test_the_shipped_graph_is_what_the_command_makes() -> None:
    pytest.importorskip("tflite", reason="the package tflite, which reads the file, is missing")
    data = Path(os.environ["STYLEPLUG_SELFIE_SEGMENTATION"]).read_bytes()
    assert export_onnx(data) == find_model("person").read()
