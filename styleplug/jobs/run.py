"""The one road of a job, from file to file or from pixels to pixels.

It is: check the places, read the pictures, call the public API, note how it was done, write.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import styleplug
from styleplug.config import StylizeConfig
from styleplug.errors import ImageError, StyleplugError, UnwritableImageError
from styleplug.filter_region import in_regions
from styleplug.jobs.job import FilterJob, PictureJob, StylizeJob
from styleplug.jobs.provenance import Provenance, SourceFile
from styleplug.parts import with_image

if TYPE_CHECKING:
    from styleplug.events import Event
    from styleplug.hookspecs import FilterResult, JobResult, PreviousFrame, StylizeResult
    from styleplug.image.picture import Picture

_log = logging.getLogger("styleplug")


def run_job(
    job: PictureJob, photo: Path, output: Path, on_event: Callable[[Event], None] | None = None
) -> None:
    """Do a job from file to file; a file that is there is replaced.

    Raises:
        StyleplugError: it can't be done; nothing is written then.
    """
    prepared = prepare(job, photo)
    prepared.write(prepared.run(on_event), output, overwrite=True)


def check_job(job: PictureJob, photo: Path, output: Path, *, overwrite: bool) -> None:
    """Make sure, before any work is done, that the picture of a job can be written.

    Args:
        photo: what the job is done to. Neither it nor an input of the job is ever written over.
        output: where the picture goes.
        overwrite: whether existing files may be replaced.

    Raises:
        UnreadableImageError: a sidecar can't be read.
        UnwritableImageError: the place or the format won't do, or is taken.
    """
    from styleplug.api import check_output
    from styleplug.image.sidecar import check_sidecars

    check_output(output, inputs=[photo, *job.inputs], overwrite=overwrite)
    if not job.strip:
        check_sidecars(photo, output, overwrite=overwrite)


def read_picture(path: Path) -> Picture:
    """The picture in a file; what a person should know of how it was read is logged.

    Raises:
        ImageError: the file can't be read.
    """
    picture = styleplug.read_image(path)
    for warning in picture.origin.warnings:
        _log.warning("%s %s", path, warning)
    return picture


def prepare(job: PictureJob, photo: Path, pictures: Iterable[Picture] | None = None) -> PreparedJob:
    """A job with all that it needs read, and its files noted before they may change.

    Args:
        photo: what it is done to.
        pictures: that one and the job's, in this order; they are read from their files otherwise.

    Raises:
        ImageError: a picture can't be read.
    """
    if pictures is None:
        job = job.for_photo(photo)
        pictures = map(read_picture, (photo, *job.pictures))
    photograph, *others = pictures
    provenance = None if job.strip else job.provenance(SourceFile.of(photo))
    return PreparedJob(job, photograph, tuple(others), provenance)


@dataclass(frozen=True)
class PreparedJob:
    """A job and its pictures, in memory.

    Args:
        others: those of `job.pictures`.
        provenance: the note of what is about to be done, None where it is left out.
    """

    job: PictureJob
    photograph: Picture
    others: tuple[Picture, ...]
    provenance: Provenance | None

    def run(
        self,
        on_event: Callable[[Event], None] | None = None,
        cancel: threading.Event | None = None,
        previous: PreviousFrame | None = None,
    ) -> StylizeResult | FilterResult:
        """Call the public API.

        Args:
            previous: of a frame of a video, what the one before has become.

        Raises:
            StyleplugError: it can't be done.
        """
        match self.job:
            case StylizeJob(config=config, checkpoint=checkpoint, mask=mask, weaker=weaker):
                others = iter(self.others)
                paintings = [
                    painting.with_images(lambda _: next(others)) for painting in self.job.paintings
                ]
                where = with_image(mask, lambda _: next(others))
                return styleplug.stylize(
                    *(self.photograph, paintings, config, on_event, cancel, checkpoint, where),
                    previous=previous,
                    weaker=weaker,
                )
            case FilterJob(filter=name, config=config, mask=mask):
                others = iter(self.others)
                filter = in_regions(name, lambda _: next(others))
                where = with_image(mask, lambda _: next(others))
                return styleplug.apply_filter(
                    self.photograph, filter, config, on_event, cancel, where, previous
                )
        raise TypeError(f"{type(self.job).__name__} is no job")

    def by_strength(
        self, result: StylizeResult
    ) -> Mapping[float, tuple[PreparedJob, StylizeResult]]:
        """The results of all strengths that were reached, each with a job of its own."""
        assert isinstance(self.job, StylizeJob)
        whole = {self.job.config.strength: result, **result.weaker}
        return {
            strength: (self._of_strength(self.job, strength), replace(painted, weaker={}))
            for strength, painted in whole.items()
        }

    def _of_strength(self, job: StylizeJob, strength: float) -> PreparedJob:
        note = self.provenance
        if note is not None:
            text = StylizeConfig.options()["strength"].format(strength)
            note = replace(note, options={**note.options, "strength": text})
        job = replace(job, config=replace(job.config, strength=strength), weaker=())
        return replace(self, job=job, provenance=note)

    def picture(self, result: JobResult) -> Picture:
        """The result's picture, with what the photograph's file holds besides, and the note."""
        from styleplug.image.metadata.blocks import Metadata

        picture = replace(self.photograph, pixels=result.image, alpha=result.alpha)
        if self.provenance is None:
            return picture.with_metadata(Metadata())
        note = self.provenance.finished(result)
        return picture.with_metadata(note.embed_in(picture.origin.metadata))

    def write(self, result: JobResult, output: Path, *, overwrite: bool) -> None:
        """Write the picture, and copy the photograph's sidecars.

        Raises:
            UnreadableImageError, UnwritableImageError: as of `check_job`.
        """
        picture = self.picture(result)
        styleplug.write_image(picture, output, overwrite=overwrite)
        self._copy_sidecars(picture, output, overwrite)

    def deliver(
        self, result: JobResult, output: Path, *, overwrite: bool
    ) -> tuple[Path, StyleplugError | None]:
        """Write the picture as `write` does, or wherever there is a place for it.

        Returns:
            Where it is; and what went wrong if it is elsewhere, or without its sidecars.

        Raises:
            UnwritableImageError: there is no place for it.
        """
        from styleplug.image.metadata.blocks import Metadata
        from styleplug.image.write import write_elsewhere

        picture = self.picture(result)
        try:
            styleplug.write_image(picture, output, overwrite=overwrite)
        except UnwritableImageError as error:
            place = write_elsewhere(output, partial(styleplug.write_image, picture))
            if place is None:  # because of what the format holds, perhaps
                plain = picture.with_metadata(Metadata())
                png = output.with_suffix(".png")
                place = write_elsewhere(png, partial(styleplug.write_image, plain))
            if place is None:
                raise
            return place, StyleplugError(f"{error}; the picture is {place} now")
        try:
            self._copy_sidecars(picture, output, overwrite)
        except ImageError as error:
            return output, StyleplugError(f"{error}; {output} is written without it")
        return output, None

    def _copy_sidecars(self, picture: Picture, output: Path, overwrite: bool) -> None:
        from styleplug.image.sidecar import copy_sidecars

        if picture.path and not self.job.strip:
            copy_sidecars(picture.path, output, picture.turn, overwrite=overwrite)
