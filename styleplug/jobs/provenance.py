"""How a picture was made, as its XMP notes it, so that it can be made again.

Paths stay private: of files, the note has their names and their SHA-256.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from styleplug import __version__
from styleplug.config import MACHINE_OPTIONS, RENAMED, Config, FilterConfig, StylizeConfig
from styleplug.errors import ConfigError, UnreadableImageError
from styleplug.filter_region import FilterRegion, in_regions
from styleplug.options import File
from styleplug.painting import CROP, DEPTH, Painting
from styleplug.parts import Part, with_image

if TYPE_CHECKING:
    from styleplug.hookspecs import JobResult
    from styleplug.image.metadata.blocks import Metadata
    from styleplug.image.metadata.rdf import Value
    from styleplug.image.metadata.xmp import Packet

NAMESPACE = "urn:x-styleplug:recipe/1#"
PREFIX = "styleplug"

_log = logging.getLogger("styleplug")


@dataclass(frozen=True)
class SourceFile:
    """A file that a picture was made from: its name, and its SHA-256 in hexadecimal, which is empty
    where the file can't be read twice, as a pipe can't."""

    name: str
    sha256: str

    @classmethod
    def of(cls, path: Path) -> SourceFile:
        """The file at a path; whoever uses it says so where it is missing."""
        import hashlib

        # To open a pipe again would wait for ever. Of a name that no file can have, os.path says no
        # where Path raises.
        if not os.path.isfile(path):
            return cls(path.name, "")
        try:
            with path.open("rb") as file:
                return cls(path.name, hashlib.file_digest(file, "sha256").hexdigest())
        except OSError:
            return cls(path.name, "")

    def find(self, folders: Iterable[Path], remedy: str) -> Path:
        """The file of this name, and with this content, in one of some folders.

        Args:
            folders: where to look, the likeliest first.
            remedy: what to do if it isn't there.

        Raises:
            UnreadableImageError: it isn't there, or has changed.
        """
        for path in (folder / self.name for folder in folders):
            if self.sha256 and SourceFile.of(path) == self:
                return path
        raise UnreadableImageError(
            self.name,
            f"the picture was made with this file, which isn't found, or has changed; {remedy}",
        )


@dataclass(frozen=True)
class Provenance:
    """What any note says.

    Args:
        version: of styleplug.
        options: those of the config that aren't None, as texts.
        photograph: what the picture was made of.
    """

    version: str
    options: Mapping[str, str]
    photograph: SourceFile

    def finished(self, result: JobResult) -> Self:
        """What was done, once there is a result."""
        return self

    def as_json(self) -> dict[str, Any]:
        """What it says, as JSON can have it."""
        return asdict(self)

    def embed_in(self, metadata: Metadata) -> Metadata:
        """The metadata with this note in the XMP packet, in the place of an earlier one."""
        from styleplug.image.metadata.xmp import Packet

        values = [
            (_element(field.name), _to_value(getattr(self, field.name)))
            for field in fields(self)
            if getattr(self, field.name) is not None
        ]
        try:
            whole = _described(Packet(metadata.xmp) if metadata.xmp else Packet.empty(), values)
        except ValueError as error:  # it can't be read, or the note is too much for it
            _log.warning("the photograph's XMP data are left out (%s)", error)
            whole = _described(Packet.empty(), values)
        return replace(metadata, xmp=whole.data)


@dataclass(frozen=True)
class StylizeProvenance(Provenance):
    """How a picture was painted. Of files that options name, only the names are noted.

    Args:
        preset: that the options began with.
        paintings: in whose manner, and where.
        initial, palette: what `init` and `palette` name, if that is a file.
        mask: where it was painted, if not everywhere.
        backbone, engine: the network that was used, and what computed the gradients.
        stopped: how it ended, as in `StylizeResult`.
        variations: None but of a contact sheet: what each picture on it has otherwise, as texts by
            name (`styleplug.jobs.variations`).
    """

    preset: str
    paintings: tuple[Painting[SourceFile], ...]
    initial: SourceFile | None = None
    palette: SourceFile | None = None
    mask: SourceFile | Part | None = None
    backbone: str = ""
    engine: str = ""
    stopped: str = ""
    variations: tuple[Mapping[str, str], ...] | None = None

    @classmethod
    def planned(
        cls,
        config: StylizeConfig,
        preset: str,
        photograph: SourceFile,
        paintings: Sequence[Painting[Path]],
        mask: Path | Part | None,
    ) -> Self:
        """What is about to be done, with the files as they are now."""
        options, files = _texts_and_files(config)
        return cls(
            __version__,
            options,
            photograph,
            preset,
            tuple(painting.with_images(SourceFile.of) for painting in paintings),
            files.get("init"),
            files.get("palette"),
            with_image(mask, SourceFile.of),
        )

    def finished(self, result: JobResult) -> Self:
        return replace(
            self,
            **{name: getattr(result, name) for name in ("backbone", "engine", "stopped")},
        )

    def as_json(self) -> dict[str, Any]:
        values = super().as_json()
        paintings = [painting.pop("image") | painting for painting in values["paintings"]]
        return values | {"paintings": paintings}

    @property
    def files(self) -> Mapping[str, SourceFile | None]:
        """Those that options name, by option; None for one of which no more is known."""
        kinds, noted = StylizeConfig.options(), {"init": self.initial, "palette": self.palette}
        return {
            name: noted.get(name)
            for name, text in self.options.items()
            if isinstance(kind := kinds.get(name), File) and kind.names_file(text)
        }

    def config(self, **options: Any) -> StylizeConfig:
        """The config that the picture was made with, with some options set otherwise.

        Backbone and engine are those that were used, and what concerns the machine is left to this
        one. Files are to be given: what a note says is never a path to open.

        Raises:
            ConfigError: an option that this version of styleplug doesn't have, or not with this
                value; or a file isn't given.
        """
        known = StylizeConfig.options()
        known_once = {*known, *RENAMED}
        texts = {name: text for name, text in self.options.items() if name not in MACHINE_OPTIONS}
        if unknown := next((name for name in texts if name not in known_once), None):
            remedy = f"an option; styleplug {self.version} made this picture, use that"
            raise ConfigError(unknown, texts[unknown], remedy)
        for name, used in (("backbone", self.backbone), ("engine", self.engine)):
            if used in known[name].describe()["choices"]:
                texts[name] = used
        for name in self.files.keys() - options.keys():
            raise ConfigError(name, texts[name], f"a file of yours; give it with --{name}")
        return StylizeConfig.parse(texts, **options)


@dataclass(frozen=True)
class FilterProvenance(Provenance):
    """Which filter a picture went through, and how.

    Args:
        filter: its name, or a blend's; or several, each in its region.
        palette: as of `StylizeProvenance`.
        mask: where it acted, if not everywhere.
    """

    filter: str | tuple[FilterRegion[SourceFile], ...]
    palette: SourceFile | None = None
    mask: SourceFile | Part | None = None

    @classmethod
    def planned(
        cls,
        config: FilterConfig,
        filter: str | tuple[FilterRegion[Path], ...],
        photograph: SourceFile,
        mask: Path | Part | None,
    ) -> Self:
        """What is about to be done, with the files as they are now."""
        options, files = _texts_and_files(config)
        return cls(
            __version__,
            options,
            photograph,
            in_regions(filter, SourceFile.of),
            files.get("palette"),
            with_image(mask, SourceFile.of),
        )


def provenance_in(packet: bytes | None) -> StylizeProvenance | FilterProvenance | None:
    """The note in an XMP packet; None where there is none, or no whole one."""
    from styleplug.image.metadata.rdf import from_rdf
    from styleplug.image.metadata.xmp import Packet

    if not packet:
        return None
    try:
        found = {
            element.tag.rpartition("}")[2]: from_rdf(element)
            for element in Packet(packet).elements(NAMESPACE)
        }
        kind = FilterProvenance if _element("filter") in found else StylizeProvenance
        for name in ("initial", "palette", "mask", "variations"):
            found.setdefault(_element(name), "")
        names = [field.name for field in fields(kind)]
        return kind(**{name: _READERS[name](found[_element(name)]) for name in names})
    except (KeyError, ValueError):
        return None


def _texts_and_files(config: Config) -> tuple[dict[str, str], dict[str, SourceFile]]:
    """A config's options as texts, with names in the place of paths, and the files of these."""
    files = {name: SourceFile.of(path) for name, path in config.files().items()}
    return config.texts() | {name: file.name for name, file in files.items()}, files


