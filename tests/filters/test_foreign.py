"""Keeping a model of others, and what is said of it."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from onnx_filters import picture_model

from styleplug.errors import FilterError
from styleplug.filters import foreign
from styleplug.filters.folder import FACTS, MODEL, user_file
from styleplug.filters.foreign import Facts

SAID = Facts("Somebody's négatif", "0..1", "0..1")


@pytest.fixture
def model(tmp_path: Path) -> Path:
    return picture_model(tmp_path / "model.onnx")


def test_a_copy_is_kept(model: Path) -> None:
    foreign.add(model, "negative", SAID)
    model.unlink()
    assert foreign.read_facts(user_file("negative", FACTS)) == SAID
    picture = np.full((8, 8, 3), 0.25, np.float32)
    result = foreign.read_model("negative").filtered(picture, device="cpu")
    np.testing.assert_allclose(result, 0.75, atol=1e-6)


def test_what_cant_be_used_isnt_kept(model: Path, tmp_path: Path) -> None:
    with pytest.raises(FilterError, match=r"model\.onnx: .*--output-range 0\.\.1"):
        foreign.add(model, "negative", Facts("", "0..1", "0..255"))
    with pytest.raises(FilterError, match=r"nothing\.onnx: can't be read"):
        foreign.add(tmp_path / "nothing.onnx", "negative", SAID)
    with pytest.raises(FilterError, match="can't be read"):
        foreign.add(tmp_path, "negative", SAID)
    assert not user_file("negative", FACTS).parent.exists()


def test_a_file_that_is_too_large_isnt_read(model: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(foreign, "LARGEST_FILE", 10)
    with pytest.raises(FilterError, match="it has more than 0 MB"):
        foreign.add(model, "negative", SAID)


@pytest.mark.parametrize(
    "damage",
    [
        "",
        "[]",
        "[" * 10_000,
        "{}",
        json.dumps({"description": 1, "input_range": "0..1", "output_range": "0..1"}),
        json.dumps({"description": "", "input_range": "0..2", "output_range": "0..1"}),
        json.dumps({"description": "", "input_range": "0..1", "output_range": []}),
    ],
)
def test_damaged_facts_are_named(damage: str, model: Path) -> None:
    foreign.add(model, "negative", SAID)
    user_file("negative", FACTS).write_text(damage)
    with pytest.raises(FilterError, match=r"negative\.json: is damaged .*add the model again"):
        foreign.read_model("negative")


def test_a_missing_copy_is_named(model: Path) -> None:
    foreign.add(model, "negative", SAID)
    user_file("negative", MODEL).unlink()
    with pytest.raises(FilterError, match=r"negative\.onnx: can't be read"):
        foreign.read_model("negative")
