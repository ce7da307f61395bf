"""Around each job, whichever plug-in does it and whoever asks for it: what all jobs have in common.

Observers are told, and a filter's picture is blended with the one that went in, and in a video with
what the frame before has become.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Generator
from dataclasses import replace
from typing import Any

import pluggy

from styleplug.errors import Cancelled, ConfigError, PluginError, StyleplugError
from styleplug.events import Event, Failed, Finished
from styleplug.guard import OWN_OBSERVERS, named
from styleplug.hookspecs import (
    FilterRequest,
    FilterResult,
    Job,
    StylizeRequest,
    StylizeResult,
    current_observer,
    hookimpl,
)
from styleplug.offers import offered_filters

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
            "styleplug_stylize", request, lambda result: result
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
        result: Any = None
        error: BaseException | None = None

        def observe(event: Event) -> None:
            self._notify("styleplug_progress", job=job, event=event)

        self._notify("styleplug_before_job", job=job)
        outer = current_observer.set(observe)
        try:
            with named(OWN_OBSERVERS, hook):
                result = finish((yield))
            request.notify(Finished(result))
            return result
        except BaseException as raised:
            result, error = None, raised
            if isinstance(error, StyleplugError):
                request.notify(Failed(error.code, str(error)))
            elif isinstance(error, Cancelled):
                request.notify(Failed("cancelled", "cancelled before there was a picture to keep"))
            raise
        finally:
            current_observer.reset(outer)
            self._notify("styleplug_after_job", job=job, result=result, error=error)

    def _notify(self, hook: str, **arguments: Any) -> None:
        """Call each plug-in's observer by itself: one that fails keeps no other from it."""
        for observer in reversed(getattr(self._manager.hook, hook).get_hookimpls()):
            try:
                observer.function(*(arguments[name] for name in observer.argnames))
            except KeyboardInterrupt:
                raise
            except BaseException as error:  # SystemExit would end the host without a word
                _log.warning(
                    "plug-in %s failed in %s (%r); the job goes on",
                    *(observer.plugin_name, hook, error),
                )

    def _blended(self, request: FilterRequest, result: FilterResult | None) -> FilterResult:
        """The filter's picture, mixed with the one before as the strength says."""
        if result is None:
            names = ", ".join(self._sources()) or "none is; plug-ins bring them"
            raise ConfigError("filter", request.filter, f"one that is installed ({names})")
        before, after = request.image, result.image
        if after.shape != before.shape:
            raise PluginError(
                self._sources().get(request.filter, request.filter),
                f"its filter gave {after.shape}, not {before.shape}",
            )
        from styleplug.image.picture import Picture
        from styleplug.image.recolour import recolour

        config = request.config
        painted, photograph = (Picture(one, request.alpha) for one in (after, before))
        palette = None if request.palette_image is None else Picture(request.palette_image)
        after = recolour(painted, photograph, config.colors, config.color_strength, palette)
        # In place, for pictures may be large.
        image = after - before
        image *= before.dtype.type(config.strength)
        if mask := request.mask:
            size = before.shape[:2]
            if mask.values.shape != size:
                _log.warning("%s", mask.scaling_note(size))
            image *= mask.at(size)[..., None]
        image += before
        if request.previous:
            request.previous.hold(image)
        image.clip(0, 1, out=image)
        return replace(result, image=image, alpha=request.alpha)

    def _sources(self) -> dict[str, str]:
        """The plug-in of each filter by name; to ask is work for all of them, so only errors do."""
        return {filter.name: filter.source for filter in offered_filters(self._manager)}
