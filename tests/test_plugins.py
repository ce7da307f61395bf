"""Plug-ins as people install them: each loads by itself, and one that is broken harms nobody."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from styleplug import builtin, plugins
from styleplug.offers import offered_filters
from styleplug.plugins import found_plugins, plugin_manager

ANSWER = """
from styleplug import Filter, hookimpl
@hookimpl
def styleplug_register_filters():
    return [Filter("{name}", "A test's")]
"""


@pytest.fixture(autouse=True)
def fresh(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Each test loads plug-ins anew, and leaves the process's own manager as it was."""
    monkeypatch.delenv(plugins.VARIABLE, raising=False)
    with monkeypatch.context() as patch:
        patch.setattr(plugins, "_load", plugins.functools.cache(plugins._load.__wrapped__))
        yield


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., None]]:
    """Puts a package with one plug-in where Python finds it, as pip does."""
    modules = set()

    def put(name: str, code: str | None = None, *, package: str = "", entry: str = "") -> None:
        folder = tmp_path / f"site-{package or name}"
        info = folder / f"{package or name}-1.5.dist-info"
        info.mkdir(parents=True)
        (folder / f"{name}_module.py").write_text(code or ANSWER.format(name=name))
        (info / "METADATA").write_text(
            f"Metadata-Version: 2.1\nName: {package or name}\nVersion: 1.5\n"
        )
        (info / "entry_points.txt").write_text(f"[styleplug]\n{entry or name} = {name}_module\n")
        monkeypatch.syspath_prepend(folder)
        modules.add(f"{name}_module")

    yield put
    for module in modules:
        sys.modules.pop(module, None)


def loaded() -> dict[str, str | None]:
    """The plug-ins that were found beside styleplug's own, and what is wrong with them."""
    return {plugin.name: plugin.problem for plugin in found_plugins()[1:]}


def test_styleplug_is_a_plug_in_itself() -> None:
    own = found_plugins()[0]
    assert (own.name, own.distribution, own.problem) == ("styleplug", "styleplug", None)
    assert "styleplug_stylize" in own.hooks
    assert plugin_manager().get_plugin("styleplug") is builtin


def test_an_installed_plug_in_is_found(install: Callable[..., None]) -> None:
    install("dots")
    [plugin] = found_plugins()[1:]
    assert plugin == plugins.Plugin("dots", "dots", "1.5", ("styleplug_register_filters",))


@pytest.mark.parametrize(
    ("code", "problem"),
    [
        ("import no_such_module", "ModuleNotFoundError: No module named 'no_such_module'"),
        ("1 / 0", "ZeroDivisionError"),
        ("raise SystemExit(3)", "SystemExit: 3"),
        ("class Panic(BaseException): ...\nraise Panic('oh')", "Panic: oh"),
        ("syntax error", "SyntaxError"),
        (
            "from styleplug import hookimpl\n@hookimpl\ndef styleplug_dance(): ...",
            "there is no hook styleplug_dance",
        ),
        (
            "from styleplug import hookimpl\n@hookimpl\ndef styleplug_stylize(reqest): ...",
            "reqest",
        ),
    ],
    ids=["import", "exception", "exit", "panic", "syntax", "unknown hook", "unknown argument"],
)
def test_a_broken_plug_in_is_named_and_left_out(
    code: str,
    problem: str,
    install: Callable[..., None],
    caplog: pytest.LogCaptureFixture,
) -> None:
    install("broken", code)
    install("dots")
    broken, whole = found_plugins()[1:]
    assert problem in broken.problem
    assert broken.broken
    assert whole.problem is None
    [warning] = caplog.messages
    assert warning.startswith("plug-in broken of broken 1.5 can't be loaded (")
    assert not plugin_manager().has_plugin("broken")
    plugin_manager().check_pending()


def test_a_plug_in_is_all_there_or_not_at_all(install: Callable[..., None]) -> None:
    """One of its hooks is good, the other isn't: neither is called."""
    install("half", ANSWER.format(name="half") + "@hookimpl\ndef styleplug_dance(): ...\n")
    assert "no hook styleplug_dance" in loaded()["half"]
    assert "half" not in {filter.name for filter in offered_filters(plugin_manager())}


def test_two_plug_ins_of_one_name(install: Callable[..., None]) -> None:
    install("dots")
    install("lines", package="other", entry="dots")
    assert sorted(str(plugin.problem) for plugin in found_plugins()[1:]) == [
        "None",
        "ValueError: another plug-in has this name",
    ]


@pytest.mark.parametrize(
    ("value", "names"),
    [("", []), ("dots", ["dots"]), ("dots, lines", ["dots", "lines"]), (" , ", [])],
)
def test_the_variable_limits_what_is_loaded(
    value: str, names: list[str], install: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    install("dots")
    install("lines")
    monkeypatch.setenv(plugins.VARIABLE, value)
    assert [name for name, problem in loaded().items() if problem is None] == names
    assert not any(plugin.broken for plugin in found_plugins())


def test_what_is_left_out_is_not_imported(
    install: Callable[..., None], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    install("broken", "1 / 0")
    monkeypatch.setenv(plugins.VARIABLE, "")
    assert loaded() == {"broken": "left out by STYLEPLUG_PLUGINS"}
    assert caplog.messages == []


def test_a_name_in_the_variable_that_nobody_has(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv(plugins.VARIABLE, "dost")
    assert loaded() == {}
    assert caplog.messages == ["STYLEPLUG_PLUGINS names dost, but there is no such plug-in"]


def test_threads_that_come_first_at_once_share_one_manager(install: Callable[..., None]) -> None:
    install("slow", "import time; time.sleep(0.2)\n" + ANSWER.format(name="slow"))
    managers = []
    threads = [threading.Thread(target=lambda: managers.append(plugin_manager())) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({id(manager) for manager in managers}) == 1


@pytest.mark.parametrize("entries", [b"\xff\xfe", b"[styleplug]\nno equals sign\n"])
def test_a_package_whose_entry_points_are_in_disorder_hides_no_other(
    install: Callable[..., None],
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
    entries: bytes,
) -> None:
    install("dots")
    install("odd")
    (tmp_path / "site-odd" / "odd-1.5.dist-info" / "entry_points.txt").write_bytes(entries)
    assert loaded() == {"dots": None}
    [message] = caplog.messages
    assert "entry points of package odd can't be read" in message


def test_a_package_without_metadata(install: Callable[..., None], tmp_path: Path) -> None:
    install("dots")
    (tmp_path / "site-dots" / "dots-1.5.dist-info" / "METADATA").unlink()
    [plugin] = found_plugins()[1:]
    assert (plugin.distribution, plugin.version, plugin.problem) == ("", "", None)


def test_of_a_package_that_is_there_twice_the_first_counts(install: Callable[..., None]) -> None:
    install("lines", package="twice")
    other = sys.path[0]
    install("dots")
    sys.path.append(other)
    try:
        assert loaded() == {"dots": None, "lines": None}
    finally:
        sys.path.pop()


def test_what_a_plug_in_prints_when_it_is_loaded_is_no_output(
    install: Callable[..., None], capsys: pytest.CaptureFixture[str]
) -> None:
    install("dots", "print('welcome')")
    assert loaded() == {"dots": None}
    assert capsys.readouterr() == ("", "welcome\n")
