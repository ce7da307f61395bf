"""What is to be done to a picture, whoever asks for it: complete, frozen, and ready to be sent."""

from __future__ import annotations

import json
import os
from abc import ABC, abstractmethod
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self, TypeVar

from styleplug.config import DEFAULT_PRESET, MACHINE_OPTIONS, FilterConfig, StylizeConfig
from styleplug.jobs.provenance import FilterProvenance, Provenance, SourceFile, StylizeProvenance

if TYPE_CHECKING:
    from styleplug.hookspecs import Checkpoint

_Config = TypeVar("_Config", StylizeConfig, FilterConfig)


@dataclass(frozen=True, kw_only=True)
class PictureJob(ABC):
    """Something to do to pictures, each for itself.

    Args:
        strip: leave out metadata, sidecars, and the note of how the picture was made.
    """

    strip: bool = False

    @property
    def pictures(self) -> tuple[Path, ...]:
        """The pictures that are read for it, besides the one that it is done to."""
        return ()

    @property
    def inputs(self) -> tuple[Path, ...]:
        """All files that are read for it, likewise; none is ever written over."""
        return self.pictures

    @property
    def may_use_gpu(self) -> bool:
        """Whether a GPU would be used where there is one."""
        return True

    def absolute(self) -> Self:
        """The job with absolute paths: the same for another process, in another folder."""
        return self

    @abstractmethod
    def provenance(self, photograph: SourceFile) -> Provenance:
        """The note of what is about to be done to a picture, with the files as they are now."""

    def digest(self) -> str:
        """The same for all jobs that come to the same pictures: hexadecimal."""
        import hashlib

        said = asdict(self.provenance(SourceFile("", "")))
        options = {
            name: text for name, text in said["options"].items() if name not in MACHINE_OPTIONS
        }
        # Another version's pictures are as good; and which picture it is makes no difference.
        del said["version"], said["photograph"]
        text = json.dumps(said | {"options": options, "strip": self.strip}, sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()


@dataclass(frozen=True)
class StylizeJob(PictureJob):
    """Paint pictures in the manner of paintings.

    Args:
        paintings: their files.
        config: how to paint.
        preset: what the config began with.
        like: the picture that all of it was taken from, if there is one.
        checkpoint: where to keep the state of the work, and to go on from.
    """

    paintings: tuple[Path, ...]
    config: StylizeConfig = field(default_factory=StylizeConfig)
    preset: str = DEFAULT_PRESET
    like: Path | None = None
    checkpoint: Checkpoint | None = None

    @property
    def pictures(self) -> tuple[Path, ...]:
        return self.paintings

    @property
    def inputs(self) -> tuple[Path, ...]:
        return tuple(
            path for path in (*self.paintings, *self.config.files().values(), self.like) if path
        )

    @property
    def may_use_gpu(self) -> bool:
        return self.config.device != "cpu"

    def absolute(self) -> Self:
        return replace(
            self,
            config=_absolute(self.config),
            paintings=tuple(Path(os.path.abspath(path)) for path in self.paintings),
            like=self.like and Path(os.path.abspath(self.like)),
        )

    def provenance(self, photograph: SourceFile) -> StylizeProvenance:
        return StylizeProvenance.planned(self.config, self.preset, photograph, self.paintings)


@dataclass(frozen=True)
class FilterJob(PictureJob):
    """Send pictures through a filter.

    Args:
        filter: its name, or a blend's.
        config: how to apply it.
    """

    filter: str
    config: FilterConfig = field(default_factory=FilterConfig)

    @property
    def inputs(self) -> tuple[Path, ...]:
        return (*super().inputs, *self.config.files().values())

    def absolute(self) -> Self:
        return replace(self, config=_absolute(self.config))

    def provenance(self, photograph: SourceFile) -> FilterProvenance:
        return FilterProvenance.planned(self.config, self.filter, photograph)


def _absolute(config: _Config) -> _Config:
    """The config with absolute paths."""
    paths: dict[str, Any] = {name: os.path.abspath(path) for name, path in config.files().items()}
    return replace(config, **paths)
