from __future__ import annotations

import inspect
import os
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

import styleplug
from styleplug.cli.commands.features import features
from styleplug.errors import ConfigError

SIGNATURE = inspect.signature(styleplug.extract_features)
ARRAY = np.arange(8, dtype=np.float32).reshape(1, 2, 2, 2)


@pytest.fixture
def calls(monkeypatch) -> list[dict[str, object]]:
    """What the command asks the public function for; it answers with one array for each layer."""
    asked: list[dict[str, object]] = []

    def answer(*args, **options):
        bound = SIGNATURE.bind(*args, **options)
        bound.apply_defaults()
        asked.append(bound.arguments)
        return dict.fromkeys(bound.arguments["layers"], ARRAY)

    monkeypatch.setattr(styleplug, "extract_features", answer)
    return asked


def run(*arguments: object):
    return CliRunner().invoke(features, [str(argument) for argument in arguments])


def test_the_features_are_written_by_layer(calls, tmp_path) -> None:
    output = tmp_path / "out.npz"
    result = run("photo.jpg", "-o", output, "--layers", "relu1_1, relu4_2")
    assert result.exit_code == 0
    assert "relu4_2  1x2x2x2" in result.stderr
    with np.load(output) as arrays:
        assert list(arrays) == ["relu1_1", "relu4_2"]
        np.testing.assert_array_equal(arrays["relu4_2"], ARRAY)


def test_the_options_reach_the_public_function(calls, tmp_path) -> None:
    options = {"size": 64, "backbone": "vgg16", "pooling": "avg", "device": "cpu"}
    arguments = [text for key, value in options.items() for text in (f"--{key}", value)]
    run("photo.jpg", "-o", tmp_path / "out.npz", *arguments)
    assert options.items() <= calls[0].items()


def test_the_defaults_are_those_of_the_public_function(calls, tmp_path) -> None:
    run("photo.jpg", "-o", tmp_path / "out.npz")
    defaults = SIGNATURE.parameters
    asked = dict(calls[0])
    del asked["image"]
    asked["layers"] = tuple(asked["layers"])
    assert asked == {name: defaults[name].default for name in asked}


@pytest.mark.parametrize(
    ("option", "value"),
    [("--backbone", "vgg99"), ("--pooling", "min"), ("--size", "15"), ("--size", "16385")],
)
def test_values_that_cant_be_are_a_usage_error(calls, tmp_path, option, value) -> None:
    result = run("photo.jpg", "-o", tmp_path / "out.npz", option, value)
    assert result.exit_code == 2
    assert value in result.stderr
    assert not calls


def test_empty_parts_of_the_layers_are_dropped(calls, tmp_path) -> None:
    run("photo.jpg", "-o", tmp_path / "out.npz", "--layers", ",relu1_1,, relu4_2,")
    assert calls[0]["layers"] == ["relu1_1", "relu4_2"]


@pytest.mark.parametrize(
    "name",
    [
        *("out.png", "nowhere/out.npz", "old.npz", "link.npz", "folder.npz"),
        *("a" * 300 + ".npz", "a" * 300 + "/out.npz"),
    ],
    ids=lambda name: name[:20],
)
def test_outputs_that_wont_do_are_refused_before_any_work(calls, tmp_path, name) -> None:
    (tmp_path / "old.npz").write_bytes(b"precious")
    (tmp_path / "link.npz").symlink_to("nowhere.npz")
    (tmp_path / "folder.npz").mkdir()
    before = sorted(tmp_path.iterdir())
    result = run("photo.jpg", "-o", tmp_path / name)
    assert isinstance(result.exception, ConfigError)
    assert not calls
    assert (tmp_path / "old.npz").read_bytes() == b"precious"
    assert sorted(tmp_path.iterdir()) == before


def test_a_folder_is_never_replaced(calls, tmp_path) -> None:
    (tmp_path / "folder.npz").mkdir()
    result = run("photo.jpg", "-o", tmp_path / "folder.npz", "--overwrite")
    assert isinstance(result.exception, ConfigError)
    assert not calls


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="no folder that refuses even root")
def test_a_folder_that_cant_be_written_to_is_refused_before_any_work(calls) -> None:
    result = run("photo.jpg", "-o", "/proc/out.npz")
    assert isinstance(result.exception, ConfigError)
    assert not calls


@pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write everywhere"
)
def test_a_folder_without_permission_is_refused_before_any_work(calls, tmp_path) -> None:
    tmp_path.chmod(0o500)
    result = run("photo.jpg", "-o", tmp_path / "out.npz")
    assert isinstance(result.exception, ConfigError)
    assert not calls


def test_an_old_file_is_replaced_when_asked_for(calls, tmp_path) -> None:
    (tmp_path / "old.npz").write_bytes(b"old")
    assert run("photo.jpg", "-o", tmp_path / "old.npz", "--overwrite").exit_code == 0
    assert np.load(tmp_path / "old.npz")["relu4_2"].shape == ARRAY.shape


def test_the_input_is_never_replaced(calls, tmp_path) -> None:
    (tmp_path / "photo.npz").write_bytes(b"precious")
    result = run(tmp_path / "photo.npz", "-o", tmp_path / "photo.npz", "--overwrite")
    assert isinstance(result.exception, ConfigError)
    assert (tmp_path / "photo.npz").read_bytes() == b"precious"


def test_features_of_a_real_picture(real_model, shared_images, tmp_path) -> None:
    photo = shared_images / "content" / "tubingen.jpg"
    result = run(photo, "-o", tmp_path / "out.npz", "--size", "64", "--device", "cpu")
    assert result.exception is None
    array = np.load(tmp_path / "out.npz")["relu4_2"]
    assert array.dtype == np.float32
    assert array.shape[:2] == (1, 512)
    assert (array >= 0).all()
    assert array.any()
