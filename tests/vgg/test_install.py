from __future__ import annotations

import hashlib
import io
import os
import pickle
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file

from styleplug.errors import (
    ConfigError,
    DownloadError,
    MissingDependencyError,
    ModelError,
    ModelIntegrityError,
)
from styleplug.runtime.files import user_cache_folder
from styleplug.runtime.models import find_model, pick_backbone, user_models_folder
from styleplug.vgg import install as module
from styleplug.vgg.install import discard_download, install_backbone
from styleplug.vgg.layers import VGG19, Architecture
from styleplug.vgg.weights import load_weights

NARROW = Architecture("vgg19", VGG19.depths, (4, 6, 8, 8, 8))
CHILD = """
import sys
from styleplug.cli.main import main
from styleplug.vgg import install
from styleplug.vgg.layers import VGG19, Architecture
install.ADDRESSES = {"vgg19": sys.argv[1]}
install.ARCHITECTURES = {"vgg19": Architecture("vgg19", VGG19.depths, (4, 6, 8, 8, 8))}
main(["models", "install", "vgg19"])
"""


def legacy(content) -> bytes:
    """A file of the format that torch wrote before 1.6, and torchvision's checkpoints are in."""
    buffer = io.BytesIO()
    torch.save(content, buffer, _use_new_zipfile_serialization=False)
    return buffer.getvalue()


@pytest.fixture(scope="module")
def narrow_state(torchvision_state):
    return torchvision_state(NARROW)


@pytest.fixture
def serve(file_server, monkeypatch):
    """Serves the bytes as torchvision's checkpoint of a VGG-19, which has few channels here."""
    monkeypatch.setattr("styleplug.runtime.download.WAITS", (0, 0))
    monkeypatch.setattr(module, "ARCHITECTURES", {"vgg19": NARROW})

    def start(data):
        server = file_server(data)
        monkeypatch.setattr(module, "ADDRESSES", {"vgg19": server.address})
        return server

    return start


@pytest.fixture
def server(serve, narrow_state):
    return serve(legacy(narrow_state))


def downloads() -> list[str]:
    """What is kept of downloads, by the ends of the names; the lock stays, and harms nobody."""
    folder = user_cache_folder() / "downloads"
    return sorted({path.name.rpartition(".")[2] for path in folder.glob("*")} - {"lock"})


def test_the_convolutions_are_kept_and_the_rest_is_gone(server, random_weights) -> None:
    told = []
    model = install_backbone("vgg19", on_progress=lambda *pair: told.append(pair))
    assert told[-1] == (len(server.data), len(server.data))
    assert downloads() == []
    assert model == find_model("vgg19") == pick_backbone("auto")
    assert model.path == user_models_folder() / f"vgg19-{model.sha256[:8]}.onnx"
    assert "torchvision" in model.attribution
    architecture, _, weights = load_weights(model)
    assert architecture == NARROW
    expected = random_weights(NARROW)
    assert set(weights) == set(expected)
    assert abs(weights["conv5_4.weight"] - expected["conv5_4.weight"]).max() < 1e-3


def test_what_is_installed_isnt_downloaded_again(server) -> None:
    assert install_backbone("vgg19") == install_backbone("vgg19")
    assert len(server.requests) == 1


def test_a_damaged_one_is_replaced(server) -> None:
    model = install_backbone("vgg19")
    model.path.write_bytes(b"damaged")
    assert install_backbone("vgg19") == model
    assert model.read()


def test_a_cut_connection_is_mended(server) -> None:
    server.cuts = [1000]
    assert install_backbone("vgg19").read()
    assert [wanted for _, wanted in server.requests] == [None, "bytes=1000-"]


