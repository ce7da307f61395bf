"""Finding models, and running them with ONNX Runtime on the hardware at hand."""
