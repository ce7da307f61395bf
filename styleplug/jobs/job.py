"""What is to be done to a picture, whoever asks for it: complete, frozen, and ready to be sent."""

from __future__ import annotations

import json
import os
from abc import ABC, abstractmethod
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self, TypeVar

from styleplug.config import DEFAULT_PRESET, MACHINE_OPTIONS, FilterConfig, StylizeConfig
from styleplug.errors import UnreadableImageError
from styleplug.filter_region import FilterRegion, in_regions
from styleplug.jobs.provenance import FilterProvenance, Provenance, SourceFile, StylizeProvenance
from styleplug.painting import Painting
from styleplug.parts import Part, images_of, with_image

if TYPE_CHECKING:
    from styleplug.hookspecs import Checkpoint

_Config = TypeVar("_Config", StylizeConfig, FilterConfig)


@dataclass(frozen=True, kw_only=True)
class PictureJob(ABC):
    """Something to do to pictures, each for itself.

    Args:
        strip: leave out metadata, sidecars, and the note of how the picture was made.
        mask: where it is done, and how strongly, a grey picture, or a part that is found in each;
            None for everywhere. A mask of the picture may be a folder, with a mask for each picture
            that is called as that is.
    """

    strip: bool = False
    mask: Path | Part | None = None

    @property
    def pictures(self) -> tuple[Path, ...]:
        """The pictures that are read for it, besides the one that it is done to."""
        return images_of(self.mask)

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
        return replace(self, mask=with_image(self.mask, _absolute_path))

    def for_photo(self, photo: Path) -> Self:
        """The job with the masks of one picture in the place of folders of masks.

        Raises:
            UnreadableImageError: a folder has none, or several, for it.
        """
        return replace(self, mask=with_image(self.mask, partial(_mask_of, photo)))

    @abstractmethod
    def provenance(self, photograph: SourceFile) -> Provenance:
        """The note of what is about to be done to a picture, with the files as they are now."""

    def digest(self) -> str:
        """The same for all jobs that come to the same pictures: hexadecimal."""
        import hashlib

        said = self.provenance(SourceFile("", "")).as_json()
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
        paintings: their files, with what each is for.
        config: how to paint.
        preset: what the config began with.
        like: the picture that all of it was taken from, if there is one.
        checkpoint: where to keep the state of the work, and to go on from.
        weaker: strengths below the config's at which to paint them, too.
    """

    paintings: tuple[Painting[Path], ...]
    config: StylizeConfig = field(default_factory=StylizeConfig)
    preset: str = DEFAULT_PRESET
    like: Path | None = None
    checkpoint: Checkpoint | None = None
    weaker: tuple[float, ...] = ()

    @property
    def pictures(self) -> tuple[Path, ...]:
        paintings = (path for painting in self.paintings for path in painting.images)
        return (*paintings, *super().pictures)

    @property
    def inputs(self) -> tuple[Path, ...]:
        files = (*self.pictures, *self.config.files().values(), self.like)
        return tuple(path for path in files if path)

    @property
    def may_use_gpu(self) -> bool:
        return self.config.device != "cpu"

    def absolute(self) -> Self:
        return replace(
            super().absolute(),
            config=_absolute(self.config),
            paintings=tuple(painting.with_images(_absolute_path) for painting in self.paintings),
            like=self.like and _absolute_path(self.like),
        )

    def for_photo(self, photo: Path) -> Self:
        paintings = (
            replace(painting, region=with_image(painting.region, partial(_mask_of, photo)))
            for painting in self.paintings
        )
        return replace(super().for_photo(photo), paintings=tuple(paintings))

    def provenance(self, photograph: SourceFile) -> StylizeProvenance:
        return StylizeProvenance.planned(
            self.config, self.preset, photograph, self.paintings, self.mask
        )


@dataclass(frozen=True)
class FilterJob(PictureJob):
    """Send pictures through a filter.

    Args:
        filter: its name, or a blend's; or several, each in its region.
        config: how to apply it.
    """

    filter: str | tuple[FilterRegion[Path], ...]
    config: FilterConfig = field(default_factory=FilterConfig)

    @property
    def pictures(self) -> tuple[Path, ...]:
        regions = () if isinstance(self.filter, str) else self.filter
        return (*(path for region in regions for path in region.images), *super().pictures)

    @property
    def inputs(self) -> tuple[Path, ...]:
        return (*super().inputs, *self.config.files().values())

    def absolute(self) -> Self:
        filter = in_regions(self.filter, _absolute_path)
        return replace(super().absolute(), config=_absolute(self.config), filter=filter)

    def for_photo(self, photo: Path) -> Self:
        filter = in_regions(self.filter, partial(_mask_of, photo))
        return replace(super().for_photo(photo), filter=filter)

    def provenance(self, photograph: SourceFile) -> FilterProvenance:
        return FilterProvenance.planned(self.config, self.filter, photograph, self.mask)


def _absolute(config: _Config) -> _Config:
    """The config with absolute paths."""
    paths: dict[str, Any] = {name: os.path.abspath(path) for name, path in config.files().items()}
    return replace(config, **paths)


def _absolute_path(path: Path) -> Path:
    return Path(os.path.abspath(path))


def _mask_of(photo: Path, mask: Path) -> Path:
    """The mask itself, or of a folder the one in it that is called as the photograph is."""
    if not mask.is_dir():
        return mask
    found = sorted(path for path in mask.iterdir() if path.stem == photo.stem)
    if len(found) != 1:
        many = "there are several masks" if found else "there is no mask"
        # The picture's own fault, and not the folder's: others have their masks.
        raise UnreadableImageError(
            mask / f"{photo.stem}.png", f"{many} of this name, in any format, for {photo.name}"
        )
    return found[0]
