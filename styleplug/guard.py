"""One guard around all hooks whose first result counts: it names the plug-in that fails there.

Each implementation is guarded by itself when it is registered, whoever registers it. So nobody has
to find out afterwards whose error or whose answer it was.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import contextmanager
from math import isfinite
from numbers import Real
from typing import TYPE_CHECKING, Any

import pluggy

from styleplug.errors import Cancelled, OutOfMemoryError, PluginError, StyleplugError
from styleplug.hookspecs import STOPPED, FilterResult, StylizeResult, is_blameless, set_blameless

if TYPE_CHECKING:
    from numpy.typing import NDArray

OWN_PLUGIN = "styleplug"
"""The name that styleplug's own plug-in is registered by."""
OWN_OBSERVERS = "styleplug-observers"
"""The name of the one around each job (`styleplug.observers`)."""
_OWN = (OWN_PLUGIN, OWN_OBSERVERS)


class GuardedManager(pluggy.PluginManager):
    """A manager whose plug-ins give what a hook asks for, or a `StyleplugError`."""

    def register(self, plugin: object, name: str | None = None) -> str | None:
        """Register a plug-in as pluggy does, and guard what it answers."""
        registered = super().register(plugin, name)
        for caller in self.get_hookcallers(plugin) or ():
            for implementation in caller.get_hookimpls():
                if implementation.plugin is plugin and caller.name in _FLAWS:
                    guarded = _guarded(implementation, caller.name)
                    implementation.function = guarded  # type: ignore[misc]  # no other way in
        return registered


@contextmanager
def named(plugin: str, hook: str) -> Iterator[None]:
    """Turn what escapes from a plug-in of others into an error that names it.

    Raises:
        PluginError: it raised something that says nothing to a person.
        OutOfMemoryError: there was too little memory.
    """
    try:
        yield
    except (StyleplugError, Cancelled, KeyboardInterrupt, GeneratorExit):
        raise
    except MemoryError as error:
        raise OutOfMemoryError from error
    except BaseException as error:  # SystemExit, and the panics of libraries in Rust, too
        if plugin in _OWN:
            set_blameless(error)  # those of others that are wrapped around it
        if is_blameless(error):
            raise
        reason = " ".join(f"{type(error).__name__}: {error}".split())
        raise PluginError(plugin, f"failed in {hook} ({reason})") from error


def _guarded(implementation: pluggy.HookImpl, hook: str) -> Callable[..., Any]:
    function, plugin = implementation.function, implementation.plugin_name

    def checked(result: Any) -> Any:
        # What the observers pass on has been checked.
        is_new = result is not None and plugin != OWN_OBSERVERS
        if is_new and (flaw := _FLAWS[hook](result)):
            raise PluginError(plugin, f"gave {flaw} in {hook}")
        return result

    @functools.wraps(function)
    def answer(*arguments: Any) -> Any:
        with named(plugin, hook):
            return checked(function(*arguments))

    @functools.wraps(function)
    def wrapper(*arguments: Any) -> Generator[None, Any, Any]:
        with named(plugin, hook):
            around: Any = function(*arguments)
            result = yield from around
            return checked(result) if implementation.wrapper else result

    return wrapper if implementation.wrapper or implementation.hookwrapper else answer


def _flaw_of_stylize(result: Any) -> str | None:
    if not isinstance(result, StylizeResult):
        return _instead(result, "a StylizeResult")
    for name in ("backbone", "engine"):
        if not isinstance(getattr(result, name), str):
            return f"{_instead(getattr(result, name), 'a text')} as {name}"
    for name in ("content_error", "style_error", "cost", "seconds"):
        if not isinstance(getattr(result, name), Real):
            return f"{_instead(getattr(result, name), 'a number')} as {name}"
    if result.stopped not in STOPPED:
        return f"{result.stopped!r}, not one of {', '.join(STOPPED)}, as stopped"
    return _flaw_of_pixels(result.image, result.alpha)


def _flaw_of_filter(result: Any) -> str | None:
    if not isinstance(result, FilterResult):
        return _instead(result, "a FilterResult")
    return _flaw_of_pixels(result.image, None)  # the alpha is styleplug's to pass on


def _flaw_of_features(result: Any) -> str | None:
    if not isinstance(result, Mapping):
        return _instead(result, "features by layer")
    for layer, features in result.items():
        if not isinstance(layer, str) or not _is_array(features, 4):
            return f"{_instead(features, '(1, C, H, W) float32')} as features of {layer!r}"
    return None


def _flaw_of_read(result: Any) -> str | None:
    from styleplug.image.picture import FileInfo, Picture

    if not isinstance(result, Picture):
        return _instead(result, "a Picture")
    if not isinstance(result.origin, FileInfo):
        return f"{_instead(result.origin, 'a FileInfo')} as the picture's origin"
    return _flaw_of_pixels(result.pixels, result.alpha)


def _flaw_of_write(result: Any) -> str | None:
    return None if result is True else _instead(result, "True")


_FLAWS: Mapping[str, Callable[[Any], str | None]] = {
    "styleplug_stylize": _flaw_of_stylize,
    "styleplug_apply_filter": _flaw_of_filter,
    "styleplug_extract_features": _flaw_of_features,
    "styleplug_read_image": _flaw_of_read,
    "styleplug_write_image": _flaw_of_write,
}
"""What is wrong with a result, in a few words; all hooks whose first result counts."""


def _flaw_of_pixels(image: NDArray[Any], alpha: NDArray[Any] | None) -> str | None:
    if not _is_array(image, 3) or image.shape[2] != 3:
        return f"{_instead(image, '(H, W, 3) float32')} as picture"
    if alpha is not None and (not _is_array(alpha, 2) or alpha.shape != image.shape[:2]):
        return f"{_instead(alpha, f'{image.shape[:2]} float32')} as alpha"
    for values in (image, alpha):
        # NaN is the least of all, and the greatest; looking at those two needs no copy.
        if values is not None and not (isfinite(values.min()) and isfinite(values.max())):
            return "values that aren't finite numbers"
    return None


def _is_array(value: Any, dimensions: int) -> bool:
    import numpy as np

    return (
        isinstance(value, np.ndarray)
        and value.dtype == np.float32
        and value.ndim == dimensions
        and value.size > 0
    )


def _instead(value: Any, wanted: str) -> str:
    import numpy as np

    given = (
        f"{value.shape} {value.dtype}" if isinstance(value, np.ndarray) else type(value).__name__
    )
    return f"{given}, not {wanted},"
