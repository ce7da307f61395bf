"""The sheet of thumbnails."""

from __future__ import annotations

import logging

import numpy as np
import pytest
from PIL import Image

from styleplug.cli.ui.contact_sheet import GAP, LABEL_HEIGHT, SHOWN_SIDE
from styleplug.cli.ui.sheet import sheet
from styleplug.hookspecs import Filter
from styleplug.image.picture import Picture

GREY = Picture(np.full((60, 120, 3), 0.25, np.float32))
ACROSS, DOWN = SHOWN_SIDE + GAP, SHOWN_SIDE // 2 + LABEL_HEIGHT + GAP


def cell(paper: Image.Image, column: int, row: int) -> np.ndarray:
    """What lies over and under a place's label, without the label."""
    left, top = GAP + column * ACROSS, GAP + row * DOWN
    return np.asarray(paper.crop((left, top, left + SHOWN_SIDE, top + SHOWN_SIDE // 2)))


def label(paper: Image.Image, column: int, row: int) -> np.ndarray:
    left, top = GAP + column * ACROSS, GAP + row * DOWN + SHOWN_SIDE // 2
    return np.asarray(paper.crop((left - GAP, top, left + SHOWN_SIDE + GAP, top + LABEL_HEIGHT)))


def test_each_picture_stands_over_its_name(negative: None) -> None:
    paper = sheet(GREY, [Filter("negative", "Light for dark")])
    assert paper.size == (2 * ACROSS + GAP, DOWN + GAP)
    assert np.unique(cell(paper, 0, 0)).tolist() == [64]
    assert np.unique(cell(paper, 1, 0)).tolist() == [191]
    for column in range(2):
        assert label(paper, column, 0).min() < 100, "there is a name"


def test_a_filter_that_fails_is_left_out(negative: None, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        paper = sheet(GREY, [Filter("gone", ""), Filter("negative", "")])
    assert np.unique(cell(paper, 1, 0)).tolist() == [191]
    assert "'gone'" in caplog.text


def test_a_long_name_is_cut(negative: None, monkeypatch: pytest.MonkeyPatch) -> None:
    tall = Picture(np.full((120, 30, 3), 0.25, np.float32))
    paper = sheet(tall, [Filter("negative", "")])
    assert paper.size == (2 * (80 + GAP) + GAP, SHOWN_SIDE + LABEL_HEIGHT + 2 * GAP)
    between = np.asarray(paper)[GAP + SHOWN_SIDE :, GAP + 80 : 2 * GAP + 80]
    assert between.min() == 255, "names keep to their pictures"


def test_what_is_transparent_shows_the_paper(negative: None) -> None:
    alpha = np.ones((60, 120), np.float32)
    alpha[:, :60] = 0
    paper = sheet(Picture(GREY.pixels, alpha), [])
    assert cell(paper, 0, 0)[40, 40].tolist() == [255, 255, 255]
    assert cell(paper, 0, 0)[40, 280].tolist() == [64, 64, 64]
