"""Where darktable's configuration folder is, and our line in its luarc."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from styleplug.errors import HostError
from styleplug.hosts import find_hosts, install_host, uninstall_host
from styleplug.hosts.darktable import ADAPTER

LINE = b'require "styleplug/styleplug"'
LUARCS = {
    "empty": b"",
    "of one line": b'require "tools/script_manager"\n',
    "without a last line end": b"-- mine",
    "of Windows": b"-- mine\r\nrequire 'x'\r\n",
    "that returns": b"do end\nreturn 1\n",
    "with our line in a comment": b"-- " + LINE + b"\n",
}


@pytest.fixture
def darktable(home: Path) -> Path:
    """darktable's configuration folder, as darktable makes it when it starts."""
    folder = home / ".config/darktable"
    folder.mkdir(parents=True)
    return folder


def state() -> str:
    [host] = [host for host in find_hosts() if host.name == "darktable"]
    return host.state


def test_no_darktable(home: Path) -> None:
    assert ADAPTER.find() == ()
    with pytest.raises(HostError, match="no folder of darktable was found; start darktable once"):
        install_host("darktable")


def test_xdgs_variable_is_heeded(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(home / "elsewhere"))
    (home / "elsewhere/darktable").mkdir(parents=True)
    [place] = ADAPTER.find()
    assert (place.folder, place.state) == (home / "elsewhere/darktable", "found")


def test_windows_is_refused(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.platform", "win32")
    monkeypatch.setenv("LOCALAPPDATA", str(home))
    (home / "darktable").mkdir()
    with pytest.raises(HostError, match="needs a shell, which Windows has not; export the picture"):
        install_host("darktable")


@pytest.mark.parametrize(
    ("kind", "folder"),
    [
        ("Flatpak", ".var/app/org.darktable.Darktable/config/darktable"),
        ("Snap", "snap/darktable/42/.config/darktable"),
    ],
)
def test_sandboxes_are_refused(home: Path, kind: str, folder: str) -> None:
    (home / folder).mkdir(parents=True)
    for named in (None, home / folder):
        with pytest.raises(HostError, match=rf"\({kind}\).*can't start styleplug's Python"):
            install_host("darktable", named)
    assert os.listdir(home / folder) == []


def test_a_folder_that_is_named(home: Path, darktable: Path) -> None:
    (darktable / "lua").mkdir()
    with pytest.raises(HostError, match="lies within darktable's folder; name that"):
        install_host("darktable", darktable / "lua")
    with pytest.raises(HostError, match=r"there is no folder .*; start darktable once"):
        install_host("darktable", home / "missing")
    [host] = install_host("darktable", darktable)
    assert host.state == "installed"


def test_install_and_uninstall(darktable: Path) -> None:
    assert state() == "found"
    [host] = install_host("darktable")
    assert host.advice.startswith("restart darktable; in the lighttable's export module")
    assert (darktable / "luarc").read_bytes() == LINE + b"\n"
    assert (darktable / "lua/styleplug/styleplug.lua").is_file()
    assert state() == "installed"
    uninstall_host("darktable")
    assert list(darktable.iterdir()) == [darktable / "lua"]
    assert os.listdir(darktable / "lua") == []


@pytest.mark.parametrize("kind", LUARCS)
def test_a_luarc_gets_our_line_once_and_is_itself_again_without(kind: str, darktable: Path) -> None:
    luarc = darktable / "luarc"
    luarc.write_bytes(LUARCS[kind])
    luarc.chmod(0o600)
    for _ in range(2):
        install_host("darktable")
        end = b"\r\n" if kind == "of Windows" else b"\n"
        assert luarc.read_bytes() == LINE + end + LUARCS[kind]
        assert luarc.stat().st_mode & 0o777 == 0o600
    uninstall_host("darktable")
    assert (luarc.read_bytes() if luarc.exists() else b"") == LUARCS[kind]


@pytest.mark.parametrize("head", [b"\xef\xbb\xbf", b"#!/usr/bin/lua\n", b"\xef\xbb\xbf#!lua\r\n"])
def test_what_lua_skips_at_the_beginning_stays_there(head: bytes, darktable: Path) -> None:
    luarc = darktable / "luarc"
    luarc.write_bytes(head + b"-- mine\n")
    install_host("darktable")
    assert luarc.read_bytes().startswith(head + LINE)
    uninstall_host("darktable")
    assert luarc.read_bytes() == head + b"-- mine\n"


def test_a_line_that_has_gone_is_noticed_and_put_back(darktable: Path) -> None:
    install_host("darktable")
    (darktable / "luarc").write_text("-- mine\n")
    assert state() == "outdated"
    install_host("darktable")
    assert (darktable / "luarc").read_bytes() == LINE + b"\n-- mine\n"
    assert state() == "installed"


def test_a_luarc_that_is_a_link_stays_one(darktable: Path, tmp_path: Path) -> None:
    dotfile = tmp_path / "luarc"
    dotfile.write_text("-- mine\n")
    (darktable / "luarc").symlink_to(dotfile)
    install_host("darktable")
    assert dotfile.read_bytes() == LINE + b"\n-- mine\n"
    uninstall_host("darktable")
    assert (darktable / "luarc").is_symlink()
    assert dotfile.read_text() == "-- mine\n"


def test_a_luarc_that_is_no_text_is_left_alone(darktable: Path) -> None:
    (darktable / "luarc").write_bytes(b"-- caf\xe9\n")
    with pytest.raises(HostError, match="luarc can't be changed: it isn't UTF-8"):
        install_host("darktable")
    assert (darktable / "luarc").read_bytes() == b"-- caf\xe9\n"
    assert os.listdir(darktable) == ["luarc"]
