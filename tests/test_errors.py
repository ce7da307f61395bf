"""Codes that stay as they are, and messages that say what happened and what to do."""

from __future__ import annotations

import inspect
import pickle
import re
from pathlib import Path

import pytest

from styleplug import errors
from styleplug.errors import (
    Cancelled,
    CheckpointError,
    ConfigError,
    DivergedError,
    DownloadError,
    FilterError,
    HostError,
    ImageError,
    LayerNotFoundError,
    MissingDependencyError,
    ModelError,
    PluginError,
    ProtocolError,
    StyleError,
    StyleNotFoundError,
    StyleplugError,
    UnreadableImageError,
)

# Programs that run styleplug rely on these: a code may be added, but none changed.
CODES = {
    "StyleplugError": "error",
    "ConfigError": "config",
    "ImageError": "image",
    "UnreadableImageError": "image-unreadable",
    "UnsupportedImageError": "image-unsupported",
    "ImageTooLargeError": "image-too-large",
    "UnwritableImageError": "image-unwritable",
    "ModelError": "model",
    "ModelNotFoundError": "model-not-found",
    "ModelIntegrityError": "model-integrity",
    "LayerNotFoundError": "layer-not-found",
    "CheckpointError": "checkpoint",
    "DownloadError": "download",
    "HostError": "host",
    "StyleError": "style",
    "FilterError": "filter",
    "StyleNotFoundError": "style-not-found",
    "MissingDependencyError": "missing-dependency",
    "DivergedError": "diverged",
    "OutOfMemoryError": "out-of-memory",
    "PluginError": "plugin",
    "PresetError": "preset",
    "ProtocolError": "protocol",
    "VideoError": "video",
}
CLASSES = {
    name: value
    for name, value in vars(errors).items()
    if inspect.isclass(value) and value.__module__ == errors.__name__
}


def drawn_tree() -> dict[str, str]:
    """Each class in the module's docstring, with the one that it is drawn under."""
    parents: dict[str, str] = {}
    above: dict[int, str] = {}
    for line in errors.__doc__.splitlines():
        match = re.match(r" {4}((?:[│ ] {3})*)(?:[├└]── )?([A-Z]\w+)\b", line)
        if match is None:
            continue
        depth = line.index(match[2])
        above[depth] = match[2]
        parents[match[2]] = above.get(depth - 4, "BaseException")
    return parents


def test_codes_are_stable_and_unique() -> None:
    codes = {name: c.code for name, c in CLASSES.items() if issubclass(c, StyleplugError)}
    assert codes == CODES
    assert len(set(codes.values())) == len(codes)


def test_the_tree_is_drawn_as_it_is() -> None:
    ours = {name: class_.__bases__[0].__name__ for name, class_ in CLASSES.items()}
    ours["StyleplugError"] = "BaseException"  # of Exception, which isn't drawn
    assert drawn_tree() == ours


@pytest.mark.parametrize("line", [line for line in errors.__doc__.splitlines() if "  ." in line])
def test_the_attributes_that_are_drawn_exist(line: str) -> None:
    name = re.search(r"[A-Z]\w+", line)[0]
    example = EXAMPLES[name]
    for attribute in re.findall(r" \.(\w+)", line):
        assert hasattr(example, attribute)


