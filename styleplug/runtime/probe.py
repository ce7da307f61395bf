"""A network of one node, to see whether an execution provider works before it is relied on."""

from __future__ import annotations

from styleplug.runtime.graph_builder import GraphBuilder


def probe_model() -> bytes:
    """A 1x1 convolution from "image" (1, 1, 1, 1) with "weight" (1, 1, 1, 1), both float32.

    A convolution, because that is what needs cuDNN and its like, and what fails without them.
    """
    graph, shape = GraphBuilder(), (1, 1, 1, 1)
    image, weight = graph.input("image", shape), graph.input("weight", shape)
    graph.output(graph.op("Conv", image, weight), shape)
    return graph.model()
