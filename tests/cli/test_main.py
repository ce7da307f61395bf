"""The command itself: its help, its messages, and how it ends."""

from __future__ import annotations

import logging
import subprocess
from collections.abc import Callable
from io import StringIO

import click
import pytest
from click.testing import Result

import styleplug
from styleplug import errors
from styleplug.cli.main import (
    COMMANDS,
    FAILURE,
    INTERRUPTED,
    USAGE,
    StderrHandler,
    is_usage_error,
    main,
)
from styleplug.errors import (
    Cancelled,
    ConfigError,
    DivergedError,
    LayerNotFoundError,
    MissingDependencyError,
    ModelError,
    StyleplugError,
)

ERRORS = [
    (ConfigError("size", 8, "larger"), USAGE),
    (errors.ImageError("a.jpg", "is empty"), USAGE),
    (errors.UnreadableImageError("a.jpg", "is empty"), USAGE),
    (errors.UnsupportedImageError("a.jpg", "is odd"), USAGE),
    (errors.ImageTooLargeError("a.jpg", "is large"), USAGE),
    (errors.UnwritableImageError("a.jpg", "is there"), USAGE),
    (LayerNotFoundError("vgg16", "relu9", ["relu1_1"]), USAGE),
    (ModelError("vgg16", "is odd"), FAILURE),
    (errors.ModelNotFoundError("vgg19", "not installed"), FAILURE),
    (errors.ModelIntegrityError("vgg16", "is damaged"), FAILURE),
    (errors.CheckpointError("run.ckpt", "is damaged"), USAGE),
    (errors.DownloadError("http://a.example/b", "no answer"), FAILURE),
    (errors.FilterError("mine", "is damaged"), FAILURE),
    (errors.HostError("gimp", "isn't there"), FAILURE),
    (errors.StyleError("mine", "can't be written"), FAILURE),
    (errors.StyleNotFoundError("mine", "there are: lanterns", ["lanterns"]), USAGE),
    (MissingDependencyError("torch", "torch"), FAILURE),
    (errors.OutOfMemoryError(), FAILURE),
    (errors.PresetError("mine", "is damaged"), FAILURE),
    (errors.PluginError("dots", "fails"), FAILURE),
    (errors.ProtocolError("7", "path is missing"), USAGE),
    (errors.VideoError("a.mp4", "is damaged"), USAGE),
    (DivergedError(1, float("nan"), None), FAILURE),
    (StyleplugError("something"), FAILURE),
]


@pytest.fixture
def fail(run: Callable[..., Result], monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    """Runs a sub-command that raises."""

    def invoke(error: BaseException) -> Result:
        @click.command()
        def cache() -> None:
            raise error

        monkeypatch.setattr("styleplug.cli.commands.cache.cache", cache)
        return run("cache")

    return invoke


@pytest.mark.parametrize("flag", ["-h", "--help"])
def test_help_lists_the_sub_commands(run: Callable[..., Result], flag: str) -> None:
    result = run(flag)
    assert result.exit_code == 0
    for name, text in COMMANDS.items():
        assert f"  {name} " in result.stdout
        assert text in result.stdout


@pytest.mark.parametrize("name", COMMANDS)
def test_each_sub_command_opens_its_help_with_the_listed_line(
    run: Callable[..., Result], name: str
) -> None:
    result = run(name, "--help")
    assert result.exit_code == 0
    first = " ".join(result.stdout.split("\n\n")[1].split())
    # The list has no arguments to refer to.
    plain = first.replace("PHOTO", "a photograph" if name == "stylize" else "a picture")
    assert plain.replace("a PAINTING", "a painting") == COMMANDS[name]


def test_version(run: Callable[..., Result]) -> None:
    assert run("--version").stdout.split()[-1] == styleplug.__version__


@pytest.mark.parametrize("arguments", [["paint"], ["--nonsense"], []])
def test_a_wrong_command_explains_the_usage(
    run: Callable[..., Result], arguments: list[str]
) -> None:
    result = run(*arguments)
    assert result.exit_code == USAGE
    assert result.stderr.startswith("Usage: ")


def test_the_list_of_errors_is_complete() -> None:
    kinds = {
        value
        for value in vars(errors).values()
        if isinstance(value, type) and issubclass(value, StyleplugError)
    }
    assert kinds == {type(error) for error, _ in ERRORS}


@pytest.mark.parametrize(("error", "code"), ERRORS, ids=lambda value: type(value).__name__)
def test_an_error_is_one_line_and_an_exit_code(
    fail: Callable[..., Result], error: StyleplugError, code: int
) -> None:
    result = fail(error)
    assert result.exit_code == code
    assert is_usage_error(error) is (code == USAGE)
    assert result.stderr == f"styleplug: {error}\n"
    assert result.stdout == ""


def test_a_name_of_several_lines_makes_one_line(fail: Callable[..., Result]) -> None:
    result = fail(errors.ImageError("a\nb.jpg", "is empty"))
    assert result.stderr == "styleplug: a b.jpg: is empty\n"


@pytest.mark.parametrize("error", [Cancelled(), KeyboardInterrupt()])
def test_an_interruption_has_the_usual_exit_code(
    fail: Callable[..., Result], error: BaseException
) -> None:
    result = fail(error)
    assert result.exit_code == INTERRUPTED == 130
    assert result.stderr == "styleplug: interrupted\n"


def test_an_unexpected_error_is_not_hidden(fail: Callable[..., Result]) -> None:
    assert isinstance(fail(ZeroDivisionError()).exception, ZeroDivisionError)


def test_warnings_go_to_the_present_standard_error(monkeypatch: pytest.MonkeyPatch) -> None:
    handler = StderrHandler()
    monkeypatch.setattr("sys.stderr", stream := StringIO())
    handler.emit(logging.makeLogRecord({"msg": "no GPU; using the CPU"}))
    assert stream.getvalue() == "no GPU; using the CPU\n"


def test_warnings_are_shown_as_lines_of_styleplug(
    spawn: Callable[..., subprocess.Popen[str]],
) -> None:
    code = (
        "import logging; from styleplug.cli.main import main;"
        "main(['cache', 'info'], standalone_mode=False);"
        "logging.getLogger('styleplug').warning('no GPU');"
        "logging.getLogger('styleplug').info('a detail')"
    )
    assert spawn("-c", code).communicate(timeout=60)[1] == "styleplug: no GPU\n"


def test_the_command_is_the_one_that_the_package_installs(
    spawn: Callable[..., subprocess.Popen[str]],
) -> None:
    process = spawn("-m", "styleplug", "stylize")
    output, error = process.communicate(timeout=60)
    assert (process.returncode, output) == (USAGE, "")
    assert "Missing argument 'PHOTO'" in error
    assert isinstance(main, click.Group)