EXAMPLES = {
    "StyleplugError": StyleplugError("something"),
    "ConfigError": ConfigError("size", 8, "a whole number from 32 to 16384"),
    "OutOfMemoryError": errors.OutOfMemoryError(5_240_000_000, 4_000_000_000),
    "ImageError": UnreadableImageError(Path("a.jpg"), "is empty; use another"),
    "ModelError": ModelError("vgg16", "is damaged; reinstall styleplug"),
    "LayerNotFoundError": LayerNotFoundError("vgg16", "relu9", ["relu1_1", "relu1_2"]),
    "CheckpointError": CheckpointError("run.ckpt", "is damaged; start again"),
    "DownloadError": DownloadError("http://a.example/b", "the server answers 404; go elsewhere"),
    "HostError": HostError("gimp", "no folder was found; start GIMP once"),
    "StyleError": StyleError("mine", "the folder can't be written (disk full)"),
    "StyleNotFoundError": StyleNotFoundError("min", "there are: lanterns, mine", ["mine"]),
    "FilterError": FilterError("dots", "can't be read (no such file)"),
    "MissingDependencyError": MissingDependencyError("torch", "torch"),
    "PresetError": errors.PresetError("mine", "can't be read (no such file)"),
    "PluginError": PluginError("dots", "fails"),
    "ProtocolError": ProtocolError("7", "path is missing"),
    "VideoError": errors.VideoError("a.mp4", "is damaged"),
    "DivergedError": DivergedError(3, float("nan"), None),
}


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("ConfigError", "size is 8, but must be a whole number from 32 to 16384"),
        ("ImageError", "a.jpg: is empty; use another"),
        ("ModelError", "model vgg16: is damaged; reinstall styleplug"),
        ("LayerNotFoundError", "model vgg16: no layer 'relu9'; it has relu1_1, relu1_2"),
        ("CheckpointError", "run.ckpt: is damaged; start again"),
        ("DownloadError", "http://a.example/b: the server answers 404; go elsewhere"),
        ("HostError", "gimp: no folder was found; start GIMP once"),
        ("FilterError", "filter dots: can't be read (no such file)"),
        ("StyleError", "style mine: the folder can't be written (disk full)"),
        (
            "StyleNotFoundError",
            "style min: there is none of this name; there are: lanterns, mine",
        ),
        (
            "MissingDependencyError",
            "torch is not installed; mend it with: pip install 'styleplug[torch]'",
        ),
        (
            "ProtocolError",
            "path is missing; see PROTOCOL.md in the package styleplug.worker",
        ),
        (
            "DivergedError",
            "the loss (nan) or its gradient is no finite number at iteration 3;"
            " try a smaller learning rate or smaller weights",
        ),
    ],
)
def test_messages(name: str, message: str) -> None:
    assert str(EXAMPLES[name]) == message


@pytest.mark.parametrize("error", EXAMPLES.values(), ids=EXAMPLES)
def test_errors_travel_between_processes(error: StyleplugError) -> None:
    copy = pickle.loads(pickle.dumps(error))
    assert type(copy) is type(error)
    assert str(copy) == str(error)
    assert repr(vars(copy)) == repr(vars(error))


def test_the_same_error_of_another_file() -> None:
    error = UnreadableImageError("/tmp/x.jpg", "is empty; use another").about("standard input")
    assert type(error) is UnreadableImageError
    assert (error.path, str(error)) == ("standard input", "standard input: is empty; use another")


def test_a_package_that_is_not_there_is_not_installed() -> None:
    found = MissingDependencyError.of(ModuleNotFoundError("no", name="torch"), "torch", "torch")
    assert found.reason is None
    assert str(found) == str(EXAMPLES["MissingDependencyError"])


@pytest.mark.parametrize(
    "failure",
    [
        ImportError("libc10.so: cannot open\nshared object", name="torch._C"),
        ModuleNotFoundError("libc10.so: cannot open\nshared object", name="torch._C"),
        OSError("libc10.so: cannot open\nshared object"),
    ],
)
def test_a_package_that_is_broken_is_not_told_as_missing(failure: ImportError | OSError) -> None:
    found = MissingDependencyError.of(failure, "torch", "torch")
    assert str(found) == (
        "torch can't be loaded (libc10.so: cannot open shared object);"
        " mend it with: pip install --force-reinstall 'styleplug[torch]'"
    )
    assert (found.package, found.extra) == ("torch", "torch")


def test_a_picture_in_memory_has_no_path_to_name() -> None:
    error = ImageError(None, "has no pixels")
    assert error.path is None
    assert str(error) == "has no pixels"


def test_errors_are_what_python_programs_expect_of_their_kind() -> None:
    assert issubclass(ConfigError, ValueError)
    assert issubclass(MissingDependencyError, ImportError)


def test_being_cancelled_is_no_error() -> None:
    assert not issubclass(Cancelled, Exception)


def test_a_lack_of_memory_has_its_figures_where_they_are_known() -> None:
    error = errors.OutOfMemoryError(5_240_000_000, 4_000_000_000)
    assert (error.needed, error.available) == (5_240_000_000, 4_000_000_000)
    assert "needs 5.24 GB of memory at least, and may take no more than 4.00 GB" in str(error)
    unknown = errors.OutOfMemoryError()
    assert (unknown.needed, unknown.available) == (None, None)
    assert "there is not enough memory" in str(unknown)
