"""PyTorch: whether it computes a gradient on the device that a transfer would take."""

from __future__ import annotations

from collections.abc import Iterator

from styleplug.doctor.finding import Finding
from styleplug.errors import MissingDependencyError


def check() -> Iterator[Finding]:
    """PyTorch's version, device and threads."""
    try:
        from styleplug.vgg.mirror import torch_device
    except MissingDependencyError as error:
        if error.reason is None:
            yield Finding("note", "torch is not installed; ONNX Runtime computes the gradients")
        else:
            yield Finding("fault", str(error))
        return
    import torch

    device = torch_device("auto")
    yield Finding(
        "ok",
        f"torch {torch.__version__}, {torch.get_num_threads()} threads; "
        f"--device auto computes on {device.type}",
    )
    try:
        image = torch.ones(1, 1, 3, 3, device=device, requires_grad=True)
        torch.autograd.grad(torch.nn.functional.conv2d(image, image.detach()).sum(), image)
    except Exception as error:
        # Its errors are of many classes; whatever is wrong, it doesn't work.
        remedy = "" if device.type == "cpu" else "until that is mended: --device cpu"
        yield Finding("fault", f"{device.type} doesn't compute: {error}", remedy)
