from __future__ import annotations

import io
import json
import subprocess
import sys

import pytest
import torch
from click.testing import CliRunner

from styleplug.cli.main import main
from styleplug.runtime.files import user_cache_folder
from styleplug.runtime.models import find_model, install_model, pick_backbone, user_models_folder
from styleplug.vgg import install, layers

NARROW = layers.Architecture("vgg19", layers.VGG19.depths, (4, 6, 8, 8, 8))
CHEAP = ("--size", "32", "--iterations", "2", "--device", "cpu")


def run(*arguments: object):
    return CliRunner().invoke(main, ["models", *map(str, arguments)])


def legacy(state) -> bytes:
    """A file as torchvision's checkpoint is."""
    buffer = io.BytesIO()
    torch.save(state, buffer, _use_new_zipfile_serialization=False)
    return buffer.getvalue()


@pytest.fixture
def serve(file_server, monkeypatch):
    """Serves a file as torchvision's checkpoint of an architecture that goes by the name vgg19."""
    monkeypatch.setattr("styleplug.runtime.download.WAITS", (0, 0))

    def start(data, architecture):
        server = file_server(data)
        monkeypatch.setattr(install, "ADDRESSES", {"vgg19": server.address})
        monkeypatch.setattr(install, "ARCHITECTURES", {"vgg19": architecture})
        return server

    return start


@pytest.fixture
def server(serve, torchvision_state):
    """Serves the checkpoint of a VGG-19 with few channels."""
    return serve(legacy(torchvision_state(NARROW)), NARROW)


def test_help_cuts_no_line_short() -> None:
    commands = run("--help").stdout.partition("Commands:")[2]
    assert {"install", "list", "remove", "verify"} <= set(commands.split())
    assert "..." not in commands


def test_list_names_what_is_installed_and_what_isnt() -> None:
    result = run("list")
    assert result.exit_code == 0
    assert "vgg16  29 MB  CC BY 4.0" in result.stdout
    assert "Simonyan" in result.stdout
    assert "vgg19  not installed" in result.stdout


def test_list_as_json_has_every_field() -> None:
    *others, entry = json.loads(run("list", "--json").stdout)
    assert [one["name"] for one in (*others, entry)] == ["faces", "filters", "person", "vgg16"]
    assert entry["size"] > 1e7
    assert entry["path"].endswith("vgg16.onnx")
    assert {"sha256", "licence", "attribution", "source", "known", "not_known"} <= set(entry)


def test_verify_is_content_with_sound_files() -> None:
    result = run("verify")
    assert result.exit_code == 0
    models = [find_model(name) for name in ("faces", "filters", "person", "vgg16")]
    assert result.stdout == "".join(f"{model.name}  ok  {model.sha256}\n" for model in models)


def test_verify_names_the_damaged_file_and_the_remedy() -> None:
    model = install_model("vgg19", b"network", licence="", attribution="", source="")
    model.path.write_bytes(b"netw0rk")
    result = run("verify")
    assert result.exit_code == 1
    assert "vgg16  ok" in result.stdout
    assert str(model.path) in result.stderr
    assert "styleplug models install vgg19" in result.stderr


def test_verify_without_any_model_says_what_to_do(monkeypatch) -> None:
    monkeypatch.setattr("styleplug.runtime.models.installed_models", lambda: ())
    result = run("verify")
    assert result.exit_code == 1
    assert "not installed" in result.stderr


def test_install_downloads_tells_how_far_it_is_and_says_what_is_there(server) -> None:
    result = run("install", "vgg19")
    model = find_model("vgg19")
    assert result.stdout == f"vgg19  {model.size / 1e6:.0f} MB  BSD-3-Clause  {model.path}\n"
    size = f"{len(server.data) / 1e6:.0f}"
    assert result.stderr.endswith(f"vgg19: {size} of {size} MB downloaded\n")
    assert not list(user_cache_folder().rglob("*.pth*"))


@pytest.mark.parametrize("status", [404, 503])
def test_a_failed_install_is_one_line_and_exit_code_1(server, status) -> None:
    server.statuses = [status] * 3
    result = run("install", "vgg19")
    assert result.exit_code == 1
    last = result.stderr.splitlines()[-1]
    assert last.startswith(f"styleplug: {server.address}: the server answers {status}")
    assert result.stdout == ""


def test_install_from_a_file(server, tmp_path) -> None:
    (tmp_path / "mine.pth").write_bytes(server.data)
    result = run("install", "vgg19", "--from", tmp_path / "mine.pth")
    assert result.stdout.endswith(f"{find_model('vgg19').path}\n")
    assert server.requests == []
    assert (tmp_path / "mine.pth").exists()


def test_install_from_what_is_no_checkpoint_installs_nothing(server, tmp_path) -> None:
    (tmp_path / "bad.pth").write_bytes(b"no checkpoint")
    result = run("install", "vgg19", "--from", tmp_path / "bad.pth")
    assert result.exit_code == 1
    assert result.stderr.startswith("styleplug: model vgg19:")
    assert "bad.pth" in result.stderr
    assert not user_models_folder().exists()


@pytest.mark.parametrize("arguments", [["vgg99"], ["vgg16"], []])
def test_what_cant_be_installed_is_a_usage_error(arguments) -> None:
    result = run("install", *arguments)
    assert result.exit_code == 2
    assert "vgg" in result.stderr


def test_remove_takes_the_network_away_again(server) -> None:
    run("install", "vgg19")
    assert run("remove", "vgg19").stdout == "vgg19 removed\n"
    assert pick_backbone("auto").name == "vgg16"
    assert list(user_models_folder().glob("*.onnx")) == []
    again = run("remove", "vgg19")
    assert again.exit_code == 1
    assert "nothing to remove" in again.stderr


def test_remove_takes_an_unfinished_download_away(server) -> None:
    server.cuts = [1000] * 3
    assert run("install", "vgg19").exit_code == 1
    assert list(user_cache_folder().rglob("*.part"))
    assert run("remove", "vgg19").stdout == "vgg19 removed\n"
    assert not list(user_cache_folder().rglob("*.part"))


@pytest.mark.slow
def test_an_installed_network_paints(
    file_server, serve, torchvision_state, folder, tmp_path
) -> None:
    serve(legacy(torchvision_state(layers.VGG19)), layers.VGG19)
    assert run("install", "vgg19").exit_code == 0
    photo, painting = folder / "photo.png", folder / "painting.png"
    command = ["stylize", photo, "--style", painting, "-o", tmp_path / "out.png", "--verbose"]
    result = CliRunner().invoke(main, [*map(str, command), *CHEAP])
    assert result.exit_code == 0, result.stderr
    assert "vgg19 by torch on " in result.stderr
    assert (tmp_path / "out.png").exists()


def test_the_commands_load_nothing_heavy() -> None:
    code = (
        "import sys\n"
        "from styleplug.cli.commands import cache, doctor, features, models\n"
        "heavy = {'numpy', 'onnx', 'onnxruntime', 'torch', 'PIL'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
