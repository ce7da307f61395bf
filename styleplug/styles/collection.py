"""The collection: a folder for each painting of the user's, beside those that come with styleplug.

A user's style is the folder `styles/NAME` in the data folder. It holds the painting's file as it
was given, a thumbnail and `style.json`; it is made elsewhere and then renamed, so that nobody sees
half of one. Listing reads names and titles, and loads neither NumPy nor Pillow.
"""

from __future__ import annotations

import difflib
import json
import logging
import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from styleplug import pictures
from styleplug.errors import ConfigError, StyleError, StyleNotFoundError, UnreadableImageError
from styleplug.runtime.files import make_folder, user_data_folder
from styleplug.runtime.names import check_name, is_name

if TYPE_CHECKING:
    from styleplug.image.picture import Picture

THUMBNAIL_SIDE = 128

_RECORD, _THUMBNAIL = "style.json", "thumbnail.png"

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Style:
    """A painting that goes by a name.

    `path` is that of the painting's file, `thumbnail` that of a PNG whose longest side has at most
    128 pixels; both are absolute. `bundled` says that it comes with styleplug.
    """

    name: str
    title: str
    path: Path
    thumbnail: Path
    bundled: bool


def list_styles() -> tuple[Style, ...]:
    """Every style, by name; the user's own hides a bundled one of the same name.

    A damaged one is logged as a warning and left out.
    """
    styles = {style.name: style for style in (*_bundled(), *_own())}
    return tuple(styles[name] for name in sorted(styles))


def find_style(name: str) -> Style:
    """The style of this name.

    Raises:
        StyleNotFoundError: there is none; it names those that there are.
    """
    styles = {style.name: style for style in list_styles()}
    if name not in styles:
        raise StyleNotFoundError(name, _hint(name, styles), styles)
    return styles[name]


def painting_file(painting: str | os.PathLike[str]) -> Path:
    """The file of a painting that is given as a path or as a style's name; an existing file wins.

    Raises:
        UnreadableImageError: it is neither.
    """
    if os.path.isfile(painting):
        return Path(painting)
    styles = {style.name: style for style in list_styles()}
    name = os.fspath(painting)
    if name in styles:
        return styles[name].path
    if os.path.lexists(painting):
        return Path(painting)  # a folder, say; whoever reads it says what is wrong
    raise UnreadableImageError(
        painting, f"there is no such file, and no style of this name; {_hint(name, styles)}"
    )


def add_style(
    path: str | os.PathLike[str], name: str, title: str | None = None, overwrite: bool = False
) -> Style:
    """Copy a painting into the user's collection.

    Args:
        path: a picture of any format that styleplug reads; its bytes are kept as they are.
        name: lower-case letters, digits and single hyphens between them.
        title: one line for people; the name's words by default.
        overwrite: whether a style of this name may be replaced, or a bundled one hidden.

    Raises:
        ConfigError: the name or the title won't do, or the name is taken.
        ImageError: the file is no picture that can be read.
        StyleError: the collection can't be written to.
    """
    check_name(name)
    title = name.replace("-", " ").capitalize() if title is None else title.strip()
    if not title or not title.isprintable():
        raise ConfigError("title", title, "one line of text")
    target = _folder() / name
    taken = os.path.lexists(target) or name in pictures.PAINTINGS
    if taken and not overwrite:
        raise _taken(name)

    from styleplug.image.read import read_picture

    picture = read_picture(path)
    painting = "painting" + Path(path).suffix.lower()
    with _writing(name), _temporary_folder(target) as made:
        shutil.copyfile(path, made / painting)
        _write_thumbnail(picture, made / _THUMBNAIL)
        record = {"title": title, "painting": painting}
        (made / _RECORD).write_text(json.dumps(record), encoding="utf-8")
        _publish(made, target, overwrite)
    return Style(name, title, target / painting, target / _THUMBNAIL, bundled=False)


def remove_style(name: str) -> None:
    """Remove a style, even a damaged one, from the user's collection.

    Raises:
        StyleNotFoundError: there is none of this name.
        ConfigError: it comes with styleplug.
        StyleError: the collection can't be written to.
    """
    if is_name(name):
        with _writing(name):
            if _discard(_folder() / name):
                return
    if find_style(name).bundled:
        raise ConfigError("name", name, "one of your own; this style comes with styleplug")


def _folder() -> Path:
    return user_data_folder().absolute() / "styles"


def _bundled() -> Iterator[Style]:
    for name, (file, title) in pictures.PAINTINGS.items():
        thumbnail = pictures.path(f"thumbnails/{name}.png")
        yield Style(name, title, pictures.path(file), thumbnail, bundled=True)


def _own() -> Iterator[Style]:
    try:
        folders = [folder for folder in _folder().iterdir() if is_name(folder.name)]
    except FileNotFoundError:
        return
    except OSError as error:
        _log.warning("the styles in %s can't be read (%s)", _folder(), error.strerror)
        return
    for folder in folders:
        try:
            yield _read(folder)
        except (OSError, ValueError, KeyError, TypeError) as error:
            if folder.exists():  # otherwise another process has just removed it
                _log.warning(
                    "the style %s is damaged (%s); remove it with: styleplug styles remove %s",
                    *(folder, error, folder.name),
                )


def _read(folder: Path) -> Style:
    record = json.loads((folder / _RECORD).read_text(encoding="utf-8"))
    title, painting = record["title"], record["painting"]
    if not isinstance(title, str) or Path(painting).name != painting:
        raise ValueError(f"{_RECORD} makes no sense")
    for name in (painting, _THUMBNAIL):
        if not (folder / name).is_file():
            raise ValueError(f"{name} is missing")
    return Style(folder.name, title, folder / painting, folder / _THUMBNAIL, bundled=False)


def _taken(name: str) -> ConfigError:
    return ConfigError("name", name, "a new name, unless --overwrite is given")


def _hint(name: str, styles: dict[str, Style]) -> str:
    nearest = difflib.get_close_matches(name.lower(), styles, n=1)
    meant = f"did you mean {nearest[0]}? " if nearest else ""
    return f"{meant}there are: {', '.join(styles)}"


@contextmanager
def _writing(name: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise StyleError(name, f"{_folder()} can't be written ({error.strerror})") from error


@contextmanager
def _temporary_folder(target: Path) -> Iterator[Path]:
    """A new folder beside `target`; gone in the end, unless it was renamed."""
    make_folder(target.parent)
    folder = _beside(target)
    folder.mkdir()
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _publish(made: Path, target: Path, overwrite: bool) -> None:
    """Give a finished folder its name, which other processes may want, too."""
    while True:
        if overwrite:
            _discard(target)
        try:
            made.rename(target)
            return
        except OSError as error:
            if not os.path.lexists(target):
                raise
            if not overwrite:
                raise _taken(target.name) from error


def _discard(folder: Path) -> bool:
    """Take a folder away in one step, and then its files; returns whether it was there."""
    doomed = _beside(folder)
    try:
        folder.rename(doomed)
    except FileNotFoundError:
        return False
    shutil.rmtree(doomed)
    return True


def _beside(path: Path) -> Path:
    """A name that no style has."""
    return path.with_name(f".{path.name}.{secrets.token_hex(8)}")


def _write_thumbnail(picture: Picture, path: Path) -> None:
    from styleplug.image.picture import Picture
    from styleplug.image.resize import fitted

    side = min(THUMBNAIL_SIDE, max(picture.size))
    alpha = None if picture.alpha is None else fitted(picture.alpha, side)
    Picture(fitted(picture.pixels, side), alpha).to_pil().save(path)