def _element(field: str) -> str:
    return field.capitalize()


def _to_value(value: Any) -> Value:
    if isinstance(value, SourceFile):
        return vars(value)
    if isinstance(value, Painting):
        return vars(value.image) | {
            field.name: _to_value(given)
            for field in fields(value)
            if (given := getattr(value, field.name)) not in (field.default, value.image)
        }
    if isinstance(value, FilterRegion):
        where = {} if value.region is None else {"region": _to_value(value.region)}
        return {"name": value.filter, **where}
    if isinstance(value, float | bool):
        return str(value)
    return [_to_value(inner) for inner in value] if isinstance(value, tuple) else value


def _described(whole: Packet, values: Iterable[tuple[str, Value]]) -> Packet:
    """The packet with a note of ours, in the place of an earlier one."""
    from styleplug.image.metadata.rdf import to_rdf

    whole = whole.without(lambda prop: prop.name.startswith(f"{NAMESPACE} "))
    xml = "".join(f"\n   {to_rdf(f'{PREFIX}:{name}', value, PREFIX)}" for name, value in values)
    return whole.with_properties({PREFIX: NAMESPACE}, f"{xml}\n  ".encode())


def _source(value: Value) -> SourceFile:
    """A name with folders in it would lead somewhere else, so it is cut down to the file's."""
    fields = _structure(value)
    name = Path(_text(fields["name"])).name
    if not name:
        raise ValueError("a file without a name")
    return SourceFile(name, _text(fields["sha256"]))


