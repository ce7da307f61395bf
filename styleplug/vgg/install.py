"""Installing a network for this user, from a checkpoint that is downloaded or at hand."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

from styleplug.errors import ConfigError, ModelError, ModelIntegrityError
from styleplug.runtime.download import discard, download
from styleplug.runtime.files import open_regular, user_cache_folder
from styleplug.runtime.locks import exclusive
from styleplug.runtime.models import Model, install_model, installed_models, user_models_folder
from styleplug.vgg.export import export_onnx
from styleplug.vgg.layers import ARCHITECTURES
from styleplug.vgg.sources import import_torch, read_pretrained

ADDRESSES: Mapping[str, str] = MappingProxyType(
    {"vgg19": "https://download.pytorch.org/models/vgg19-dcbb9e9d.pth"}
)
"""Where torchvision's checkpoints are. Each name carries the first digits of the file's SHA-256."""


def install_backbone(
    name: str,
    source: Path | None = None,
    on_progress: Callable[[int, int], None] = lambda done, total: None,
) -> Model:
    """Make a network of ours out of a checkpoint, and put it into the user's folder of models.

    Args:
        name: which network the checkpoint holds, one of `ARCHITECTURES`.
        source: its file, as `read_pretrained` takes it. None: it is downloaded and, once the
            network is installed, removed; nothing is done where a sound network is there already.
        on_progress: called with the bytes downloaded, and those there are.

    Raises:
        ConfigError: there is nothing to download for this network; or another network of this name
            is installed already, and a source was given.
        MissingDependencyError: PyTorch, which reads a .pth file, can't be imported.
        DownloadError: the file can't be got.
        ModelIntegrityError: it has the name of the published file, and is another.
        ModelError: it can't be read or holds another network, or the user's folders can't be
            written.
    """
    if source is None and name not in ADDRESSES:
        raise ConfigError("from", None, f"a file for {name}: only vgg19 can be downloaded")
    with _alone(name):
        if source is None:
            return _installed(name) or _install_downloaded(name, on_progress)
        return _install(name, source)


def discard_download(name: str) -> bool:
    """Remove what a download for this network left behind; returns whether there was anything.

    Raises:
        ModelError: it can't be removed.
    """
    if name not in ADDRESSES:
        return False
    with _alone(name):
        return discard(ADDRESSES[name], _downloads())


@contextmanager
def _alone(name: str) -> Iterator[None]:
    """Keep other processes from downloading and installing this network meanwhile."""
    try:
        with exclusive(_downloads() / f"{name}.lock", f"installing {name}"):
            yield
    except OSError as error:
        raise ModelError(name, f"{_downloads()} can't be written ({error.strerror})") from error


def _downloads() -> Path:
    return user_cache_folder() / "downloads"


def _installed(name: str) -> Model | None:
    """The network in the user's folder, if it is sound."""
    for model in installed_models():
        if model.name == name and model.path.parent == user_models_folder():
            try:
                model.read()
            except ModelError:
                return None
            return model
    return None


def _install_downloaded(name: str, on_progress: Callable[[int, int], None]) -> Model:
    # Before the long wait, not after it.
    import_torch()
    path = download(ADDRESSES[name], _downloads(), on_progress)
    try:
        network = _exported(name, path)
    except ModelError:
        # Kept, it would spoil every further try.
        discard(ADDRESSES[name], _downloads())
        raise
    model = install_model(name, network.data, **network.facts)
    # Not before: where the folder of models is full, the next try needs no download.
    discard(ADDRESSES[name], _downloads())
    return model


def _install(name: str, source: Path) -> Model:
    network = _exported(name, source)
    installed = _installed(name)
    if installed and installed.sha256 != hashlib.sha256(network.data).hexdigest():
        raise ConfigError(
            "from",
            str(source),
            f"left out, for another {name} is installed; first: styleplug models remove {name}",
        )
    return install_model(name, network.data, **network.facts)


class _Network(NamedTuple):
    """A network of ours, serialised, and what a manifest says of it."""

    data: bytes
    facts: Mapping[str, str]


def _exported(name: str, path: Path) -> _Network:
    _check_digest(name, path)
    network = read_pretrained(path, ARCHITECTURES[name])
    data = export_onnx(
        network.architecture, network.mean, network.weights, metadata=network.metadata
    )
    facts = {key: network.metadata[key] for key in ("licence", "attribution", "source")}
    return _Network(data, facts)


def _check_digest(name: str, path: Path) -> None:
    """Make sure, where the file has the name of a published one, that it is that one."""
    published = ADDRESSES.get(name, "").rpartition("/")[2]
    if path.name != published:
        return
    try:
        with open_regular(path) as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise ModelError(name, f"{path} can't be read ({error.strerror})") from error
    expected = path.stem.rpartition("-")[2]
    if not digest.startswith(expected):
        raise ModelIntegrityError(
            name,
            f"{path} is not the published file, for its SHA-256 begins with {digest[:8]} instead "
            f"of {expected}; get it again (where a network asks to log in, it may have sent its "
            "own page instead)",
        )
