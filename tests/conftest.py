"""What many tests need: folders of their own, a tiny network, the real one, pictures."""

from __future__ import annotations

import hashlib
import itertools
import os
import struct
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import hypothesis
import imagecodecs
import numpy as np
import pytest
from numpy.typing import NDArray

from styleplug.filters.architecture import STYLE_SIZE, WEIGHTS
from styleplug.filters.style import FilterStyle
from styleplug.filters.weights import FilterWeights, network_id
from styleplug.runtime.models import Model, find_model, install_model
from styleplug.runtime.threads import available_cores
from styleplug.vgg.export import export_onnx
from styleplug.vgg.layers import Architecture

# Time is the machine's matter, which may be busy; a hang is caught by pytest's own timeout.
hypothesis.settings.register_profile("styleplug", deadline=None)
hypothesis.settings.load_profile("styleplug")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Where several processes share the files of tests, those of host programs come first, which
    take longest, then the others with slow tests: so all processes end at about the same time."""
    slow = {item.path for item in items if item.get_closest_marker("slow")}

    def turn(item: pytest.Item) -> int:
        return 0 if item.path.parent.parent.name == "hosts" else 1 if item.path in slow else 2

    items.sort(key=turn)


class FileServer(ThreadingHTTPServer):
    """Serves one file over HTTP, on the loopback interface, with ranges and an ETag.

    A test sets what goes wrong: `statuses` are answered in turn instead of the file; `cuts` are the
    numbers of bytes after which a body breaks off, in turn; with `ranges` false an answer is always
    the whole file; while `flow` isn't set a body stalls at its half. `requests` has what was asked
    for: each request's path and range.
    """

    daemon_threads = True

    def __init__(self, data: bytes) -> None:
        super().__init__(("127.0.0.1", 0), FileHandler)
        self.data = data
        self.etag = '"first"'
        self.ranges = True
        self.statuses: list[int] = []
        self.cuts: list[int] = []
        self.flow = threading.Event()
        self.flow.set()
        self.requests: list[tuple[str, str | None]] = []
        self.base = f"http://127.0.0.1:{self.server_port}"
        self.address = f"{self.base}/vgg19-{hashlib.sha256(data).hexdigest()[:8]}.pth"


class FileHandler(BaseHTTPRequestHandler):
    """Answers one request to a `FileServer`."""

    server: FileServer

    def do_GET(self) -> None:
        server, wanted = self.server, self.headers["Range"]
        server.requests.append((self.path, wanted))
        if server.statuses:
            self.send_error(server.statuses.pop(0))
            return
        start = 0
        if wanted and server.ranges and self.headers["If-Range"] == server.etag:
            start = int(wanted.removeprefix("bytes=").removesuffix("-"))
        body = server.data[start:]
        self.send_response(206 if start else 200)
        if start:
            last = len(server.data) - 1
            self.send_header("Content-Range", f"bytes {start}-{last}/{len(server.data)}")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("ETag", server.etag)
        self.end_headers()
        if server.cuts:
            body = body[: server.cuts.pop(0)]
        # A client may have gone by now.
        with suppress(ConnectionError):
            self.wfile.write(body[: len(body) // 2])
            server.flow.wait(60)
            self.wfile.write(body[len(body) // 2 :])

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


TINY = Architecture("tiny", (2, 2, 3, 3, 3), (4, 6, 8, 8, 8))
SUPPORT = Path(__file__).parent / "support"
SHARED_IMAGES = Path(__file__).parents[2] / "shared" / "images"

Weights = dict[str, NDArray[np.float32]]


@pytest.fixture(autouse=True)
def own_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No test sees or changes the models and the cache of whoever runs it."""
    monkeypatch.setenv("STYLEPLUG_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("STYLEPLUG_CACHE_DIR", str(tmp_path / "cache"))


@pytest.fixture(autouse=True)
def threads(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """One thread for PyTorch, here and in processes of a test's own, unless the test is slow.

    The tiny network's layers are too small to be shared: on a busy machine two threads wait for
    each other ten times as long as they work. In slow tests the real network is at work; they get
    all cores, or their part where several processes share the tests.
    """
    monkeypatch.delenv("OMP_NUM_THREADS", raising=False)
    cores = available_cores()
    is_slow = request.node.get_closest_marker("slow") is not None
    processes = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
    number = max(1, cores // processes) if is_slow else 1
    if number < cores:
        monkeypatch.setenv("OMP_NUM_THREADS", str(number))
    # Where it is not loaded yet, it will look at the variable.
    if "torch" in sys.modules:
        sys.modules["torch"].set_num_threads(number)


@pytest.fixture(scope="session")
def tiny_architecture() -> Architecture:
    """VGG-16's layers with few channels."""
    return TINY


@pytest.fixture(scope="session")
def random_weights() -> Callable[[Architecture], Weights]:
    """Makes weights scaled after He et al. (2015), so that features neither vanish nor explode."""

    def make(architecture: Architecture) -> Weights:
        generator = np.random.default_rng(0)
        weights = {}
        for name, channels, width in architecture.convolutions:
            kernel = generator.standard_normal((width, channels, 3, 3), np.float32)
            weights[f"{name}.weight"] = kernel * np.float32((2 / (9 * channels)) ** 0.5)
            weights[f"{name}.bias"] = generator.standard_normal(width, np.float32) / 10
        return weights

    return make


@pytest.fixture(scope="session")
def torchvision_state(
    random_weights: Callable[[Architecture], Weights],
) -> Callable[[Architecture], dict[str, Any]]:
    """Makes the state dict that torchvision's VGG-19 has, with random weights; of an architecture
    with VGG-19's depths, and with a small classifier."""
    import torch

    indices = (0, 2, 5, 7, 10, 12, 14, 16, 19, 21, 23, 25, 28, 30, 32, 34)

    def make(architecture: Architecture) -> dict[str, Any]:
        weights = random_weights(architecture)
        state = {}
        for index, (name, _, _) in zip(indices, architecture.convolutions, strict=True):
            for kind in ("weight", "bias"):
                state[f"features.{index}.{kind}"] = torch.from_numpy(weights[f"{name}.{kind}"])
        for index in (0, 3, 6):
            state[f"classifier.{index}.weight"] = torch.zeros(10, 8)
            state[f"classifier.{index}.bias"] = torch.zeros(10)
        return state

    return make


@pytest.fixture(scope="session")
def tiny_weights(random_weights: Callable[[Architecture], Weights]) -> Weights:
    """The weights of the tiny network, before they are rounded to float16."""
    return random_weights(TINY)


@pytest.fixture(scope="session")
def model_file(tmp_path_factory: pytest.TempPathFactory) -> Callable[[bytes], Model]:
    """Makes a model of a serialised network, named as its architecture."""

    def write(data: bytes, name: str = "tiny") -> Model:
        path = tmp_path_factory.mktemp("models") / f"{name}.onnx"
        path.write_bytes(data)
        return Model(name, path, hashlib.sha256(data).hexdigest(), len(data), "none", "", "a test")

    return write


@pytest.fixture(scope="session")
def tiny_model(model_file: Callable[[bytes], Model], tiny_weights: Weights) -> Model:
    """A VGG network small enough for every test, with random weights."""
    mean = np.array([0.5, 0.45, 0.4], np.float32)
    return model_file(export_onnx(TINY, mean, tiny_weights, metadata={"source": "a test"}))


@pytest.fixture
def small_network(own_folders: None, tiny_model: Model) -> None:
    """The tiny network in the place of VGG-16, put there as a user would put one."""
    install_model("vgg16", tiny_model.read(), licence="none", attribution="", source="a test")


@pytest.fixture
def install_plugin(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Installs `NAME_plugin` of tests/support as a plug-in for the processes that a test starts."""

    def install(name: str) -> None:
        info = tmp_path / "site" / f"{name}-1.0.dist-info"
        info.mkdir(parents=True)
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
        (info / "entry_points.txt").write_text(f"[styleplug]\n{name} = {name}_plugin\n")
        path = [str(info.parent), str(SUPPORT), os.environ.get("PYTHONPATH", "")]
        monkeypatch.setenv("PYTHONPATH", os.pathsep.join(part for part in path if part))

    return install


@pytest.fixture(scope="session")
def no_torch(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder for PYTHONPATH that hides PyTorch."""
    folder = tmp_path_factory.mktemp("no torch")
    (folder / "torch.py").write_text("raise ModuleNotFoundError('No torch', name='torch')\n")
    return folder


@pytest.fixture
def without_torch(no_torch: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The processes that a test starts find no PyTorch: they paint all the same, and start in a
    third of the time."""
    path = [str(no_torch), os.environ.get("PYTHONPATH", "")]
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(part for part in path if part))


@pytest.fixture
def real_model() -> Model:
    """The VGG-16 that styleplug comes with."""
    return find_model("vgg16")


@pytest.fixture(scope="session")
def filter_weights() -> FilterWeights:
    """The filter network with random weights, such as float16 can hold, and two styles."""
    generator = np.random.default_rng(0)
    arrays = {}
    for name, shape in WEIGHTS.items():
        array = generator.standard_normal(shape, np.float32)
        arrays[name] = (array / np.prod(shape[1:]) ** 0.5).astype(np.float16).astype(np.float32)
    network = network_id(arrays)
    styles = []
    for name in ("dots", "lines"):
        scale, shift = generator.standard_normal((2, STYLE_SIZE), np.float32) / 4
        styles.append(FilterStyle(name, f"Painted in {name}", 1 + scale, shift, network))
    return FilterWeights(arrays, tuple(styles))


@pytest.fixture
def make_picture() -> Callable[..., NDArray[np.float32]]:
    """Makes a picture (1, 3, H, W) in [0, 1]: smooth waves with some noise, as photographs have."""

    def make(height: int, width: int, seed: int = 0) -> NDArray[np.float32]:
        generator = np.random.default_rng(seed)
        y, x = np.mgrid[:height, :width] / 16
        waves = [np.sin(a * x + b * y + c) for a, b, c in generator.uniform(-2, 2, (3, 3))]
        noise = generator.standard_normal((3, height, width)) / 20
        return np.clip(np.stack(waves) * 0.4 + 0.5 + noise, 0, 1)[None].astype(np.float32)

    return make


@pytest.fixture(scope="session")
def shared_images() -> Path:
    """The folder of photographs and paintings that lies beside the checkout, not in it."""
    if not SHARED_IMAGES.is_dir():
        pytest.skip(f"there are no pictures in {SHARED_IMAGES}")
    return SHARED_IMAGES


@pytest.fixture
def odd_plugin(install_plugin: Callable[[str], None]) -> None:
    """`odd_plugin`, installed for the processes that a test starts."""
    install_plugin("odd")


@pytest.fixture
def file_server() -> Iterator[Callable[[bytes], FileServer]]:
    """Starts a `FileServer` for some bytes; it ends with the test."""
    with ExitStack() as stack:

        def start(data: bytes) -> FileServer:
            server = stack.enter_context(FileServer(data))
            thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
            thread.start()
            # Last in, first out: the server is told to stop, and only then closed.
            stack.callback(server.shutdown)
            stack.callback(server.flow.set)
            return server

        yield start


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A folder on a disk of its own, of 4 MB."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", str(folder)]
    if sys.platform != "linux" or os.geteuid() or subprocess.run(mount, check=False).returncode:
        pytest.skip("only root may mount a small disk, on Linux, and not in every container")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


@pytest.fixture(scope="session")
def profiles() -> dict[str, bytes]:
    """ICC profiles by name; "scanner" leads only out of its colours, not into them."""
    levels = np.linspace(0, 1, 4096)
    curve = np.where(levels < 0.04045, levels / 12.92, ((levels + 0.055) / 1.055) ** 2.4)
    srgb_curve = {"transferfunction": np.rint(curve * 65535).astype(np.uint16)}

    def rgb(white: list[float], primaries: list[float], **curve: Any) -> bytes:
        return imagecodecs.cms_profile("rgb", whitepoint=white, primaries=primaries, **curve)

    d65, d50 = [0.3127, 0.3290], [0.3457, 0.3585]
    return {
        "srgb": imagecodecs.cms_profile("srgb"),
        "p3": rgb(d65, [0.68, 0.32, 0.265, 0.69, 0.15, 0.06], **srgb_curve),
        "adobe": rgb(d65, [0.64, 0.33, 0.21, 0.71, 0.15, 0.06], gamma=563 / 256),
        "prophoto": rgb(d50, [0.7347, 0.2653, 0.1596, 0.8404, 0.0366, 0.0001], gamma=1.8),
        "linear": rgb(d65, [0.64, 0.33, 0.30, 0.60, 0.15, 0.06], gamma=1.0),
        "grey": imagecodecs.cms_profile("gray", gamma=1.8),
        "cmyk": _lookup_profile(b"prtr", b"CMYK", 4, _inks),
        "scanner": _lookup_profile(b"scnr", b"RGB ", 3, _lights),
    }


def _inks(c: int, m: int, y: int, k: int) -> tuple[float, float, float]:
    """L*a*b* of inks on paper: duller than the plain complement of RGB, as print is."""
    lightness = 100 * (1 - 0.4 * c) * (1 - 0.5 * m) * (1 - 0.1 * y) * (1 - k)
    return lightness, (-35 * c + 75 * m - 5 * y) * (1 - k), (-50 * c - 5 * m + 90 * y) * (1 - k)


def _lights(r: int, g: int, b: int) -> tuple[float, float, float]:
    return 20 * r + 70 * g + 10 * b, 60 * r - 60 * g, 40 * r + 40 * g - 80 * b


def _lookup_profile(
    kind: bytes, space: bytes, channels: int, lab: Callable[..., tuple[float, float, float]]
) -> bytes:
    """An ICC profile, version 2, that leads to L*a*b* by a table of the corners of a cube."""
    identity = bytes(range(256)) * 4
    corners = [lab(*corner) for corner in itertools.product((0, 1), repeat=channels)]
    cells = bytes(round(v) for L, a, b in corners for v in (L * 2.55, a + 128, b + 128))
    table = b"".join(
        [
            struct.pack(">4s4xBBBx", b"mft1", channels, 3, 2),
            struct.pack(">9i", *np.eye(3, dtype=int).ravel() * 65536),
            identity[: 256 * channels] + cells + identity[: 256 * 3],
        ]
    )
    start = 128 + 4 + 12
    header = struct.pack(">I4xI4s4s4s", start + len(table), 0x02400000, kind, space, b"Lab ")
    header = header.ljust(36, b"\0") + b"acsp"
    header = header.ljust(68, b"\0") + struct.pack(">3i", 63190, 65536, 54061)  # D50
    return header.ljust(128, b"\0") + struct.pack(">I4sII", 1, b"A2B0", start, len(table)) + table