def test_a_wrong_file_is_refused_and_not_kept(server) -> None:
    right, server.data = server.data, b"Please log in to this network."
    with pytest.raises(ModelIntegrityError, match=r"SHA-256 begins with \w{8} instead of \w{8};"):
        install_backbone("vgg19")
    assert downloads() == []
    assert not user_models_folder().exists()
    server.data = right
    assert install_backbone("vgg19").read()


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (legacy([1, 2]), "no state dict"),
        (legacy({"features.0.weight": torch.ones(1)}), "must be"),
        (legacy({"weight": torch.ones(1)}), "another network"),
        (legacy({"features.0.weight": 3}), "must be"),
        (legacy(torch.nn.Linear(1, 1)), "safe to load"),
        (b"no checkpoint at all", "safe to load"),
        (b"", "safe to load"),
    ],
    ids=["list", "too small", "another network", "number", "module", "text", "nothing"],
)
def test_what_is_no_checkpoint_of_the_network_is_not_kept(serve, data, message) -> None:
    serve(data)
    with pytest.raises(ModelError, match=message):
        install_backbone("vgg19")
    assert downloads() == []
    assert not user_models_folder().exists()


class Malicious:
    """Runs a command when it is unpickled."""

    def __init__(self, command: str) -> None:
        self.command = command

    def __reduce__(self):
        return os.system, (self.command,)


@pytest.mark.parametrize("save", [legacy, pickle.dumps])
def test_code_in_a_checkpoint_doesnt_run(serve, tmp_path, save) -> None:
    data = save({"features.0.weight": Malicious(f"touch {tmp_path / 'ran'}")})
    serve(data)
    with pytest.raises(ModelError, match="safe to load"):
        install_backbone("vgg19")
    assert not (tmp_path / "ran").exists()
    pickle.loads(pickle.dumps(Malicious(f"touch {tmp_path / 'ran'}")))
    assert (tmp_path / "ran").exists(), "the command itself would have worked"


def test_without_torch_nothing_is_downloaded(server, monkeypatch) -> None:
    monkeypatch.setitem(sys.modules, "torch", None)
    with pytest.raises(MissingDependencyError, match=r"styleplug\[torch\]"):
        install_backbone("vgg19")
    assert server.requests == []


def test_a_full_disk_costs_no_second_download(server, small_disk, monkeypatch) -> None:
    monkeypatch.setenv("STYLEPLUG_DATA_DIR", str(small_disk))
    ballast = small_disk / "ballast"
    free = shutil.disk_usage(small_disk).free
    ballast.write_bytes(bytes(free - 4096))
    with pytest.raises(ModelError, match=r"can't be written \(No space left"):
        install_backbone("vgg19")
    assert downloads() == ["pth"]
    ballast.unlink()
    assert install_backbone("vgg19").read()
    assert len(server.requests) == 1
    assert downloads() == []
    assert {path.name for path in user_models_folder().iterdir()} == {
        *(".lock", "manifest.toml", find_model("vgg19").path.name)
    }


def test_folders_that_cant_be_written_are_named(server, tmp_path, monkeypatch) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("STYLEPLUG_CACHE_DIR", str(tmp_path / "file"))
    for call in (install_backbone, discard_download):
        with pytest.raises(ModelError, match=r"file.*can't be written"):
            call("vgg19")


@pytest.mark.slow
def test_two_at_once_download_once(server) -> None:
    server.flow.clear()
    command = [sys.executable, "-c", CHILD, server.address]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    with subprocess.Popen(command, **pipes) as one:
        assert "0 of" in one.stderr.readline()
        with subprocess.Popen(command, **pipes) as two:
            assert "busy with installing vgg19; waiting" in two.stderr.readline()
            server.flow.set()
            outputs = [process.communicate(timeout=60) for process in (one, two)]
    assert [one.returncode, two.returncode] == [0, 0], outputs
    assert outputs[0][0] == outputs[1][0] != ""
    assert len(server.requests) == 1
    assert find_model("vgg19").read()
    assert downloads() == []