def _place(value: Value) -> SourceFile | Part:
    return Part(value) if isinstance(value, str) else _source(value)


def _painting(value: Value) -> Painting[SourceFile]:
    fields = _structure(value)
    return Painting(
        _source(value),
        weight=float(_text(fields.get("weight", "1"))),
        depth=_text(fields.get("depth", DEPTH.default)),
        region=_place(fields["region"]) if "region" in fields else None,
        mask=_source(fields["mask"]) if "mask" in fields else None,
        by_color=fields.get("by_color") == "True",
        crop=_text(fields.get("crop", CROP.default)),
    )


def _filter(value: Value) -> str | tuple[FilterRegion[SourceFile], ...]:
    if isinstance(value, str):
        return value
    return tuple(
        FilterRegion(_text(one["name"]), _place(one["region"]) if "region" in one else None)
        for one in map(_structure, _list(value))
    )


def _text(value: Value) -> str:
    if not isinstance(value, str):
        raise ValueError("no text")
    return value


def _texts(value: Value) -> Mapping[str, str]:
    return {name: _text(text) for name, text in _structure(value).items()}


def _structure(value: Value) -> Mapping[str, Value]:
    if not isinstance(value, Mapping):
        raise ValueError("no structure")
    return value


def _list(value: Value) -> Sequence[Value]:
    if isinstance(value, str) or not isinstance(value, Sequence):
        raise ValueError("no list")
    return value


_READERS: Mapping[str, Callable[[Value], Any]] = {
    "version": _text,
    "options": _texts,
    "photograph": _source,
    "preset": _text,
    "paintings": lambda value: tuple(_painting(painting) for painting in _list(value)),
    **dict.fromkeys(("initial", "palette"), lambda value: _source(value) if value else None),
    "mask": lambda value: _place(value) if value else None,
    "backbone": _text,
    "engine": _text,
    "stopped": _text,
    "variations": lambda value: tuple(map(_texts, _list(value))) if value else None,
    "filter": _filter,
}
"""What makes a field of an element's value, or raises ValueError."""
