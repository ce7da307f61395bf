"""The table of formats says what their modules do."""

from __future__ import annotations

import pkgutil
from pathlib import Path

import numpy as np
import pytest

from styleplug.guard import OWN_PLUGIN
from styleplug.image import formats
from styleplug.image.formats import FORMATS, Format, codec_of
from styleplug.image.picture import Picture
from styleplug.image.write import write_picture
from styleplug.offers import offered_formats
from styleplug.plugins import plugin_manager

PICTURE = Picture(np.full((40, 48, 3), 0.5, np.float32))


def test_each_module_has_its_row() -> None:
    modules = {module.name for module in pkgutil.iter_modules(formats.__path__)}
    assert modules - {"codec"} == {format.name for format in FORMATS}


def test_none_is_left_out() -> None:
    own = [each.name for each in offered_formats(plugin_manager()) if each.source == OWN_PLUGIN]
    assert own == [format.name for format in FORMATS]


def test_no_extension_is_that_of_two() -> None:
    for kind in ("reads", "writes"):
        extensions = [extension for format in FORMATS for extension in getattr(format, kind)]
        assert len(extensions) == len(set(extensions))


@pytest.mark.parametrize("format", FORMATS, ids=lambda format: format.name)
def test_what_is_written_is_recognised(format: Format, tmp_path: Path) -> None:
    codec = codec_of(format)
    assert (codec.writer is not None) == bool(format.writes)
    for extension in format.writes:
        path = tmp_path / f"a{extension}"
        write_picture(PICTURE, path)
        recognised = [other for other in FORMATS if codec_of(other).matches(path.read_bytes())]
        assert recognised[0] is format
