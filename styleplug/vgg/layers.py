"""The table of VGG's layers: which convolutions there are, and what their outputs are called.

Source: K. Simonyan and A. Zisserman, "Very Deep Convolutional Networks for Large-Scale Image
Recognition", 2015, table 1, columns D (VGG-16) and E (VGG-19), without the classifier.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import NamedTuple

from styleplug.errors import ConfigError, LayerNotFoundError


class Convolution(NamedTuple):
    """A 3x3 convolution, stride 1, padding 1, with its ReLU; it goes by a name such as "conv4_2".

    Pooling comes before it where it opens a block.
    """

    name: str
    in_channels: int
    out_channels: int

    @property
    def layer(self) -> str:
        """What comes out of its ReLU, such as "relu4_2"."""
        return self.name.replace("conv", "relu")

    @property
    def follows_pooling(self) -> bool:
        return self.name.endswith("_1") and self.name != "conv1_1"


@dataclass(frozen=True)
class Architecture:
    """A VGG network: `depths` convolutions in each block, each with the block's `widths` channels.

    Every convolution is followed by a ReLU; 2x2 pooling with stride 2 stands between the blocks.
    """

    name: str
    depths: tuple[int, ...]
    widths: tuple[int, ...] = (64, 128, 256, 512, 512)

    @property
    def convolutions(self) -> tuple[Convolution, ...]:
        """All convolutions in network order, the first one named `conv1_1`."""
        found = []
        channels = 3
        for block, (depth, width) in enumerate(zip(self.depths, self.widths, strict=True), start=1):
            for position in range(1, depth + 1):
                found.append(Convolution(f"conv{block}_{position}", channels, width))
                channels = width
        return tuple(found)

    @property
    def layers(self) -> tuple[str, ...]:
        """The names of the layers that can be asked for, in network order, from `relu1_1` on."""
        return tuple(convolution.layer for convolution in self.convolutions)

    def up_to(self, layers: Iterable[str]) -> tuple[Convolution, ...]:
        """The convolutions that the layers depend on, in network order; errors as in `check`."""
        return self.convolutions[: self.layers.index(self.deepest(layers)) + 1]

    def check(self, layers: Iterable[str]) -> None:
        """Raise unless each of the layers exists.

        Raises:
            LayerNotFoundError: the network has no such layer.
            ConfigError: there are none.
        """
        layers = tuple(layers)
        if not layers:
            raise ConfigError("layers", layers, "one or more of " + ", ".join(self.layers))
        for layer in layers:
            if layer not in self.layers:
                raise LayerNotFoundError(self.name, layer, self.layers)

    def deepest(self, layers: Iterable[str]) -> str:
        """The one of the layers that comes last in the network; errors as in `check`."""
        layers = tuple(layers)
        self.check(layers)
        return max(layers, key=self.layers.index)


def block_of(layer: str) -> int:
    """The number of the block that a layer such as "relu4_2" is in, from 1 on."""
    return int(layer.removeprefix("relu").split("_")[0])


VGG16 = Architecture("vgg16", (2, 2, 3, 3, 3))
VGG19 = Architecture("vgg19", (2, 2, 4, 4, 4))
ARCHITECTURES: Mapping[str, Architecture] = MappingProxyType(
    {architecture.name: architecture for architecture in (VGG16, VGG19)}
)
