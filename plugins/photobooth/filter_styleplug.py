"""styleplug's filters in photobooth-app.

The host imports this module when it starts, unguarded, and asks it once which filters there are. So
styleplug is imported inside functions, and whatever is wrong with it ends in a line of the host's
log.
"""

from __future__ import annotations

import logging
import re
import threading
from functools import lru_cache
from pathlib import Path

from photobooth import CONFIG_PATH
from photobooth.plugins import hookimpl
from photobooth.plugins.base_plugin import BaseFilter
from photobooth.services.config.baseconfig import BaseConfig
from PIL import Image
from pydantic import Field
from pydantic_settings import SettingsConfigDict

PREVIEW_SIZE = 320
"""Longest side of a preview, pixels; the host's page shows them smaller."""

_log = logging.getLogger(__name__)
_one_preview = threading.Lock()
"""The host's page asks for the previews of all filters at once."""


class FilterStyleplugConfig(BaseConfig):
    """What the host's admin page offers, and keeps in a file."""

    model_config = SettingsConfigDict(
        title="styleplug's filters",
        json_file=f"{CONFIG_PATH}plugin_filter_styleplug.json",
        env_prefix="filter-styleplug-",
    )

    strength: float = Field(
        default=1.0,
        ge=0,
        le=1,
        multiple_of=0.05,
        description="How much of the filtered picture to take, the rest from the photograph.",
        json_schema_extra={"ui_schema_extra": {"slider": True}},
    )


class FilterStyleplug(BaseFilter[FilterStyleplugConfig]):
    """What the host registers: it finds the class by the module's name."""

    def __init__(self) -> None:
        super().__init__()
        self._config = FilterStyleplugConfig()
        self._names: list[str] = []
        self._problem: BaseException | None = None
        try:
            import styleplug

            self._names = [filter.name for filter in styleplug.list_filters()]
        except (Exception, SystemExit) as error:  # whatever it is, the host has to start
            self._problem = error

    @hookimpl
    def start(self) -> None:
        """Say what there is; the host has no log before."""
        if self._problem is not None:
            _log.error("no filters of styleplug, which can't be used: %r", self._problem)
        else:
            _log.info("filters of styleplug: %s", ", ".join(self._names) or "none")

    @hookimpl
    def mp_avail_filter(self) -> list[str]:
        """The filters that the host's settings may name."""
        return [self.unify(name) for name in sorted({*self._names, *_names_in_settings()})]

    @hookimpl(tryfirst=True)
    def mp_userselectable_filter(self) -> list[str]:
        """The filters that guests may choose; before the host's own, whose forty fill its page."""
        return [self.unify(name) for name in self._names]

    @hookimpl
    def mp_filter_pipeline_step(
        self, image: Image.Image, plugin_filter: str, preview: bool
    ) -> Image.Image | None:
        """The picture, filtered; None where the filter is another plug-in's.

        A preview that fails is an error, which the host shows. A picture that can't be filtered is
        returned as it is: at an error, the host drops the photograph that it has just taken.
        """
        name = self.deunify(plugin_filter)
        if name is None:
            return None
        strength = self._config.strength
        if preview:
            return _preview(image, name, strength)
        try:
            return _filtered(image, name, strength)
        except Exception as error:
            _log.error("filter %s has failed, and the picture is as it was: %r", name, error)
            return image


def _names_in_settings() -> list[str]:
    """The filters of ours that the host's settings name, whether they are there or not.

    The host doesn't start with settings that name a filter which it can't have.
    """
    try:
        text = Path(CONFIG_PATH, "config.json").read_text(encoding="utf-8", errors="replace")
    except OSError:  # the host has none before its first settings
        return []
    return re.findall(r'"FilterStyleplug\.([^".]+)"', text)


def _filtered(image: Image.Image, name: str, strength: float) -> Image.Image:
    try:
        import styleplug

        config = styleplug.FilterConfig(strength=strength)
        return styleplug.apply_filter(image, name, config).to_pil()
    except SystemExit as error:  # which would end the host
        raise RuntimeError(f"styleplug, or a plug-in of it, has raised {error!r}") from error


def _preview(image: Image.Image, name: str, strength: float) -> Image.Image:
    small = image.convert("RGBA" if image.has_transparency_data else "RGB")
    small.thumbnail((PREVIEW_SIZE, PREVIEW_SIZE))
    with _one_preview:
        kept = _filtered_pixels(small.mode, small.size, small.tobytes(), name, strength)
    return kept.copy()  # for the host may draw on it


@lru_cache(maxsize=64)
def _filtered_pixels(
    mode: str, size: tuple[int, int], pixels: bytes, name: str, strength: float
) -> Image.Image:
    """The last ones are kept; each takes half a megabyte at most."""
    return _filtered(Image.frombytes(mode, size, pixels), name, strength)
