"""Thunar's custom actions: ours among those of others, which stay as they are."""

from __future__ import annotations

import shlex
from pathlib import Path
from xml.etree import ElementTree

import pytest

from styleplug import Filter
from styleplug.errors import HostError
from styleplug.hosts.catalogue import find_hosts, install_host, uninstall_host
from styleplug.hosts.menu import menu_entries

THEIRS = """<?xml version="1.0" encoding="UTF-8"?>
<!-- mine -->
<actions>
<action>
	<name>Zip &amp; send</name>
	<unique-id>1700000000-1</unique-id>
	<command>zip x.zip %F</command>
</action>
</actions>
"""
SYSTEM = THEIRS.replace("Zip &amp; send", "Open Terminal Here")


@pytest.fixture
def actions(home: Path, filters: list[Filter]) -> Path:
    """The file of the user's actions, which isn't there yet."""
    path = home / ".config/Thunar/uca.xml"
    path.parent.mkdir(parents=True)
    return path


def state() -> str:
    [host] = [host for host in find_hosts() if host.name == "thunar"]
    return host.state


def test_ours_come_after_theirs_once(actions: Path) -> None:
    actions.write_text(THEIRS)
    for _ in range(2):
        install_host("thunar")
        names = [action.findtext("name") for action in ElementTree.parse(actions).getroot()]
        assert names == ["Zip & send", *(entry.label for entry in menu_entries("python"))]
        assert state() == "installed"
    assert actions.read_text().startswith(THEIRS.removesuffix("</actions>\n"))
    uninstall_host("thunar")
    assert actions.read_text() == THEIRS
    assert [path.name for path in actions.parent.iterdir()] == ["uca.xml"]


def test_an_action_is_for_many_pictures_in_our_menu(actions: Path) -> None:
    install_host("thunar")
    [action, *_] = ElementTree.parse(actions).getroot()
    fields = {field.tag: field.text for field in action}
    assert fields["name"] == "Ink & water, 100% (filter)"
    assert fields["submenu"] == "Style transfer"
    assert "image-files" in fields
    command = shlex.split(fields["command"] or "")
    assert command[-3:] == ["--filter", "ink", "%F"]


def test_a_new_file_keeps_the_systems_actions(actions: Path, home: Path) -> None:
    system = home / "etc/Thunar/uca.xml"
    system.parent.mkdir(parents=True)
    system.write_text(SYSTEM)
    install_host("thunar")
    assert "Open Terminal Here" in actions.read_text()
    uninstall_host("thunar")
    assert not actions.exists()


def test_without_any_file(actions: Path) -> None:
    install_host("thunar")
    assert len(ElementTree.parse(actions).getroot()) == len(menu_entries("python"))
    uninstall_host("thunar")
    assert not actions.exists()


def test_new_filters_come_in_and_old_ones_go(actions: Path, filters: list[Filter]) -> None:
    actions.write_text(THEIRS)
    install_host("thunar")
    filters[0] = Filter("chalk", "Chalk")
    assert state() == "outdated"
    install_host("thunar")
    assert "Chalk (filter)" in actions.read_text()
    assert "Ink" not in actions.read_text()


def test_actions_stay_where_they_were_moved_to(actions: Path) -> None:
    actions.write_text(THEIRS)
    install_host("thunar")
    head, *blocks = actions.read_text().removesuffix("</actions>\n").split("<action>")
    moved = "<action>".join([head, *reversed(blocks)]) + "</actions>\n"
    actions.write_text(moved)
    assert state() == "installed"
    install_host("thunar")
    assert actions.read_text() == moved
    uninstall_host("thunar")
    assert actions.read_text() == THEIRS


@pytest.mark.parametrize("text", ["<actions>\n<action>\n\t<na", "no xml\n"])
def test_a_damaged_file_stays_as_it_is(actions: Path, text: str) -> None:
    actions.write_text(text)
    with pytest.raises(HostError, match=r"uca\.xml can't be changed: there is no </actions>"):
        install_host("thunar")
    assert actions.read_text() == text
    assert [path.name for path in actions.parent.iterdir()] == ["uca.xml"]
