"""`styleplug studio` and `styleplug serve`: what they need, and what they refuse."""

from __future__ import annotations

import socket

import pytest
from click.testing import CliRunner

from styleplug.cli.main import FAILURE, USAGE, main


@pytest.fixture
def run(monkeypatch):
    """Runs `styleplug` here; it can't get as far as to serve."""
    pytest.importorskip("starlette", reason="the extra studio isn't installed")
    monkeypatch.delenv("STYLEPLUG_PASSWORD", raising=False)
    return lambda *arguments: CliRunner().invoke(main, [*map(str, arguments)])


@pytest.mark.parametrize("command", ["studio", "serve"])
def test_what_is_missing_is_named_with_its_remedy(command, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "starlette", None)
    result = CliRunner().invoke(main, [command])
    assert result.exit_code == FAILURE
    assert "pip install 'styleplug[studio]'" in result.stderr


@pytest.mark.parametrize("host", ["192.168.1.20", "0.0.0.0", "::", "nas.local"])
def test_other_machines_need_a_password(run, host):
    result = run("serve", "--host", host, "--allow-host", "nas.local:8571")
    assert result.exit_code == USAGE
    assert "--password-file" in result.stderr
    assert len(result.stderr.splitlines()) == 1


def test_a_password_is_no_short_one(run, tmp_path):
    file = tmp_path / "password"
    file.write_text("secret\n")
    result = run("serve", "--password-file", file)
    assert result.exit_code == USAGE
    assert "12 characters" in result.stderr
    assert "secret" not in result.stderr


def test_all_addresses_need_a_name(run, tmp_path):
    file = tmp_path / "password"
    file.write_text("correct horse battery\n")
    result = run("serve", "--host", "0.0.0.0", "--password-file", file)
    assert result.exit_code == USAGE
    assert "--allow-host" in result.stderr


def test_a_photograph_that_isnt_there_is_named(run):
    result = run("studio", "nowhere.jpg")
    assert result.exit_code == USAGE
    assert "nowhere.jpg" in result.stderr


@pytest.mark.slow
def test_a_port_that_is_taken_is_named(run):
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        result = run("serve", "--port", port)
    assert result.exit_code == FAILURE
    assert str(port) in result.stderr
    assert "--port" in result.stderr
