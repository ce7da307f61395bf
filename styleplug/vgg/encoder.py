"""The network on ONNX Runtime: features and Gram matrices of pictures."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from styleplug.errors import ConfigError, UnsupportedImageError
from styleplug.runtime.memory import return_freed_memory
from styleplug.runtime.models import Model
from styleplug.runtime.session import Session, keeping_no_memory, open_session, working_provider
from styleplug.vgg.gram_cache import GramCache, gram_key
from styleplug.vgg.graph import POOLINGS, feature_graph, gram_graph, weighted_gram_graph
from styleplug.vgg.masks import feature_weights
from styleplug.vgg.tiles import Tile, halo, tiles_of
from styleplug.vgg.weights import Weights, load_stored_weights

Array = NDArray[np.float32]

_MakeGraph = Callable[[Weights, tuple[str, ...], str], bytes]

SMALLEST_SIDE = 16
"""Four poolings leave one pixel of it."""


class Encoder:
    """A VGG network that runs no further than the deepest layer asked for.

    A session is opened for each set of layers when it is first asked for, and kept until `release`,
    or until a picture is worked on in tiles.

    Args:
        model: the network's file.
        pooling: "max", as the network was trained, or "avg", as Gatys et al. recommend.
        device: "auto", "cpu", "cuda", "cuda:N" and so on, see `styleplug.runtime.providers`.

    Raises:
        ModelNotFoundError: the file isn't there.
        ModelIntegrityError: the file is not the one that its manifest describes.
        ModelError: the file is no network that styleplug exported.
        ConfigError: there is no such pooling.
    """

    def __init__(self, model: Model, *, pooling: str = "max", device: str = "auto") -> None:
        if pooling not in POOLINGS:
            raise ConfigError("pooling", pooling, "one of " + ", ".join(POOLINGS))
        self._sha256 = model.sha256
        self._weights = load_stored_weights(model)
        self._pooling = pooling
        self._device = device
        self._provider: str | None = None
        self._sessions: dict[tuple[_MakeGraph, tuple[str, ...]], Session] = {}
        self._cache = GramCache()
        self.architecture = self._weights.architecture

    @property
    def provider(self) -> str:
        """ONNX Runtime's name of the execution provider in use; errors as in `features`."""
        return self._provider or working_provider(self._device).name

    def features(
        self,
        image: Array,
        layers: Iterable[str],
        window: int | None = None,
        dtype: type[np.floating] = np.float32,
    ) -> dict[str, Array]:
        """Features by layer, (N, C, h, w), 0 or more, in network order.

        Args:
            image: (N, 3, H, W) float32, RGB in [0, 1], H and W at least 16.
            layers: names such as "relu4_2".
            window: where memory is short, how much of the picture the network may see at a time, as
                `styleplug.vgg.tiles.tiles_of` takes it; but for rounding, it changes nothing.
            dtype: of the features. They are computed in float32; float16 takes half the memory.

        Raises:
            LayerNotFoundError: the network has no such layer.
            UnsupportedImageError: the picture has another shape, or is too small.
            ConfigError: no layers are given, or the device isn't there.
            MissingDependencyError: ONNX Runtime isn't installed.
        """
        image, wanted = _checked(image), self._ordered(layers)
        tiles = self._tiles(image, wanted, window)
        if len(tiles) == 1:
            found = self._run(feature_graph, wanted, {"image": image})
            return {layer: _rounded(array, dtype) for layer, array in found.items()}
        whole: dict[str, Array] = {}
        for tile in self._sparingly(tiles):
            pixels = np.ascontiguousarray(image[..., *tile.window])
            for layer, part in self._run(feature_graph, wanted, {"image": pixels}).items():
                if layer not in whole:
                    size = Tile.of(*image.shape[2:]).at(layer).shape
                    whole[layer] = np.empty((*part.shape[:2], *size), dtype)
                place = tile.at(layer)
                whole[layer][..., *place.own] = _rounded(part[..., *place.within], dtype)
        return whole

    def gram_matrices(
        self,
        image: Array,
        layers: Iterable[str],
        alpha: Array | None = None,
        window: int | None = None,
    ) -> dict[str, Array]:
        """Gram matrices F F^T / (C * H * W) by layer, (C, C) float32, in network order.

        Where alpha, (H, W) float32 in [0, 1], is given, each feature counts by how much of it is
        seen (`styleplug.vgg.masks`). The matrices are kept on disk, so that the same picture costs
        nothing the next time. Other arguments and errors as in `features`, but for one picture
        only: (1, 3, H, W).
        """
        image = _checked(image)
        if len(image) != 1:
            raise UnsupportedImageError(None, f"one picture was expected, not {len(image)}")
        wanted = self._ordered(layers)
        tiles = self._tiles(image, wanted, window)
        if len(tiles) == 1:
            window = None
        grams = self._cache.get(self._key(image, wanted, alpha, window))
        if grams is None:
            grams = self._gram_matrices(image, wanted, alpha, tiles)
            # A new key, for opening the session may have ended on another provider.
            self._cache.put(self._key(image, wanted, alpha, window), grams)
        return grams

    def release(self) -> None:
        """Let go of the sessions and their memory."""
        self._sessions.clear()
        return_freed_memory()

    def _sparingly(self, tiles: Sequence[Tile]) -> Iterator[Tile]:
        """The tiles, in turn. Where there are several, memory is short, and no other session, nor
        the one for them, is kept."""
        if len(tiles) > 1:
            self.release()
        yield from tiles
        if len(tiles) > 1:
            self.release()

    def _gram_matrices(
        self, image: Array, layers: tuple[str, ...], alpha: Array | None, tiles: Sequence[Tile]
    ) -> dict[str, Array]:
        if alpha is None and len(tiles) == 1:
            return self._run(gram_graph, layers, {"image": image})
        whole = Tile.of(*image.shape[2:])
        counts = {layer: whole.at(layer).count for layer in layers}
        seen = {} if alpha is None else {layer: feature_weights(alpha, layer) for layer in layers}
        sums: dict[str, NDArray[np.float64]] = {}
        for tile in self._sparingly(tiles):
            inputs = {"image": np.ascontiguousarray(image[..., *tile.window])}
            for layer in layers:
                weights = tile.at(layer).only_own(seen.get(layer))
                inputs[f"{layer}.weights"] = weights[np.newaxis, np.newaxis]
            for layer, gram in self._run(weighted_gram_graph, layers, inputs).items():
                # Its own mean is over the window.
                height, width = tile.at(layer).shape
                share = height * width / counts[layer]
                sums[layer] = sums.get(layer, 0.0) + gram.astype(np.float64) * share
        return {layer: total.astype(np.float32) for layer, total in sums.items()}

    def _tiles(self, image: Array, layers: tuple[str, ...], window: int | None) -> list[Tile]:
        height, width = image.shape[2:]
        return tiles_of(height, width, window, halo(self.architecture, layers))

    def _ordered(self, layers: Iterable[str]) -> tuple[str, ...]:
        wanted = set(layers)
        self.architecture.check(wanted)
        return tuple(layer for layer in self.architecture.layers if layer in wanted)

    def _key(
        self, image: Array, layers: tuple[str, ...], alpha: Array | None, window: int | None
    ) -> str:
        return gram_key(
            image,
            alpha,
            model_sha256=self._sha256,
            layers=layers,
            pooling=self._pooling,
            provider=self.provider,
            window=window,
        )

    def _run(
        self, make_graph: _MakeGraph, layers: tuple[str, ...], inputs: Mapping[str, Array]
    ) -> dict[str, Array]:
        """The outputs, by layer, of a graph."""
        if (make_graph, layers) not in self._sessions:
            session = open_session(make_graph(self._weights, layers, self._pooling), self._device)
            self._sessions[make_graph, layers] = session
            self._provider = session.get_providers()[0]
        arrays = self._sessions[make_graph, layers].run(None, inputs, keeping_no_memory())
        return dict(zip(layers, arrays, strict=True))


def _rounded(features: Array, dtype: type[np.floating]) -> Array:
    """Features as this type, in which the largest stay finite."""
    if dtype == np.float32:
        return features
    return np.minimum(features, np.finfo(dtype).max).astype(dtype)


def _checked(image: Array) -> Array:
    """The picture as a contiguous float32 array, if the network can be fed with it."""
    image = np.ascontiguousarray(image, np.float32)
    if image.ndim != 4 or image.shape[1] != 3:
        raise UnsupportedImageError(None, f"its shape is {image.shape}, but must be (N, 3, H, W)")
    height, width = image.shape[2:]
    if min(height, width) < SMALLEST_SIDE:
        raise UnsupportedImageError(
            None,
            f"it has {width}x{height} pixels, but needs at least {SMALLEST_SIDE} on each side",
        )
    return image
