"""The user's own filters."""

import logging
from dataclasses import replace

from random_filters import random_filters

from styleplug.filters.collection import style_file, user_styles
from styleplug.filters.style import write_style


def test_there_are_none_at_first():
    assert user_styles() == ()


def test_styles_are_listed_by_name_and_damaged_ones_left_out(caplog):
    for style in random_filters("wave", "ember").styles:
        write_style(style, style_file(style.name))
    style_file("broken").write_bytes(b"no style")
    style_file("Not A Name").write_bytes(b"not ours")
    with caplog.at_level(logging.WARNING):
        assert [style.name for style in user_styles()] == ["ember", "wave"]
    assert [str(style_file("broken")) in record.getMessage() for record in caplog.records] == [True]


def test_a_style_goes_by_the_name_of_its_file():
    (style,) = random_filters("wave").styles
    write_style(style, style_file("renamed"))
    assert [found.name for found in user_styles()] == ["renamed"]
    assert replace(user_styles()[0], name="wave").description == style.description
