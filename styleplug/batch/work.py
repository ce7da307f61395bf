"""What a batch does to each picture: as `styleplug stylize` and `styleplug filter` do to one."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

import styleplug
from styleplug.config import INITS, MACHINE_OPTIONS, FilterConfig, StylizeConfig
from styleplug.reading import read_picture

if TYPE_CHECKING:
    from styleplug.events import Event


@dataclass(frozen=True)
class Painting:
    """Paint pictures in the manner of paintings.

    Args:
        preset: what the config began with.
        config: how to paint; of a file that `init` names, the absolute path.
        paintings: absolute paths.
        strip: leave out metadata and sidecars.
        like: the picture that all of it was taken from, if there is one.
    """

    preset: str
    config: StylizeConfig
    paintings: tuple[Path, ...]
    strip: bool
    like: Path | None = None

    @property
    def inputs(self) -> tuple[Path, ...]:
        """The files that are read for it besides each picture; none is ever written over."""
        return (*self._sources, *([self.like] if self.like else []))

    @property
    def may_use_gpu(self) -> bool:
        """Whether a GPU would be used where there is one."""
        return self.config.device != "cpu"

    def digest(self) -> str:
        """The same for all that comes to the same pictures: hexadecimal."""
        from styleplug.recipe import Source

        sources = [vars(Source.of(file)) for file in self._sources]
        options = {**vars(self.config), "preset": self.preset, "strip": self.strip}
        return _digest(options, files=sources)

    @property
    def _sources(self) -> tuple[Path, ...]:
        init = () if self.config.init in INITS else (Path(self.config.init),)
        return (*self.paintings, *init)

    def apply(self, photo: Path, output: Path, on_event: Callable[[Event], None]) -> None:
        """Paint one picture.

        Raises:
            StyleplugError: it can't be done; nothing is written then.
        """
        from styleplug.recipe import Recipe
        from styleplug.results import write_result

        photograph, *paintings = [read_picture(path) for path in (photo, *self.paintings)]
        recipe = Recipe.planned(self.config, self.preset, photo, self.paintings)
        result = styleplug.stylize(photograph, paintings, self.config, on_event)
        write_result(
            *(result, photograph, recipe.finished(result), output), overwrite=True, strip=self.strip
        )


@dataclass(frozen=True)
class Filtering:
    """Send pictures through a filter.

    Args:
        filter: its name, or a blend's.
        config: how to apply it.
        strip: leave out metadata and sidecars.
    """

    filter: str
    config: FilterConfig
    strip: bool = False

    inputs: ClassVar[tuple[Path, ...]] = ()
    may_use_gpu: ClassVar[bool] = True

    def digest(self) -> str:
        """The same for all that comes to the same pictures: hexadecimal."""
        return _digest({**vars(self.config), "filter": self.filter, "strip": self.strip})

    def apply(self, photo: Path, output: Path, on_event: Callable[[Event], None]) -> None:
        """Filter one picture.

        Raises:
            StyleplugError: it can't be done; nothing is written then.
        """
        from styleplug.recipe import FilterRecipe
        from styleplug.results import write_result

        photograph = read_picture(photo)
        recipe = FilterRecipe.planned(self.filter, self.config, photo)
        result = styleplug.apply_filter(photograph, self.filter, self.config, on_event)
        write_result(result, photograph, recipe, output, overwrite=True, strip=self.strip)


Work = Painting | Filtering


def _digest(options: dict[str, Any], **more: Any) -> str:
    kept = {name: value for name, value in options.items() if name not in MACHINE_OPTIONS}
    text = json.dumps({**kept, **more}, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()
