"""Every error that styleplug raises on purpose.

    StyleplugError                 .code, stable, for the command line and for host programs
    ├── ConfigError                .field .value .allowed         (also a ValueError)
    ├── ImageError                 .path
    │   ├── UnreadableImageError       missing, truncated, or no picture at all
    │   ├── UnsupportedImageError      a picture, but not one that can be used here
    │   ├── ImageTooLargeError         more pixels than is safe to open
    │   └── UnwritableImageError       the place or the format of an output won't do
    ├── ModelError                 .model
    │   ├── ModelNotFoundError
    │   ├── ModelIntegrityError        the file is not the one that its manifest describes
    │   └── LayerNotFoundError     .layer .allowed
    ├── CheckpointError            .path
    ├── DownloadError              .address
    ├── HostError                  .host
    ├── StyleError                 .style
    │   └── StyleNotFoundError     .allowed
    ├── FilterError                .filter
    ├── PresetError                .preset
    ├── VideoError                 .path
    ├── MissingDependencyError     .package .extra .reason        (also an ImportError)
    ├── OutOfMemoryError           .needed .available
    ├── PluginError                .plugin
    ├── ProtocolError              .id
    └── DivergedError              .iteration .loss .last_good
    Cancelled                      not an error: a BaseException, as KeyboardInterrupt is

A message says what happened, to which file or field, and what to do about it.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, ClassVar, Self

if TYPE_CHECKING:
    import os

    from styleplug.hookspecs import StylizeResult


class StyleplugError(Exception):
    """Base of all errors raised on purpose; `code` is stable across versions."""

    code: ClassVar[str] = "error"

    def __reduce__(self) -> tuple[Any, ...]:
        """An error goes to another process as it is, since none is made from its `args`."""
        return _rebuilt, (type(self), self.args, vars(self))


def _rebuilt(
    kind: type[StyleplugError], args: tuple[Any, ...], values: dict[str, Any]
) -> StyleplugError:
    error = kind.__new__(kind, *args)
    vars(error).update(values)
    return error


class ConfigError(StyleplugError, ValueError):
    """An option has a value that it can't have."""

    code = "config"

    def __init__(self, field: str, value: object, allowed: str) -> None:
        self.field = field
        self.value = value
        self.allowed = allowed
        super().__init__(f"{field} is {value!r}, but must be {allowed}")


class ImageError(StyleplugError):
    """A picture can't be read, used or written; `path` is None for one held in memory."""

    code = "image"

    def __init__(self, path: str | os.PathLike[str] | None, problem: str) -> None:
        self.path = path
        super().__init__(f"{path}: {problem}" if path is not None else problem)

    def about(self, path: str | os.PathLike[str]) -> Self:
        """The same error of another file, where the one it names means nothing to a person."""
        return type(self)(path, str(self).removeprefix(f"{self.path}: "))


class UnreadableImageError(ImageError):
    code = "image-unreadable"


class UnsupportedImageError(ImageError):
    code = "image-unsupported"


class ImageTooLargeError(ImageError):
    code = "image-too-large"


class UnwritableImageError(ImageError):
    code = "image-unwritable"


class ModelError(StyleplugError):
    """A model is missing, damaged, or lacks what was asked of it."""

    code = "model"

    def __init__(self, model: str, problem: str) -> None:
        self.model = model
        super().__init__(f"model {model}: {problem}")


class ModelNotFoundError(ModelError):
    code = "model-not-found"


class ModelIntegrityError(ModelError):
    code = "model-integrity"


class LayerNotFoundError(ModelError):
    """A layer name that the network doesn't have."""

    code = "layer-not-found"

    def __init__(self, model: str, layer: str, allowed: Iterable[str]) -> None:
        self.layer = layer
        self.allowed = tuple(allowed)
        super().__init__(model, f"no layer {layer!r}; it has {', '.join(self.allowed)}")


class CheckpointError(StyleplugError):
    """A transfer or a training can't go on from a checkpoint."""

    code = "checkpoint"

    def __init__(self, path: str | os.PathLike[str], problem: str) -> None:
        self.path = path
        super().__init__(f"{path}: {problem}")


class DownloadError(StyleplugError):
    """A file can't be got over the network."""

    code = "download"

    def __init__(self, address: str, problem: str) -> None:
        self.address = address
        super().__init__(f"{address}: {problem}")


