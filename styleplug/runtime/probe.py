"""A network of one node, to see whether an execution provider works before it is relied on."""

from __future__ import annotations

from styleplug.runtime.onnx_format import model, node, value


def probe_model() -> bytes:
    """A 1x1 convolution from "image" (1, 1, 1, 1) with "weight" (1, 1, 1, 1), both float32.

    A convolution, because that is what needs cuDNN and its like, and what fails without them.
    """
    shape = (1, 1, 1, 1)
    return model(
        [node("Conv", ["image", "weight"], "result")],
        inputs=[value("image", shape), value("weight", shape)],
        outputs=[value("result", shape)],
    )
