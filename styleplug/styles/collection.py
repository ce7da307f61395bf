"""The collection: a folder for each painting of the user's, beside those that come with styleplug.

A user's style is the folder `styles/NAME` in the data folder. It holds the painting's file as it
was given, a thumbnail and `style.json`, which names both; it is made elsewhere and then renamed, so
that nobody sees half of one. One that is replaced gets new files beside the old ones, until a new
`style.json` takes the place of the old one. So there is the old style or the new one at every
moment, whatever ends the process. Listing reads names and titles, and loads neither NumPy nor
Pillow.
"""

from __future__ import annotations

import difflib
import json
import logging
import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import styleplug
from styleplug import pictures
from styleplug.errors import ConfigError, StyleError, StyleNotFoundError, UnreadableImageError
from styleplug.names import check_name, is_name
from styleplug.runtime.files import make_folder, read_whole, user_data_folder, write_atomically
from styleplug.runtime.locks import exclusive

if TYPE_CHECKING:
    from styleplug.image.picture import Picture

THUMBNAIL_SIDE = 128

_RECORD, _THUMBNAIL = "style.json", "thumbnail.png"
_MOST = 1_000_000  # bytes of a record

_DAMAGES = (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError)
"""What reading a record raises that isn't one."""

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
    return tuple(_by_name().values())


def find_style(name: str) -> Style:
    """The style of this name.

    Raises:
        StyleNotFoundError: there is none; it names those that there are.
    """
    styles = _by_name()
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
    styles = _by_name()
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
        path: a picture of any format that can be read; its bytes are kept as they are.
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
    _check_free(target, overwrite)

    picture = styleplug.read_image(path)
    with _writing(name):
        _check_free(target, overwrite)
        if _is_sound(target):
            _fill(target, f"-{secrets.token_hex(4)}", path, picture, title)
        else:
            with _temporary_folder(target) as made:
                _fill(made, "", path, picture, title)
                _discard(target)
                made.rename(target)
        return _read(target)


def remove_style(name: str) -> None:
    """Remove a style, even a damaged one, from the user's collection.

    Raises:
        StyleNotFoundError: there is none of this name.
        ConfigError: it comes with styleplug.
        StyleError: the collection can't be written to.
    """
    if is_name(name) and _folder().exists():
        with _writing(name):
            if _discard(_folder() / name):
                return
    if find_style(name).bundled:
        raise ConfigError("name", name, "one of your own; this style comes with styleplug")


def _by_name() -> dict[str, Style]:
    styles = {style.name: style for style in (*_bundled(), *_own())}
    return dict(sorted(styles.items()))


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
        with suppress(*_DAMAGES):
            yield _read(folder)
            continue
        try:  # again, for it may have been replaced while it was looked at
            yield _read(folder)
        except _DAMAGES as error:
            if folder.exists():  # otherwise another process has just removed it
                _log.warning(
                    "the style %s is damaged (%s); remove it with: styleplug styles remove %s",
                    *(folder, error, folder.name),
                )


def _read(folder: Path) -> Style:
    record = json.loads(read_whole(folder / _RECORD, _MOST).decode())
    title, files = record["title"], (record["painting"], record.get("thumbnail", _THUMBNAIL))
    if not isinstance(title, str) or any(Path(name).name != name for name in files):
        raise ValueError(f"{_RECORD} makes no sense")
    for name in files:
        if not (folder / name).is_file():
            raise ValueError(f"{name} is missing")
    painting, thumbnail = (folder / name for name in files)
    return Style(folder.name, title, painting, thumbnail, bundled=False)


def _is_sound(folder: Path) -> bool:
    try:
        _read(folder)
    except _DAMAGES:
        return False
    return True


def _check_free(target: Path, overwrite: bool) -> None:
    if (os.path.lexists(target) or target.name in pictures.PAINTINGS) and not overwrite:
        raise ConfigError("name", target.name, "a new name, unless --overwrite is given")


def _hint(name: str, styles: dict[str, Style]) -> str:
    nearest = difflib.get_close_matches(name.lower(), styles, n=1)
    meant = f"did you mean {nearest[0]}? " if nearest else ""
    return f"{meant}there are: {', '.join(styles)}"


@contextmanager
def _writing(name: str) -> Iterator[None]:
    """Keep others from changing the collection, and remove what killed processes left there."""
    try:
        make_folder(_folder())
        with exclusive(_folder().with_name("styles.lock"), "the styles"):
            for left in _folder().glob(".*.????????????????"):
                shutil.rmtree(left, ignore_errors=True)
            yield
    except OSError as error:
        raise StyleError(name, f"{_folder()} can't be written ({error.strerror})") from error


@contextmanager
def _temporary_folder(target: Path) -> Iterator[Path]:
    """A new folder beside `target`; gone in the end, unless it was renamed."""
    folder = _beside(target)
    folder.mkdir()
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _fill(
    folder: Path, mark: str, path: str | os.PathLike[str], picture: Picture, title: str
) -> None:
    """Put a style into a folder, the record last, and take out what was there before.

    `mark` keeps the names of its files from those of the style before.
    """
    from styleplug.image.transparency import thumbnail

    painting, small = f"painting{mark}{Path(path).suffix.lower()}", f"thumbnail{mark}.png"
    try:
        shutil.copyfile(path, folder / painting)
        thumbnail(picture, THUMBNAIL_SIDE).to_pil().save(folder / small)
        record = {"title": title, "painting": painting, "thumbnail": small}
        write_atomically(folder / _RECORD, json.dumps(record).encode())
    except BaseException:
        for name in (painting, small):
            (folder / name).unlink(missing_ok=True)
        raise
    for file in folder.iterdir():
        if file.name not in (_RECORD, painting, small):
            with suppress(OSError):  # Windows keeps what another process reads
                file.unlink()


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
