"""What was done to make a picture, as its XMP notes it, so that it can be made again.

Paths stay private: of files, the note has their names and their SHA-256.
"""

from __future__ import annotations

import hashlib
import logging
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from styleplug import __version__
from styleplug.config import INITS, MACHINE_OPTIONS, FilterConfig, StylizeConfig
from styleplug.errors import ConfigError, UnreadableImageError
from styleplug.image.metadata.rdf import Value, from_rdf, to_rdf
from styleplug.image.metadata.xmp import Packet

if TYPE_CHECKING:
    from styleplug.hookspecs import StylizeResult
    from styleplug.image.metadata.blocks import Metadata

NAMESPACE = "urn:x-styleplug:recipe/1#"
PREFIX = "styleplug"

_log = logging.getLogger("styleplug")


@dataclass(frozen=True)
class Source:
    """A file that a picture was made from: its name, and its SHA-256 in hexadecimal, which is empty
    where the file can't be read twice, as a pipe can't."""

    name: str
    sha256: str

    @classmethod
    def of(cls, path: Path) -> Source:
        """The file at a path; whoever uses it says so where it is missing."""
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
            if self.sha256 and Source.of(path) == self:
                return path
        raise UnreadableImageError(
            self.name,
            f"the picture was made with this file, which isn't found, or has changed; {remedy}",
        )


@dataclass(frozen=True)
class Recipe:
    """What was done to make a picture.

    Args:
        version: of styleplug.
        preset: that the options began with.
        options: the fields of `StylizeConfig` that aren't None, as texts; of the file that `init`
            may name, only the file's name.
        photograph: what was painted.
        paintings: in whose manner.
        initial: what `init` names, if that is a file.
        backbone, engine: the network that was used, and what computed the gradients.
        stopped: how it ended, as in `StylizeResult`.
    """

    version: str
    preset: str
    options: Mapping[str, str]
    photograph: Source
    paintings: tuple[Source, ...]
    initial: Source | None = None
    backbone: str = ""
    engine: str = ""
    stopped: str = ""

    @classmethod
    def planned(
        cls, config: StylizeConfig, preset: str, photograph: Path, paintings: Sequence[Path]
    ) -> Recipe:
        """What is about to be done, with the files as they are now."""
        values = {option.name: getattr(config, option.name) for option in fields(config)}
        options = {name: _as_text(value) for name, value in values.items() if value is not None}
        initial = None if config.init in INITS else Source.of(Path(config.init))
        if initial:
            options["init"] = initial.name
        sources = tuple(Source.of(painting) for painting in paintings)
        return cls(__version__, preset, options, Source.of(photograph), sources, initial)

    def finished(self, result: StylizeResult) -> Recipe:
        """What was done, once there is a result."""
        return replace(
            self,
            backbone=result.backbone,
            engine=result.engine,
            stopped=result.stopped,
        )

    @property
    def starts_from_file(self) -> bool:
        """Whether `init` was a file."""
        return self.options.get("init", INITS[0]) not in INITS

    def config(self, **options: Any) -> StylizeConfig:
        """The config that the picture was made with, with some options set otherwise.

        Backbone and engine are those that were used, and the device is left to this machine. Where
        `init` was a file, it is to be given: what a note says is never a path to open.

        Raises:
            ConfigError: an option that this version of styleplug doesn't have, or not with this
                value; or a file for `init` isn't given.
        """
        known = {option.name: option for option in fields(StylizeConfig)}
        recorded = {
            name: text for name, text in self.options.items() if name not in MACHINE_OPTIONS
        }
        for name, used in (("backbone", self.backbone), ("engine", self.engine)):
            if used in known[name].metadata["choices"]:
                recorded[name] = used
        if self.starts_from_file and "init" not in options:
            raise ConfigError("init", recorded["init"], "a file of yours; give it with --init")
        values = {}
        for name, text in recorded.items():
            if name not in known:
                raise ConfigError(
                    name, text, f"an option; styleplug {self.version} made this picture, use that"
                )
            values[name] = _from_text(name, text, str(known[name].type))
        return StylizeConfig.from_options(values, **options)

    def embed_in(self, metadata: Metadata) -> Metadata:
        """The metadata with this note in the XMP packet, in the place of an earlier one."""
        return _noted(metadata, list(self._values()))

    def _values(self) -> Iterable[tuple[str, Value]]:
        yield "Version", self.version
        yield "Preset", self.preset
        yield "Options", self.options
        yield "Photograph", vars(self.photograph)
        yield "Paintings", [vars(painting) for painting in self.paintings]
        if self.initial:
            yield "Initial", vars(self.initial)
        yield "Backbone", self.backbone
        yield "Engine", self.engine
        yield "Stopped", self.stopped


