from __future__ import annotations

import re

from styleplug.doctor.models import check
from styleplug.runtime.files import user_cache_folder, user_data_folder
from styleplug.runtime.models import install_model, user_models_folder

FACTS = {"licence": "", "attribution": "", "source": ""}


def found(status: str) -> list[str]:
    return [f"{finding.text} {finding.remedy}" for finding in check() if finding.status == status]


def test_a_fresh_install_lacks_vgg19_only() -> None:
    assert found("fault") == []
    assert found("note") == ["vgg19 is not installed styleplug models install vgg19"]
    assert any("vgg16, 29 MB" in text and "auto takes it" in text for text in found("ok"))
    assert any("made when needed" in text for text in found("ok"))
    assert not user_data_folder().exists()


def test_the_network_that_would_be_taken_must_be_sound() -> None:
    install_model("vgg19", b"network", **FACTS).path.write_bytes(b"netw0rk")
    [fault] = found("fault")
    assert re.search(r"vgg19-\w{8}\.onnx is damaged", fault)
    assert "styleplug models install vgg19" in fault


def test_another_damaged_network_is_noted() -> None:
    install_model("other", b"network", **FACTS).path.write_bytes(b"netw0rk")
    assert found("fault") == []
    assert any("styleplug models remove other" in text for text in found("note"))


def test_a_manifest_that_cant_be_understood_is_noted() -> None:
    user_models_folder().mkdir(parents=True)
    (user_models_folder() / "manifest.toml").write_text("no toml at all")
    assert any("manifest.toml" in note for note in found("note"))
    assert found("fault") == []


def test_an_unfinished_download_is_noted() -> None:
    folder = user_cache_folder() / "downloads"
    folder.mkdir(parents=True)
    (folder / "vgg19.pth.part").write_bytes(bytes(3_000_000))
    assert any("3 MB so far" in text and "goes on" in text for text in found("note"))


def test_folders_that_are_none_are_noted(tmp_path, monkeypatch) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("STYLEPLUG_CACHE_DIR", str(tmp_path / "file"))
    [note] = [text for text in found("note") if "cache folder" in text]
    assert "STYLEPLUG_CACHE_DIR" in note


def test_a_data_folder_that_cant_be_read_is_noted(tmp_path, monkeypatch) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("STYLEPLUG_DATA_DIR", str(tmp_path / "file"))
    assert any("manifest" in text for text in found("note"))
    assert any("STYLEPLUG_DATA_DIR" in text for text in found("note"))


def test_a_folder_without_rights_is_noted(monkeypatch) -> None:
    # Tests may run as root, who has all rights.
    monkeypatch.setattr("os.access", lambda path, mode: False)
    assert sum("can't be written" in text for text in found("note")) == 2
