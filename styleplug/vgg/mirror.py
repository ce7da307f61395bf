"""The PyTorch mirror of a VGG network, for gradients with respect to the picture.

It reads its weights from the same ONNX file that the encoder runs, frozen, so the two can't drift
apart (tests/parity/ holds them together).
"""

from __future__ import annotations

from collections.abc import Iterable

from styleplug.errors import ConfigError, MissingDependencyError
from styleplug.native import torch_threads_are_lost
from styleplug.options import DEVICE
from styleplug.runtime.models import Model
from styleplug.runtime.threads import available_cores
from styleplug.vgg.weights import load_weights

try:
    import torch
    from torch import Tensor, nn
    from torch.nn import functional
except (ImportError, OSError) as failure:
    raise MissingDependencyError.of(failure, "torch", "torch") from failure

# Only now, after the error that says that there is no PyTorch.
from styleplug.vgg.precision import layout_for, quick_type

_DEVICES = {
    "rocm": "cuda",
    "tensorrt": "cuda",
    "coreml": "mps",
    "directml": "cpu",
    "openvino": "cpu",
}
"""Where the mirror runs beside an encoder on a device that PyTorch has no name of its own for."""


def torch_device(name: str) -> torch.device:
    """The PyTorch device for a `--device` name; "auto" takes CUDA or ROCm, then MPS, then the CPU.

    Raises:
        ConfigError: there is no such device.
    """
    if not DEVICE.fullmatch(name):
        raise ConfigError("device", name, "auto, cpu, cuda, cuda:N, mps or the like")
    if name == "auto":
        if torch.cuda.is_available():
            return torch.device("cuda")
        return torch.device("mps" if torch.backends.mps.is_available() else "cpu")
    kind, _, index = name.partition(":")
    kind = _DEVICES.get(kind, kind)
    if kind == "cuda" and int(index or 0) >= torch.cuda.device_count():
        raise ConfigError("device", name, "a device that PyTorch sees here; try auto or cpu")
    if kind == "mps" and not torch.backends.mps.is_available():
        raise ConfigError("device", name, "a device that PyTorch sees here; try auto or cpu")
    return torch.device(f"{kind}:{index}" if index and kind != "cpu" else kind)


def device_name(device: torch.device) -> str:
    """What to call it where people are told on what something runs, such as "CPU"."""
    if device.type != "cuda":
        return device.type.upper()
    platform = "ROCm" if torch.version.hip else "CUDA"
    return f"{torch.cuda.get_device_name(device)} ({platform})"


class TorchVGG(nn.Module):
    """Features of a frozen VGG network, differentiable with respect to the picture.

    Args:
        model: the ONNX file to read the weights from.
        pooling: "max" or "avg", 2×2 windows with stride 2.
        device: as `torch_device` takes it.
        precision: of the features, "float32", "bfloat16" or, on a GPU, "float16"; "auto" is
            bfloat16 where the device is quicker at it.

    Raises:
        ConfigError: the device isn't there, or is one that can't work with the precision.
        ModelIntegrityError: the file is not the one that its manifest describes.
    """

    def __init__(
        self,
        model: Model,
        *,
        pooling: str = "max",
        device: str = "auto",
        precision: str = "float32",
    ) -> None:
        super().__init__()
        if torch_threads_are_lost():
            torch.set_num_threads(1)
        self.device = torch_device(device)
        if precision == "float16" and self.device.type == "cpu":
            raise ConfigError("precision", precision, "float32 on the CPU")
        self.dtype = quick_type(self.device) if precision == "auto" else getattr(torch, precision)
        self.layout = layout_for(self.dtype)
        self.architecture, mean, weights = load_weights(model)
        self.pool = functional.max_pool2d if pooling == "max" else functional.avg_pool2d
        self.register_buffer("mean", torch.tensor(mean).view(1, 3, 1, 1))
        for name, array in weights.items():
            tensor = torch.tensor(array).to(self.dtype)
            if tensor.dim() == 4:
                tensor = tensor.to(memory_format=self.layout)
            self.register_buffer(name.replace(".", "_"), tensor)
        self._move(device)
        if self.device.type == "cpu":
            torch.set_num_threads(min(torch.get_num_threads(), available_cores()))

    def _move(self, device: str) -> None:
        try:
            self.to(self.device)
        except RuntimeError as error:
            if not torch_threads_are_lost():
                raise
            allowed = "cpu in a process that was forked after PyTorch used a GPU; spawn it instead"
            raise ConfigError("device", device, allowed) from error

    def forward(self, image: Tensor, layers: Iterable[str]) -> dict[str, Tensor]:
        """Features by layer, (N, C, H, W), of an image (N, 3, H, W), RGB in [0, 1], in the mirror's
        `dtype` and `layout`.

        Runs no further than the deepest layer asked for.

        Raises:
            LayerNotFoundError: the network has no such layer.
        """
        wanted = set(layers)
        features = {}
        current = (image - self.get_buffer("mean")).to(self.dtype, memory_format=self.layout)
        for convolution in self.architecture.up_to(wanted):
            if convolution.follows_pooling:
                current = self.pool(current, 2)
            weight, bias = (
                self.get_buffer(f"{convolution.name}_{kind}") for kind in ("weight", "bias")
            )
            current = functional.conv2d(current, weight, bias, padding=1).relu_()
            if convolution.layer in wanted:
                features[convolution.layer] = current
        return features
