from __future__ import annotations

import hashlib
import json
import subprocess
import sys

import pytest
import torch
from click.testing import CliRunner

from styleplug.cli.models import models
from styleplug.errors import ConfigError, ModelError, ModelNotFoundError
from styleplug.runtime.models import find_model, install_model, pick_backbone, user_models_folder
from styleplug.vgg import layers
from styleplug.vgg.weights import load_weights

TORCHVISION_INDICES = (0, 2, 5, 7, 10, 12, 14, 17, 19, 21, 24, 26, 28)


def run(*arguments: object):
    return CliRunner().invoke(models, [str(argument) for argument in arguments])


@pytest.fixture
def checkpoint(tmp_path, tiny_architecture, tiny_weights, monkeypatch):
    """A checkpoint as torchvision's, of a tiny network that goes by the name of vgg19."""
    tiny = layers.Architecture("vgg19", tiny_architecture.depths, tiny_architecture.widths)
    monkeypatch.setattr(
        "styleplug.cli.models.ARCHITECTURES", {"vgg16": layers.VGG16, "vgg19": tiny}
    )
    state = {}
    for index, (name, _, _) in zip(TORCHVISION_INDICES, tiny.convolutions, strict=True):
        for kind in ("weight", "bias"):
            state[f"features.{index}.{kind}"] = torch.tensor(tiny_weights[f"{name}.{kind}"])
    path = tmp_path / "checkpoint.pth"
    torch.save(state, path)
    return path


def test_help_cuts_no_line_short() -> None:
    commands = run("--help").stdout.partition("Commands:")[2]
    assert {"export", "list", "verify"} <= set(commands.split())
    assert "..." not in commands


def test_list_names_what_is_installed_and_what_isnt() -> None:
    result = run("list")
    assert result.exit_code == 0
    assert "vgg16  29 MB  CC BY 4.0" in result.stdout
    assert "Simonyan" in result.stdout
    assert "vgg19  not installed" in result.stdout


def test_list_as_json_has_every_field() -> None:
    (entry,) = json.loads(run("list", "--json").stdout)
    assert entry["name"] == "vgg16"
    assert entry["size"] > 1e7
    assert entry["path"].endswith("vgg16.onnx")
    assert {"sha256", "licence", "attribution", "source", "known", "not_known"} <= set(entry)


def test_verify_is_content_with_sound_files() -> None:
    result = run("verify")
    assert result.exit_code == 0
    assert result.stdout == f"vgg16  ok  {find_model('vgg16').sha256}\n"


def test_verify_names_the_damaged_file_and_the_remedy() -> None:
    model = install_model("vgg19", b"network", licence="", attribution="", source="")
    model.path.write_bytes(b"netw0rk")
    result = run("verify")
    assert result.exit_code == 1
    assert "vgg16  ok" in result.stdout
    assert str(model.path) in result.stderr
    assert "styleplug models export --backbone vgg19" in result.stderr


def test_verify_without_any_model_says_what_to_do(monkeypatch) -> None:
    monkeypatch.setattr("styleplug.runtime.models.installed_models", lambda: ())
    assert isinstance(run("verify").exception, ModelNotFoundError)


def test_export_installs_the_network_for_the_user(checkpoint, tiny_weights) -> None:
    result = run("export", "--from", checkpoint)
    model = pick_backbone("auto")
    assert result.stdout == f"{model.sha256}  {user_models_folder() / 'vgg19.onnx'}\n"
    assert model.name == "vgg19"
    assert "torchvision" in model.attribution
    architecture, _, weights = load_weights(model.read())
    assert architecture.name == "vgg19"
    assert set(weights) == set(tiny_weights)


def test_export_writes_a_file_where_one_is_named(checkpoint, tmp_path) -> None:
    output = tmp_path / "out.onnx"
    result = run("export", "--from", checkpoint, "-o", output)
    digest = hashlib.sha256(output.read_bytes()).hexdigest()
    assert result.stdout == f"{digest}  {output}\n"
    assert not user_models_folder().exists()


def test_export_replaces_nothing_unasked(checkpoint, tmp_path) -> None:
    output = tmp_path / "out.onnx"
    output.write_bytes(b"precious")
    for arguments in (("-o", output), ()):
        run("export", "--from", checkpoint)
        error = run("export", "--from", checkpoint, *arguments).exception
        assert isinstance(error, ConfigError)
        assert "--overwrite" in str(error)
        assert output.read_bytes() == b"precious"
        result = run("export", "--from", checkpoint, *arguments, "--overwrite")
        assert result.exit_code == 0
        output.write_bytes(b"precious")


def test_export_of_what_is_no_checkpoint_writes_nothing(tmp_path) -> None:
    (tmp_path / "bad.pth").write_bytes(b"no checkpoint")
    result = run("export", "--from", tmp_path / "bad.pth", "-o", tmp_path / "out.onnx")
    assert isinstance(result.exception, ModelError)
    assert [path.name for path in tmp_path.iterdir()] == ["bad.pth"]


def test_export_of_a_keras_file_means_vgg16(tmp_path) -> None:
    (tmp_path / "keras.onnx").write_bytes(b"")
    error = run("export", "--from", tmp_path / "keras.onnx").exception
    assert isinstance(error, ModelError)
    assert error.model == "vgg16"


def test_the_commands_load_nothing_heavy() -> None:
    code = (
        "import sys, styleplug.cli.models, styleplug.cli.cache, styleplug.cli.features\n"
        "heavy = {'numpy', 'onnx', 'onnxruntime', 'torch', 'PIL'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
