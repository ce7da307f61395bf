"""A page that shows what became of a batch: one HTML file, with all that it needs inside."""

from __future__ import annotations

import base64
import html
import io
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from string import Template
from urllib.parse import quote

from styleplug.batch.journal import Journal, JournalEntry
from styleplug.batch.task import Stamp
from styleplug.errors import ImageError, PluginError

SIDE = 280
"""The longest side of a thumbnail, in pixels."""

_FAILURE = Template("<div><dt>$source</dt><dd>$problem</dd></div>\n")
_PICTURE = Template("""<figure>
<div>$before$after</div>
<figcaption><a href="$address">$name</a> <span>$seconds s</span></figcaption>
</figure>
""")
_NONE = Template('<div class="none">$why</div>')


def write_report(
    journal: Journal, folder: Path, path: Path, on_progress: Callable[[int, int], None]
) -> None:
    """Write the page of all pictures in a journal: failures first, then each one before and after.

    Every picture is read again, so that the page shows what is there.

    Args:
        journal: of the batch.
        folder: its output folder.
        path: of the page.
        on_progress: called with the pictures shown so far, and their number.

    Raises:
        OSError: the page can't be written; what was there stays.
    """
    from styleplug.atomic import written_atomically

    failed, done = list(journal.entries("failed")), list(journal.entries("done"))
    with written_atomically(path) as page:
        for part in _parts(failed, done, folder, path.parent, on_progress):
            page.write(part.encode())


def is_report(path: Path) -> bool:
    """Whether a file is such a page, which a new one may replace."""
    beginning = _head().template.partition("<meta http")[0].encode()
    if not os.path.isfile(path):  # a pipe would be waited for
        return False
    try:
        with path.open("rb") as file:
            return file.read(len(beginning)) == beginning
    except OSError:
        return False


def _head() -> Template:
    """The beginning of a page, which loads nothing from anywhere, whatever a file is called."""
    return Template(Path(__file__).with_suffix(".html").read_text(encoding="utf-8"))


def _parts(
    failed: list[JournalEntry],
    done: list[JournalEntry],
    folder: Path,
    beside: Path,
    on_progress: Callable[[int, int], None],
) -> Iterator[str]:
    yield _head().substitute(
        title=f"Pictures in {_shown(folder.name)}",
        summary=f"{_count(len(done), 'picture')} done, {len(failed)} failed",
    )
    if failed:
        yield "<h2>Failed</h2>\n<dl>\n"
        for entry in failed:
            yield _FAILURE.substitute(source=_shown(entry.source), problem=_shown(entry.problem))
        yield "</dl>\n"
    yield "<h2>Before and after</h2>\n<main>\n" if done else ""
    for number, entry in enumerate(done, start=1):
        output = folder / entry.relative_output
        yield _PICTURE.substitute(
            before=_before(entry),
            after=_thumbnail(output, "after"),
            address=_address(output, beside),
            name=_shown(entry.relative_output),
            seconds=f"{entry.seconds:.1f}",
        )
        on_progress(number, len(done))
    yield "</main>\n</body>\n</html>\n" if done else "</body>\n</html>\n"


def _before(entry: JournalEntry) -> str:
    """The thumbnail of the picture that was done; of no other, whatever file the journal names."""
    if Stamp.of(entry.source) not in (None, entry.source_stamp):
        return _NONE.substitute(why="changed since")
    return _thumbnail(entry.source, "before")


def _thumbnail(path: Path, when: str) -> str:
    """An image element that holds the picture, small; or a word that there is none."""
    import styleplug
    from styleplug.image.transparency import thumbnail

    try:
        picture = styleplug.read_image(path)
    except (ImageError, PluginError):  # moved or removed since
        return _NONE.substitute(why="not there")
    buffer = io.BytesIO()
    thumbnail(picture, SIDE).to_pil().save(buffer, "WEBP", quality=80)
    data = base64.b64encode(buffer.getvalue()).decode()
    return f'<img alt="{_shown(path.name)}, {when}" src="data:image/webp;base64,{data}">'


def _address(file: Path, beside: Path) -> str:
    """The address of a file, from a page in the folder `beside`."""
    try:
        return quote(os.fsencode(Path(os.path.relpath(file, beside)).as_posix()))
    except ValueError:  # on another drive
        return file.as_uri()


def _shown(text: Path | str | os.PathLike[str]) -> str:
    """Text that can stand anywhere in the page, whatever a file's name is made of."""
    return html.escape(str(text).encode("utf-8", "backslashreplace").decode())


def _count(number: int, word: str) -> str:
    return f"{number} {word}" if number == 1 else f"{number} {word}s"
