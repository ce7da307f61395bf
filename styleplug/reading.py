"""Reading a picture that a command or a batch is given."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from styleplug.image.picture import Picture

_log = logging.getLogger("styleplug")


def read_picture(path: Path) -> Picture:
    """The picture in a file; what a person should know of how it was read is said.

    Raises:
        ImageError: the file can't be read.
    """
    import styleplug

    picture = styleplug.read_image(path)
    for remark in picture.origin.remarks:
        _log.warning("%s %s", path, remark)
    return picture