class HostError(StyleplugError):
    """An adapter can't be put into a host program, or removed from it."""

    code = "host"

    def __init__(self, host: str, problem: str) -> None:
        self.host = host
        super().__init__(f"{host}: {problem}")


class StyleError(StyleplugError):
    """The collection of styles can't be changed."""

    code = "style"

    def __init__(self, style: str, problem: str) -> None:
        self.style = style
        super().__init__(f"style {style}: {problem}")


class StyleNotFoundError(StyleError):
    """A name that no style has; `allowed` are the names that there are."""

    code = "style-not-found"

    def __init__(self, style: str, hint: str, allowed: Iterable[str]) -> None:
        self.allowed = tuple(allowed)
        super().__init__(style, f"there is none of this name; {hint}")


class FilterError(StyleplugError):
    """A filter, or the file that holds one, can't be used."""

    code = "filter"

    def __init__(self, filter: str, problem: str) -> None:
        self.filter = filter
        super().__init__(f"filter {filter}: {problem}")


class PresetError(StyleplugError):
    """A preset of the user's can't be understood, or not be kept."""

    code = "preset"

    def __init__(self, preset: str, problem: str) -> None:
        self.preset = preset
        super().__init__(f"preset {preset}: {problem}")


class VideoError(StyleplugError):
    """A video can't be read, used or written."""

    code = "video"

    def __init__(self, path: str | os.PathLike[str], problem: str) -> None:
        self.path = path
        super().__init__(f"{path}: {problem}")


class MissingDependencyError(StyleplugError, ImportError):
    """A package of an optional extra isn't installed; or it can't be loaded, for some `reason`."""

    code = "missing-dependency"

    def __init__(self, package: str, extra: str, reason: str | None = None) -> None:
        self.package = package
        self.extra = extra
        self.reason = reason
        problem, option = "is not installed", ""
        if reason is not None:
            problem, option = f"can't be loaded ({' '.join(reason.split())})", "--force-reinstall "
        super().__init__(
            f"{package} {problem}; mend it with: pip install {option}'styleplug[{extra}]'"
        )

    @classmethod
    def of(cls, failure: ImportError | OSError, package: str, extra: str) -> MissingDependencyError:
        """What a failed import of the package means; of a library not loaded, an OSError may come.

        A module missing from within the package means a broken install, not a missing one.
        """
        missing = isinstance(failure, ModuleNotFoundError) and failure.name == package
        return cls(package, extra, None if missing else str(failure))


class OutOfMemoryError(StyleplugError):
    """The work needs more memory than there is; in bytes, where that is known."""

    code = "out-of-memory"

    def __init__(self, needed: int | None = None, available: int | None = None) -> None:
        self.needed = needed
        self.available = available
        problem = "there is not enough memory for this"
        if needed is not None and available is not None:
            problem = (
                f"this needs {needed / 1e9:.2f} GB of memory at least, and may take no more than"
                f" {available / 1e9:.2f} GB"
            )
        super().__init__(f"{problem}; work at a smaller size, or close other programs")


class PluginError(StyleplugError):
    """A plug-in failed, or gave what it may not give; `plugin` is its name."""

    code = "plugin"

    def __init__(self, plugin: str, problem: str) -> None:
        self.plugin = plugin
        super().__init__(
            f"plug-in {plugin}: {problem}; tell its author,"
            f" or leave it out with STYLEPLUG_PLUGINS (see: styleplug plugins --help)"
        )


class ProtocolError(StyleplugError):
    """A host said to the worker what can't be understood; `id` is that of the message, or None."""

    code = "protocol"

    def __init__(self, id: str | None, problem: str) -> None:
        self.id = id
        super().__init__(f"{problem}; see PROTOCOL.md in the package styleplug.worker")


class DivergedError(StyleplugError):
    """The optimisation left the realm of finite numbers; `last_good` is the best picture so far."""

    code = "diverged"

    def __init__(self, iteration: int, loss: float, last_good: StylizeResult | None) -> None:
        self.iteration = iteration
        self.loss = loss
        self.last_good = last_good
        super().__init__(
            f"the loss ({loss:g}) or its gradient is no finite number at iteration {iteration}; "
            "try a smaller learning rate or smaller weights"
        )


class Cancelled(BaseException):
    """The person asked for the work to end before there was a picture to keep."""
