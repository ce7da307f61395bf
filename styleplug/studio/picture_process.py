"""A process that reads pictures for a service, makes them small, and sends small ones through
filters: so that a picture that is made to harm can harm no more than this process.

The service starts it as `python -P -m styleplug.studio.picture_process`, writes a task to its
standard input, one line of JSON, and reads the answer, another. It ends with its input.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Mapping
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from styleplug.errors import ImageError, ImageTooLargeError, StyleplugError
from styleplug.runtime.memory import memory_errors

if TYPE_CHECKING:
    from PIL import Image

    from styleplug.image.picture import Picture

BASE_SIDE = 1024
"""Longest side of the small copy that is kept of each picture, from which smaller ones are made."""
FILTERED_SIDE = 256
"""Longest side at which small pictures are filtered: at less, strokes look coarser than they are
on the whole picture."""
_NICENESS = 2


def main() -> None:
    """Do tasks until there are no more."""
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # what libraries print is for people
    if sys.platform != "win32":
        os.nice(_NICENESS)
    _warm_up()
    with suppress(BrokenPipeError):  # the service has gone
        for line in sys.stdin.buffer:
            answers.write(json.dumps(_answer(json.loads(line))) + "\n")
            answers.flush()


def _warm_up() -> None:
    """Load what tasks need, before there is one."""
    import styleplug
    from styleplug.errors import MissingDependencyError

    with suppress(MissingDependencyError):  # pictures are made small without it, too
        from styleplug.runtime.providers import import_onnxruntime

        import_onnxruntime()
    styleplug.list_formats()
    import_module("styleplug.image.read")


def _answer(task: Mapping[str, Any]) -> dict[str, Any]:
    try:
        with memory_errors():
            return {"answer": _TASKS[task["task"]](task)}
    except ImageError as error:
        return _failure(error.about(task["name"]) if error.path is not None else error)
    except StyleplugError as error:
        return _failure(error)


def _failure(error: StyleplugError) -> dict[str, Any]:
    return {"code": error.code, "message": str(error)}


def _take_in(task: Mapping[str, Any]) -> dict[str, Any]:
    """Look at the picture `path`, and write its small copy to `base`."""
    import styleplug

    picture = styleplug.read_image(task["path"])
    width, height = picture.size
    if width * height > task["most_pixels"]:
        most = f"{task['most_pixels'] / 1e6:.0f} megapixels that are accepted here"
        raise ImageTooLargeError(task["path"], f"has more than the {most}; use a smaller copy")
    _save(_small(picture, BASE_SIDE), Path(task["base"]))
    return {"width": width, "height": height, "has_alpha": picture.alpha is not None}


def _shrink(task: Mapping[str, Any]) -> None:
    """Write the picture `path` to `output`, its longest side at most `size`."""
    import styleplug

    picture = styleplug.read_image(task["path"])
    _save(_small(picture, task["size"]), Path(task["output"]))


def _filter(task: Mapping[str, Any]) -> None:
    """Write the picture `path` through `filter` to `output`, its longest side at most `size`."""
    import styleplug

    size = task["size"]
    picture = _small(styleplug.read_image(task["path"]), max(size, FILTERED_SIDE))
    result = styleplug.apply_filter(picture, task["filter"]).to_pil()
    result.thumbnail((size, size))
    _save(_opaque(result), Path(task["output"]))


def _mask(task: Mapping[str, Any]) -> bool:
    """Write a mask of the persons in the picture `path` to `output`, if there are any."""
    import styleplug
    from styleplug.image.masks import mask_picture

    found = styleplug.find_part(task["path"], "person")
    if found is not None:
        _save(mask_picture(found).to_pil(), Path(task["output"]))
    return found is not None


def _small(picture: Picture, longest: int) -> Image.Image:
    """A picture of 8 bits whose longest side is as given, unless it is smaller anyway: by a filter
    that is quick first, and good then."""
    from PIL import Image

    image = picture.to_pil()
    image.thumbnail((longest, longest), Image.Resampling.LANCZOS, reducing_gap=3)
    return image


def _opaque(image: Image.Image) -> Image.Image:
    """For JPEG, on white."""
    from PIL import Image

    if image.mode == "RGB":
        return image
    white = Image.new("RGBA", image.size, "white")
    return Image.alpha_composite(white, image).convert("RGB")


def _save(image: Image.Image, path: Path) -> None:
    """Write a picture whole or not at all; in the format of its name, quickly rather than small."""
    from styleplug.atomic import written_atomically

    options: dict[str, Any] = {"quality": 88} if path.suffix == ".jpg" else {"compress_level": 1}
    with written_atomically(path) as file:
        image.save(file, "JPEG" if path.suffix == ".jpg" else "PNG", **options)


_TASKS: Mapping[str, Callable[[Mapping[str, Any]], Any]] = {
    "take in": _take_in,
    "shrink": _shrink,
    "filter": _filter,
    "mask": _mask,
}


if __name__ == "__main__":
    main()
