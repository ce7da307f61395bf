"""The plug-in's own logic, quickly: without GIMP, with the little of `gi` that it needs made up."""

from __future__ import annotations

import ast
import importlib
import os
import sys
import types
from pathlib import Path

import pytest

import styleplug

PLUGIN = Path(__file__).parents[3] / "plugins" / "gimp"
FAKE_WORKER = Path(__file__).with_name("fake_worker.py")
MODULES = sorted(path.stem for path in PLUGIN.glob("*.py") if path.stem != "style-transfer")


class File:
    """Gio's file, as far as it is needed."""

    def __init__(self, path):
        self.path = path

    def get_path(self):
        return self.path

    new_for_path = classmethod(lambda cls, path: cls(path))


class Config(dict):
    """The arguments of a procedure."""

    def __init__(self, **arguments):
        unset = {"painting": "", "filter": "", "preset": "", "options": "", "painting-file": None}
        super().__init__({**unset, "size": -1, "seed": -1, "strength": -1.0, **arguments})

    get_property = dict.get
    set_property = dict.__setitem__


@pytest.fixture
def plugin(monkeypatch):
    """The plug-in's modules by name, imported as GIMP does, beside each other."""
    repository = types.ModuleType("gi.repository")
    repository.Gio = types.SimpleNamespace(File=File)
    monkeypatch.setitem(sys.modules, "gi", types.ModuleType("gi"))
    monkeypatch.setitem(sys.modules, "gi.repository", repository)
    monkeypatch.syspath_prepend(str(PLUGIN))
    for name in MODULES:
        monkeypatch.delitem(sys.modules, name, raising=False)
    yield lambda name: importlib.import_module(name)
    for name in MODULES:
        sys.modules.pop(name, None)


@pytest.fixture
def start(plugin, monkeypatch, tmp_path):
    """Starts the fake worker with what ails it."""
    monkeypatch.setenv("FAKE_VERSION", styleplug.__version__)
    monkeypatch.setenv("TMPDIR", str(tmp_path))

    def make(illness=""):
        monkeypatch.setenv("FAKE_WORKER", illness)
        # As an "interpreter" it gets arguments that it doesn't look at.
        installation = plugin("installation").Installation(str(FAKE_WORKER), styleplug.__version__)
        return plugin("worker").Worker(installation, "a test")

    return make


