from __future__ import annotations

import sys
from pathlib import Path

import pytest

import styleplug
from styleplug.doctor import report as module
from styleplug.doctor.finding import Finding
from styleplug.doctor.report import report, without_private_parts
from styleplug.runtime.files import user_cache_folder, user_data_folder


@pytest.fixture(autouse=True)
def somebody(monkeypatch):
    for variable in ("HOME", "USERPROFILE"):
        monkeypatch.setenv(variable, "/home/ada lovelace")
    monkeypatch.setattr(module.getpass, "getuser", lambda: "ada")
    monkeypatch.setattr(module.platform, "node", lambda: "engine.example")


@pytest.mark.parametrize(
    ("text", "public"),
    [
        ("/home/ada lovelace", "~"),
        ("model /home/ada lovelace/models/a.onnx is damaged", "model ~/…/a.onnx is damaged"),
        ("/home/ada lovelace/.config/GIMP/3.0: found", "~/.config/GIMP/3.0: found"),
        ("/home/ada lovelace/For Mary (new)/b c.onnx", "~/…/b c.onnx"),
        ("'/mnt/acme client/x'", "'…/x'"),
        ("/mnt/Mary's, Jo's (old); \"x\"/a.onnx can't be read", "…/a.onnx can't be read"),
        ("/mnt/Mary S/3.0: found, starts /opt/Jo T/bin/python", "…/3.0: found, starts …/python"),
        (r"C:\Users\Mary S\AppData\lib.dll is missing", "…/lib.dll is missing"),
        ("/mnt/acme/secret/photo.jpg: is empty", "…/photo.jpg: is empty"),
        (r"C:\Users\someone\AppData\lib.dll is missing", "…/lib.dll is missing"),
        (r"\\server\share\photo.jpg", "…/photo.jpg"),
        ("Ada's machine is engine, or engine.example", "USER's machine is HOST, or HOST"),
        ("adapted to engines", "adapted to engines"),
        ("get https://download.pytorch.org/models/a.pth", None),
        ("pip install 'styleplug[cpu]', and/or 1/2", None),
        ("64 × 64 pixels in 1.2 s: 3/4 of /", None),
    ],
)
def test_what_is_private_goes_and_the_rest_stays(text, public) -> None:
    assert without_private_parts(text) == (text if public is None else public)


def test_a_folder_that_is_there_is_known_to_its_end(tmp_path) -> None:
    """Whatever its name is, and what follows."""
    folder = tmp_path / "Mary's (old, Jo's) disk"
    folder.mkdir()
    (folder / "a b.onnx").touch()
    text = f"found {folder}, and {folder}/a b.onnx, in {folder} and/or {folder}/c/d.onnx"
    public = "found …/, and …/a b.onnx, in …/ and/or …/d.onnx"
    assert without_private_parts(text) == public


def test_known_folders_are_named(monkeypatch) -> None:
    paths = (
        user_data_folder(),
        user_cache_folder(),
        sys.prefix,
        Path(styleplug.__file__).parents[1],
    )
    text = " ".join(f"{path}/a" for path in paths)
    assert without_private_parts(text) == "<data>/a <cache>/a <environment>/a <installation>/a"


def test_a_user_without_a_name_is_no_error(monkeypatch) -> None:
    def nobody():
        raise KeyError("uid not found")

    monkeypatch.setattr(module.getpass, "getuser", nobody)
    assert without_private_parts("ada") == "ada"


def test_a_folder_named_relative_to_the_current_one_hides_no_word(monkeypatch) -> None:
    monkeypatch.setenv("STYLEPLUG_DATA_DIR", "made")
    assert without_private_parts("made when needed") == "made when needed"


def test_the_report_is_markdown() -> None:
    examined = {
        "System": (Finding("ok", "all is well"), Finding("fault", "/a/b/c breaks", "mend /a/b/c")),
        "CUDA": (),
    }
    assert "\n".join(report(examined)) == (
        "# styleplug doctor\n\n## System\n\n- ok: all is well\n- fault: …/c breaks\n  - mend …/c"
    )
