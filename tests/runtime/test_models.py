from __future__ import annotations

import hashlib
import tomllib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from styleplug.errors import ModelError, ModelIntegrityError, ModelNotFoundError
from styleplug.runtime import models
from styleplug.runtime.models import (
    Model,
    find_model,
    install_model,
    installed_models,
    manifest_problems,
    pick_backbone,
    remove_model,
    user_models_folder,
)

FACTS = {"licence": "MIT", "attribution": 'A "quoted" Ähren\nauthor \\', "source": "a test"}


@pytest.fixture
def folders(tmp_path, monkeypatch) -> tuple[Path, Path, Path]:
    """The three folders of models, all of them empty."""
    found = (user_models_folder(), tmp_path / "package", tmp_path / "checkout")
    monkeypatch.setattr(models, "_folders", lambda: found)
    for folder in found:
        folder.mkdir(parents=True)
    return found


def put(folder: Path, data: bytes, name: str = "vgg16") -> None:
    digest = hashlib.sha256(data).hexdigest()
    (folder / f"{name}.onnx").write_bytes(data)
    (folder / "manifest.toml").write_text(
        f'[{name}]\nfile = "{name}.onnx"\nsha256 = "{digest}"\nsize = {len(data)}\n'
        'licence = "MIT"\nattribution = "A"\nsource = "S"\n'
    )


def test_the_shipped_model_is_what_its_manifest_says() -> None:
    model = find_model("vgg16")
    data = model.read()
    assert (len(data), hashlib.sha256(data).hexdigest()) == (model.size, model.sha256)
    assert model.licence == "CC BY 4.0"
    assert "Simonyan" in model.attribution
    assert model.known
    assert model.not_known


def test_the_manifest_has_no_fields_that_are_not_read() -> None:
    text = (find_model("vgg16").path.parent / "manifest.toml").read_text(encoding="utf-8")
    known = set(Model.__dataclass_fields__) - {"name", "path"} | {"file"}
    for table in tomllib.loads(text).values():
        assert set(table) <= known


def test_the_user_s_folder_comes_before_the_package_s_and_the_checkout_s(folders) -> None:
    for folder in reversed(folders):
        put(folder, folder.name.encode())
        assert find_model("vgg16").path.parent == folder
    assert len(installed_models()) == 1


def test_the_places_are_the_documented_ones(tmp_path) -> None:
    user, package, checkout = models._folders()
    assert user == tmp_path / "data" / "models"
    assert (package.parent.name, package.name) == ("styleplug", "_models")
    assert checkout == package.parent.parent / "models"


def test_without_the_variable_the_user_s_folder_is_the_platform_s(monkeypatch) -> None:
    monkeypatch.delenv("STYLEPLUG_DATA_DIR")
    assert user_models_folder().parts[-2:] == ("styleplug", "models")


def test_an_entry_without_its_file_doesnt_hide_another_folder_s(folders) -> None:
    put(folders[0], b"gone")
    (folders[0] / "vgg16.onnx").unlink()
    put(folders[2], b"here")
    assert find_model("vgg16").read() == b"here"


def test_a_model_that_is_nowhere_is_not_found_and_the_remedy_is_named(folders) -> None:
    with pytest.raises(ModelNotFoundError, match=r"installed: none.*pip install"):
        find_model("vgg16")
    with pytest.raises(ModelNotFoundError, match="styleplug models install vgg19"):
        find_model("vgg19")
    with pytest.raises(ModelNotFoundError, match="styleplug models list"):
        find_model("vgg99")


def test_auto_is_vgg19_where_it_is_installed(folders) -> None:
    put(folders[2], b"sixteen")
    assert pick_backbone("auto").name == "vgg16"
    put(folders[0], b"nineteen", "vgg19")
    assert pick_backbone("auto").name == "vgg19"
    assert pick_backbone("vgg16").name == "vgg16"


@pytest.mark.parametrize("folder", [0, 2])
def test_a_changed_file_is_never_returned(folders, folder) -> None:
    put(folders[folder], b"right")
    (folders[folder] / "vgg16.onnx").write_bytes(b"wrong")
    with pytest.raises(
        ModelIntegrityError, match=r"vgg16\.onnx.*(reinstall|styleplug models remove vgg16)"
    ):
        find_model("vgg16").read()


def test_the_remedy_for_a_damaged_vgg19_can_be_run_as_it_stands() -> None:
    model = install_model("vgg19", b"right", **FACTS)
    model.path.write_bytes(b"wrong")
    with pytest.raises(ModelIntegrityError) as caught:
        model.read()
    assert str(caught.value).endswith("mend it with: styleplug models install vgg19")


def test_a_file_that_vanished_is_not_found(folders) -> None:
    put(folders[2], b"right")
    model = find_model("vgg16")
    model.path.unlink()
    with pytest.raises(ModelNotFoundError, match="reinstall"):
        model.read()