def imported(path: Path) -> set[str]:
    """The top-level packages that a file imports anywhere."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found.add(node.module.split(".")[0])
    return found


@pytest.mark.parametrize("path", sorted(PLUGIN.glob("*.py")), ids=lambda path: path.name)
def test_standard_library_and_gi_only(path):
    assert imported(path) <= set(sys.stdlib_module_names) | {"gi"} | set(MODULES)


def test_no_module_hides_one_of_the_standard_library():
    assert set(MODULES) & set(sys.stdlib_module_names) == set()


def test_the_query_imports_nothing_of_a_run():
    tree = ast.parse((PLUGIN / "style-transfer.py").read_text("utf-8"))
    at_once = {
        alias.name for node in tree.body if isinstance(node, ast.Import) for alias in node.names
    }
    assert at_once == {"sys", "gi"}


@pytest.mark.parametrize("path", sorted(PLUGIN.glob("*.py")), ids=lambda path: path.name)
def test_an_older_python_reads_it(path):
    ast.parse(path.read_text("utf-8"), feature_version=(3, 9))


@pytest.mark.parametrize(
    ("text", "options"),
    [
        ("", {}),
        ("iterations=80, pooling = avg", {"iterations": 80, "pooling": "avg"}),
        ("pyramid=false,time_limit=null", {"pyramid": False, "time_limit": None}),
        (
            '{"style_layers": "relu1_1,relu2_1=0.5", "size": 64}',
            {"style_layers": "relu1_1,relu2_1=0.5", "size": 64},
        ),
    ],
)
def test_options(plugin, text, options):
    assert plugin("settings").parse_options(text) == options


@pytest.mark.parametrize("text", ["so so", "=3", "{", "a=1, b"])
def test_options_that_cannot_be_read(plugin, text):
    with pytest.raises(plugin("messages").Problem, match="can't be read"):
        plugin("settings").parse_options(text)


@pytest.mark.parametrize(
    "values",
    [
        ("painting", "lanterns", "faithful", {"size": 64, "iterations": 3, "init": "a, b=c"}),
        ("painting-file", "/a/painting.jpg", "", {"strength": 0.25}),
        ("filter", "posterise", "", {"seed": 2**32 - 1}),
    ],
)
def test_settings_come_back_as_they_were_kept(plugin, values):
    settings = plugin("settings")
    config = Config()
    settings.Settings(*values).store(config)
    again = settings.read_settings(config)
    assert (again.way, again.name, again.preset, again.options) == values


def test_a_new_choice_replaces_the_last(plugin):
    settings = plugin("settings")
    config = Config()
    settings.Settings("painting-file", "/a.jpg", "faithful", {"seed": 3, "pooling": "avg"}).store(
        config
    )
    settings.Settings("filter", "posterise", "", {}).store(config)
    assert settings.read_settings(config).request() == {
        "type": "filter", "filter": "posterise", "options": {},
    }  # fmt: skip


def test_two_ways_at_once(plugin):
    with pytest.raises(plugin("messages").Problem, match="painting and filter"):
        plugin("settings").read_settings(Config(painting="a", filter="b"))


def write_photo(path):
    with open(path, "wb") as file:
        file.write(bytes(4 * 3))
    return {"width": 1, "height": 1, "layout": "RGB", "dtype": "float32"}


def test_a_job_from_start_to_end(plugin, start, tmp_path):
    request = {"type": "filter", "filter": "invert", "options": {}}
    with start() as worker:
        heard = []
        for message in plugin("job").run_job(worker, request, write_photo, timeout=0.05):
            heard.append(message and message["type"])
            if heard[-1] == "finished":
                assert os.path.getsize(message["result"]["path"]) == 12
    assert [kind for kind in heard if kind] == ["progress", "finished"]
    assert list(tmp_path.iterdir()) == []


def test_closing_a_job_lets_go_of_its_folder(plugin, start, tmp_path):
    with start() as worker:
        job = plugin("job").run_job(worker, {"type": "filter"}, write_photo, timeout=5)
        assert next(job)["type"] == "progress"
        job.close()
        assert worker.catalogue()["filters"]
    assert list(tmp_path.iterdir()) == []


def test_a_picture_that_cannot_be_written(plugin, start):
    def full(path):
        raise OSError(28, "No space left on device", path)

    job = plugin("job")
    with start() as worker, pytest.raises(plugin("messages").Problem, match="Make room"):
        list(job.run_job(worker, {"type": "filter"}, full, timeout=5))


@pytest.mark.parametrize(
    ("illness", "text"),
    [("old", "restart GIMP"), ("dies-at-once", "(?s)exit code 1.*No module named styleplug")],
)
def test_a_worker_that_does_not_start(plugin, start, illness, text):
    with pytest.raises(plugin("messages").Problem, match=text):
        start(illness)


def test_the_worker_sees_nothing_of_the_hosts_python(plugin, start, monkeypatch):
    monkeypatch.setenv("PYTHONHOME", "/nowhere")
    monkeypatch.setenv("PYTHONPATH", "/nowhere")
    with start() as worker:
        assert worker.catalogue()["styles"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (None, "is missing"),
        ("{", "can't be read"),
        ("[]", "can't be read"),
        ('{"interpreter": "/usr/bin/python3", "styleplug": "1", "state": "incomplete"}', "didn't"),
        ('{"interpreter": "/nowhere/python", "styleplug": "1", "state": "complete"}', "/nowhere"),
    ],
)
def test_an_installation_that_will_not_do(plugin, tmp_path, text, said):
    path = tmp_path / "installation.json"
    if text is not None:
        path.write_text(text)
    with pytest.raises(plugin("messages").Problem, match=said):
        plugin("installation").read_installation(path)


def test_progress_says_how_long(plugin):
    said = plugin("texts").progress_text
    assert said({"text": "step 1"}) == "step 1"
    assert said({"text": "step 1", "remaining": 41.7}) == "step 1, about 42 s left"
    assert said({"text": "step 1", "remaining": 240}) == "step 1, about 4 min left"
