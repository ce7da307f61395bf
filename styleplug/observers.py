"""Around each job, whichever plug-in does it and whoever asks for it: what all jobs have in common.

Observers are told, a result is checked, and what a plug-in of others raises becomes a PluginError.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Generator
from dataclasses import replace
from typing import Any

import pluggy

from styleplug.errors import (
    Cancelled,
    ConfigError,
    OutOfMemoryError,
    PluginError,
    StyleplugError,
)
from styleplug.events import Event, Failed, Finished
from styleplug.filter_list import offered_filters
from styleplug.hookspecs import (
    FilterRequest,
    FilterResult,
    Job,
    JobRequest,
    StylizeRequest,
    StylizeResult,
    current_observer,
    hookimpl,
)

OWN_PLUGIN = "styleplug"
"""The name that styleplug's own plug-in is registered by."""

_log = logging.getLogger("styleplug")


class Observers:
    """The plug-in that wraps the hooks of jobs.

    Args:
        manager: the one whose plug-ins do the jobs and observe them.
    """

    def __init__(self, manager: pluggy.PluginManager) -> None:
        self._manager = manager

    @hookimpl(wrapper=True)
    def styleplug_stylize(self, request: StylizeRequest) -> Generator[None, Any, StylizeResult]:
        """See to it that a transfer is observed."""
        result: StylizeResult = yield from self._observed(
            "styleplug_stylize", request, self._checked
        )
        return result

    @hookimpl(wrapper=True)
    def styleplug_apply_filter(self, request: FilterRequest) -> Generator[None, Any, FilterResult]:
        """See to it that a filter is observed; blend its picture with the one that went in."""
        result: FilterResult = yield from self._observed(
            "styleplug_apply_filter", request, lambda result: self._blended(request, result)
        )
        return result

    def _observed(
        self, hook: str, request: Any, finish: Callable[[Any], Any]
    ) -> Generator[None, Any, Any]:
        """Run a hook's plug-ins; tell observers, and whoever waits, how it ends."""
        job = Job(request)
        result = error = None

        def observe(event: Event) -> None:
            self._tell("styleplug_progress", job=job, event=event)

        self._tell("styleplug_before_job", job=job)
        outer = current_observer.set(observe)
        try:
            result = finish((yield))
            request.notify(Finished(result))
            return result
        except BaseException as raised:
            error = self._named(raised, hook)
            if isinstance(error, StyleplugError):
                request.notify(Failed(error.code, str(error)))
            elif isinstance(error, Cancelled):
                request.notify(Failed("cancelled", "cancelled before there was a picture to keep"))
            if error is raised:
                raise
            raise error from raised
        finally:
            current_observer.reset(outer)
            self._tell("styleplug_after_job", job=job, result=result, error=error)

    def _tell(self, hook: str, **facts: Any) -> None:
        """Call each plug-in's observer by itself: one that fails keeps nobody from the news."""
        for observer in reversed(getattr(self._manager.hook, hook).get_hookimpls()):
            try:
                observer.function(*(facts[name] for name in observer.argnames))
            except Exception as error:
                _log.warning(
                    "plug-in %s failed in %s (%r); the job goes on",
                    *(observer.plugin_name, hook, error),
                )

    def _named(self, error: BaseException, hook: str) -> BaseException:
        """The error by the name that hosts know: a PluginError where a plug-in let it escape."""
        if isinstance(error, StyleplugError) or not isinstance(error, Exception):
            return error
        if isinstance(error, MemoryError):
            return OutOfMemoryError()
        names = {
            implementation.function.__code__: implementation.plugin_name
            for implementation in getattr(self._manager.hook, hook).get_hookimpls()
        }
        culprit, frame = OWN_PLUGIN, error.__traceback__
        while frame is not None:
            code = frame.tb_frame.f_code
            if code is JobRequest.notify.__code__:  # what follows is the listener's own
                return error
            culprit = names.get(code, culprit)
            frame = frame.tb_next
        if culprit == OWN_PLUGIN:
            return error
        reason = " ".join(f"{type(error).__name__}: {error}".split())
        return PluginError(culprit, f"failed in {hook} ({reason})")

    def _blended(self, request: FilterRequest, result: FilterResult | None) -> FilterResult:
        """The filter's picture, mixed with the one before as the strength says."""
        if result is None:
            names = ", ".join(self._sources()) or "none is; plug-ins bring them"
            raise ConfigError("filter", request.filter, f"one that is installed ({names})")
        from styleplug.image.samples import is_finite

        before, after = request.image, result.image
        if after.shape != before.shape or after.dtype != before.dtype:
            raise PluginError(
                self._sources().get(request.filter, request.filter),
                f"its filter gave {after.shape} {after.dtype}, not {before.shape} {before.dtype}",
            )
        if not is_finite(after):
            raise PluginError(
                self._sources().get(request.filter, request.filter), "its filter gave no numbers"
            )
        if request.config.keep_colors:
            from styleplug.image.luma import recoloured

            after = recoloured(after, before)
        # In place, for pictures may be large.
        image = after - before
        image *= before.dtype.type(request.config.strength)
        image += before
        image.clip(0, 1, out=image)
        return replace(result, image=image, alpha=request.alpha)

    def _checked(self, result: StylizeResult) -> StylizeResult:
        """The result, whose picture is one."""
        from styleplug.image.samples import is_finite

        image = result.image
        if image.ndim != 3 or image.shape[2] != 3 or 0 in image.shape or image.dtype != "float32":
            raise PluginError(self._painters(), f"painted {image.shape} {image.dtype}")
        if not is_finite(image):
            raise PluginError(self._painters(), "painted no numbers")
        return result

    def _painters(self) -> str:
        """The plug-ins of others that paint, one of which did; or our own."""
        hooks = self._manager.hook.styleplug_stylize.get_hookimpls()
        names = {hook.plugin_name for hook in hooks if not hook.wrapper}
        return " or ".join(sorted(names - {OWN_PLUGIN})) or OWN_PLUGIN

    def _sources(self) -> dict[str, str]:
        """The plug-in of each filter by name; to ask is work for all of them, so only errors do."""
        return {filter.name: filter.source for filter in offered_filters(self._manager)}