@dataclass(frozen=True)
class FilterRecipe:
    """Which filter a picture went through, and how.

    Args:
        version: of styleplug.
        filter: its name, or a blend's.
        options: the fields of `FilterConfig`, as texts.
        photograph: what was filtered.
    """

    version: str
    filter: str
    options: Mapping[str, str]
    photograph: Source

    @classmethod
    def planned(cls, filter: str, config: FilterConfig, photograph: Path) -> FilterRecipe:
        """What is about to be done, with the file as it is now."""
        options = {option.name: _as_text(getattr(config, option.name)) for option in fields(config)}
        return cls(__version__, filter, options, Source.of(photograph))

    def embed_in(self, metadata: Metadata) -> Metadata:
        """As `Recipe.embed_in`."""
        values: dict[str, Value] = {
            "Version": self.version,
            "Filter": self.filter,
            "Options": self.options,
            "Photograph": vars(self.photograph),
        }
        return _noted(metadata, list(values.items()))


def recipe_in(packet: bytes | None) -> Recipe | FilterRecipe | None:
    """The recipe that an XMP packet notes; None where there is none, or no whole one."""
    if not packet:
        return None
    try:
        found = {
            element.tag.rpartition("}")[2]: from_rdf(element)
            for element in Packet(packet).elements(NAMESPACE)
        }
        return _filter_recipe(found) if "Filter" in found else _recipe(found)
    except (KeyError, ValueError):
        return None


def _recipe(found: Mapping[str, Value]) -> Recipe:
    initial = found.get("Initial")
    return Recipe(
        version=_text(found["Version"]),
        preset=_text(found["Preset"]),
        options=_texts(found["Options"]),
        photograph=_source(found["Photograph"]),
        paintings=tuple(_source(painting) for painting in _list(found["Paintings"])),
        initial=_source(initial) if initial is not None else None,
        backbone=_text(found["Backbone"]),
        engine=_text(found["Engine"]),
        stopped=_text(found["Stopped"]),
    )


def _filter_recipe(found: Mapping[str, Value]) -> FilterRecipe:
    return FilterRecipe(
        version=_text(found["Version"]),
        filter=_text(found["Filter"]),
        options=_texts(found["Options"]),
        photograph=_source(found["Photograph"]),
    )


def _noted(metadata: Metadata, values: Sequence[tuple[str, Value]]) -> Metadata:
    try:
        whole = _described(Packet(metadata.xmp) if metadata.xmp else Packet.empty(), values)
    except ValueError as error:  # it can't be read, or the note is too much for it
        _log.warning("the photograph's XMP data are left out (%s)", error)
        whole = _described(Packet.empty(), values)
    return replace(metadata, xmp=whole.data)


def _described(whole: Packet, values: Iterable[tuple[str, Value]]) -> Packet:
    """The packet with a note of ours, in the place of an earlier one."""
    whole = whole.without(lambda prop: prop.name.startswith(f"{NAMESPACE} "))
    xml = "".join(f"\n   {to_rdf(f'{PREFIX}:{name}', value, PREFIX)}" for name, value in values)
    return whole.with_properties({PREFIX: NAMESPACE}, f"{xml}\n  ".encode())


def _as_text(value: object) -> str:
    if isinstance(value, Mapping):
        return ",".join(f"{layer}={weight!r}" for layer, weight in value.items())
    return str(value)


def _from_text(name: str, text: str, kind: str) -> Any:
    """The value of an option of a kind, a field's type as it is written."""
    if kind == "bool" and text in ("True", "False"):
        return text == "True"
    try:
        return {"int": int, "float": float, "float | None": float, "bool": float}.get(kind, str)(
            text
        )
    except ValueError:
        raise ConfigError(name, text, f"what an option of type {kind} can be") from None


def _source(value: Value) -> Source:
    """A name with folders in it would lead somewhere else, so it is cut down to the file's."""
    fields = _structure(value)
    name = Path(_text(fields["name"])).name
    if not name:
        raise ValueError("a file without a name")
    return Source(name, _text(fields["sha256"]))


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
