from __future__ import annotations

import numpy as np
import onnx
import onnxruntime

from styleplug.runtime.probe import probe_model


def test_the_probe_is_one_convolution_that_runs() -> None:
    data = probe_model()
    model = onnx.load_from_string(data)
    onnx.checker.check_model(model, full_check=True)
    assert [node.op_type for node in model.graph.node] == ["Conv"]
    session = onnxruntime.InferenceSession(data, providers=["CPUExecutionProvider"])
    two = np.full((1, 1, 1, 1), 2, np.float32)
    assert session.run(None, {"image": two, "weight": two})[0].item() == 4