@pytest.mark.parametrize("suffix", [".pth", ".safetensors"])
def test_a_file_at_hand_needs_no_network(server, narrow_state, tmp_path, suffix) -> None:
    path = tmp_path / f"mine{suffix}"
    if suffix == ".pth":
        path.write_bytes(server.data)
    else:
        save_file(narrow_state, path)
    model = install_backbone("vgg19", path)
    assert server.requests == []
    assert path.exists()
    assert model == install_backbone("vgg19")
    assert hashlib.sha256(model.read()).hexdigest() == model.sha256


def test_safetensors_need_no_torch(server, narrow_state, tmp_path, monkeypatch) -> None:
    save_file(narrow_state, tmp_path / "mine.safetensors")
    monkeypatch.setitem(sys.modules, "torch", None)
    assert install_backbone("vgg19", tmp_path / "mine.safetensors").read()


def test_another_network_isnt_replaced_unasked(server, narrow_state, tmp_path) -> None:
    installed = install_backbone("vgg19")
    same, other = tmp_path / "same.pth", tmp_path / "other.pth"
    same.write_bytes(server.data)
    other.write_bytes(legacy({name: 2 * array for name, array in narrow_state.items()}))
    assert install_backbone("vgg19", same) == installed
    with pytest.raises(ConfigError, match="styleplug models remove vgg19"):
        install_backbone("vgg19", other)
    assert find_model("vgg19") == installed


@pytest.mark.parametrize("name", ["a.pth", "a.safetensors", "a.whl"])
@pytest.mark.parametrize("size", [None, 0, 20, 3000])
def test_truncated_and_missing_files_are_named(server, narrow_state, tmp_path, name, size) -> None:
    path = tmp_path / name
    if size is not None:
        save_file(narrow_state, tmp_path / "whole")
        whole = (tmp_path / "whole").read_bytes() if "safe" in name else server.data
        path.write_bytes(whole[:size])
    with pytest.raises(ModelError) as caught:
        install_backbone("vgg19", path)
    assert str(path) in str(caught.value)
    assert not user_models_folder().exists()


def test_a_file_at_hand_by_the_published_name_is_checked(server, tmp_path) -> None:
    path = tmp_path / Path(server.address).name
    path.write_bytes(server.data[:-1])
    with pytest.raises(ModelIntegrityError):
        install_backbone("vgg19", path)
    assert path.exists()


def test_only_vgg19_can_be_downloaded() -> None:
    with pytest.raises(ConfigError, match="only vgg19"):
        install_backbone("vgg16")


def test_the_address_is_torchvision_s() -> None:
    assert module.ADDRESSES == {"vgg19": "https://download.pytorch.org/models/vgg19-dcbb9e9d.pth"}


def test_an_unfinished_download_can_be_discarded(server) -> None:
    assert not discard_download("vgg19")
    server.cuts = [1000] * 3
    with pytest.raises(DownloadError):
        install_backbone("vgg19")
    assert downloads() == ["part", "version"]
    assert discard_download("vgg19")
    assert downloads() == []
    assert not discard_download("another")


@pytest.mark.slow
def test_a_checkpoint_of_the_true_size_is_installed(
    serve, torchvision_state, monkeypatch, tmp_path
) -> None:
    if shutil.disk_usage(tmp_path).free < 2e9:
        pytest.skip("needs 2 GB of disk")
    state = torchvision_state(VGG19)
    for index, (inside, outside) in enumerate([(25088, 4096), (4096, 4096), (4096, 1000)]):
        state[f"classifier.{3 * index}.weight"] = torch.zeros(outside, inside)
        state[f"classifier.{3 * index}.bias"] = torch.zeros(outside)
    server = serve(legacy(state))
    monkeypatch.setattr(module, "ARCHITECTURES", {"vgg19": VGG19})
    assert round(len(server.data) / 2**20) == 548
    server.cuts = [300_000_000]
    model = install_backbone("vgg19")
    assert round(model.size / 1e6) == 40
    assert len(server.requests) == 2
    assert downloads() == []