@pytest.mark.parametrize(
    "text",
    [
        *("no = toml = at all", "[vgg19]\nfile = 'a'", "vgg19 = 3", "vgg19 = 'a'", "\udcff"),
        *("a = " + "[" * 10_000, "[vgg19]\nfile = '../a'", "[vgg19]\nfile = ['a']"),
    ],
)
def test_what_cant_be_understood_is_named_and_left_out(folders, caplog, text) -> None:
    put(folders[2], b"sound")
    path = folders[0] / "manifest.toml"
    path.write_bytes(text.encode("utf-8", "surrogateescape"))
    (folders[0] / "a").touch()
    assert [model.name for model in installed_models()] == ["vgg16"]
    assert [str(path) in message for message in caplog.messages] == [True]
    assert [str(path) in problem for problem in manifest_problems()] == [True]


def test_a_manifest_that_cant_be_read_isnt_written_over(folders) -> None:
    path = folders[0] / "manifest.toml"
    path.write_text("half a man")
    with pytest.raises(ModelError, match="correct it or remove it"):
        install_model("vgg19", b"new", **FACTS)
    assert path.read_text() == "half a man"


def test_one_bad_entry_leaves_the_others(folders, caplog) -> None:
    put(folders[0], b"sound")
    with (folders[0] / "manifest.toml").open("a") as manifest:
        manifest.write('[other]\nfile = "vgg16.onnx"\nsize = "large"\n')
    assert [model.name for model in installed_models()] == ["vgg16"]
    assert "other" in caplog.text


def test_no_manifest_has_a_file_elsewhere_removed(folders, tmp_path) -> None:
    precious = tmp_path / "precious"
    precious.touch()
    put(folders[0], b"sound")
    manifest = folders[0] / "manifest.toml"
    manifest.write_text(manifest.read_text().replace("vgg16.onnx", str(precious)))
    with pytest.raises(ModelNotFoundError):
        remove_model("vgg16")
    assert precious.exists()


@pytest.mark.parametrize("sign", ["\x7f", "\udcff", "\x01", '"', "\\", "é"])
def test_where_a_model_comes_from_may_have_any_name(sign) -> None:
    install_model("vgg19", b"first", **{**FACTS, "source": f"/a folder{sign}/b"})
    install_model("other", b"second", **FACTS)
    assert find_model("vgg19").source == f"/a folder{sign}/b".replace("\udcff", "?")


def test_what_a_killed_install_left_is_removed() -> None:
    model = install_model("vgg19", b"first", **FACTS)
    folder = user_models_folder()
    left = ("vgg19-0123abcd.onnx", ".styleplug-x_y01234.tmp", ".styleplug-abcdefgh.tmp")
    for name in (*left, "mine.onnx"):
        (folder / name).touch()
    assert find_model("vgg19") == model
    install_model("vgg19", b"second", **FACTS)
    assert {file.name for file in folder.iterdir()} == {
        *(".lock", "manifest.toml", "mine.onnx", find_model("vgg19").path.name)
    }


def test_an_installed_model_is_found_with_what_is_known_of_it() -> None:
    install_model("vgg19", b"first", **FACTS)
    installed = install_model("vgg19", b"second", **FACTS)
    install_model("other", b"third", **FACTS)
    found = find_model("vgg19")
    assert found == installed
    assert found.read() == b"second"
    assert found.attribution == FACTS["attribution"]
    assert find_model("other").read() == b"third"


def test_a_removed_model_is_gone_and_the_others_stay() -> None:
    removed = install_model("vgg19", b"first", **FACTS)
    other = install_model("other", b"second", **FACTS)
    remove_model("vgg19")
    assert not removed.path.exists()
    assert find_model("other") == other
    with pytest.raises(ModelNotFoundError):
        find_model("vgg19")
    with pytest.raises(ModelNotFoundError, match="nothing to remove"):
        remove_model("vgg19")


def test_only_what_the_user_installed_can_be_removed() -> None:
    with pytest.raises(ModelNotFoundError, match="none of this name"):
        remove_model("vgg16")
    assert find_model("vgg16").path.exists()


def test_a_model_whose_file_is_gone_can_be_removed() -> None:
    install_model("vgg19", b"first", **FACTS).path.unlink()
    remove_model("vgg19")
    install_model("other", b"second", **FACTS)
    assert "vgg19" not in (user_models_folder() / "manifest.toml").read_text(encoding="utf-8")


def test_many_installs_at_once_lose_no_entry() -> None:
    with ThreadPoolExecutor(8) as pool:
        names = [f"model{i}" for i in range(16)]
        list(pool.map(lambda name: install_model(name, name.encode(), **FACTS), names))
    assert [find_model(name).read().decode() for name in names] == names


def test_a_folder_that_cant_be_written_is_named(tmp_path, monkeypatch) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("STYLEPLUG_DATA_DIR", str(tmp_path / "file"))
    with pytest.raises(ModelError, match="file"):
        install_model("vgg19", b"data", **FACTS)
