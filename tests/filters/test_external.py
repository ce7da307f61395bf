"""Keeping a model of others, and what is said of it."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import numpy as np
import pytest
from onnx_filters import picture_model

from styleplug.errors import FilterError
from styleplug.filters import external
from styleplug.filters.external import ExternalFilterSpec
from styleplug.filters.filter_function import FilterInput
from styleplug.filters.store import MODEL_SUFFIX, SPEC_SUFFIX, remove_models, user_file

SAID = ExternalFilterSpec("Somebody's négatif", "0..1", "0..1")


@pytest.fixture
def model(tmp_path: Path) -> Path:
    return picture_model(tmp_path / "model.onnx")


def test_a_copy_is_kept(model: Path) -> None:
    external.add(model, "negative", SAID)
    model.unlink()
    assert external.read_spec(user_file("negative", SPEC_SUFFIX)) == SAID
    picture = np.full((8, 8, 3), 0.25, np.float32)
    result = external.read_model("negative").filtered(FilterInput(picture, device="cpu")).image
    np.testing.assert_allclose(result, 0.75, atol=1e-6)


def test_what_cant_be_used_isnt_kept(model: Path, tmp_path: Path) -> None:
    with pytest.raises(FilterError, match=r"model\.onnx: .*--output-range 0\.\.1"):
        external.add(model, "negative", ExternalFilterSpec("", "0..1", "0..255"))
    with pytest.raises(FilterError, match=r"nothing\.onnx: can't be read"):
        external.add(tmp_path / "nothing.onnx", "negative", SAID)
    with pytest.raises(FilterError, match="can't be read"):
        external.add(tmp_path, "negative", SAID)
    assert not user_file("negative", SPEC_SUFFIX).parent.exists()


def test_a_file_that_is_too_large_isnt_read(model: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(external, "LARGEST_FILE", 10)
    with pytest.raises(FilterError, match="it has more than 0 MB"):
        external.add(model, "negative", SAID)


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
    external.add(model, "negative", SAID)
    user_file("negative", SPEC_SUFFIX).write_text(damage)
    with pytest.raises(FilterError, match=r"negative\.json: is damaged .*add the model again"):
        external.read_model("negative")


def models() -> list[Path]:
    return list(user_file("negative", SPEC_SUFFIX).parent.glob("*.onnx"))


def test_a_missing_copy_is_named(model: Path) -> None:
    external.add(model, "negative", SAID)
    models()[0].unlink()
    with pytest.raises(FilterError, match=r"negative\.\w+\.onnx: can't be read"):
        external.read_model("negative")


def test_a_model_that_is_replaced_is_there_until_the_new_one_is(
    model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And never one of them with what was said of the other."""
    external.add(model, "negative", SAID)
    before = external.read_spec(user_file("negative", SPEC_SUFFIX)), models()
    write = external.write_atomically

    def ends(path: Path, data: bytes) -> None:
        if path.suffix == SPEC_SUFFIX:
            raise KeyboardInterrupt
        write(path, data)

    other = picture_model(model.with_name("other.onnx"), white=255.0)
    said = external.ExternalFilterSpec("another", "0..255", "0..255")
    with monkeypatch.context() as once:
        once.setattr(external, "write_atomically", ends)
        with pytest.raises(KeyboardInterrupt):
            external.add(other, "negative", said)
    external.read_model("negative").try_out()
    assert external.read_spec(user_file("negative", SPEC_SUFFIX)) == before[0]
    external.add(other, "negative", said)
    external.read_model("negative").try_out()
    assert len(models()) == 1
    assert models() != before[1]


def test_a_model_that_was_added_long_ago_is_read(model: Path) -> None:
    external.add(model, "negative", SAID)
    models()[0].rename(user_file("negative", MODEL_SUFFIX))
    user_file("negative", SPEC_SUFFIX).write_text(json.dumps(asdict(SAID)))
    external.read_model("negative").try_out()
    remove_models("negative")
    assert models() == []


@pytest.mark.parametrize("digest", ["../../model", "f" * 15, 7, None, ["f" * 16]])
def test_no_record_leads_to_another_file(digest: object, model: Path) -> None:
    external.add(model, "negative", SAID)
    record = json.dumps({**asdict(SAID), "model": digest})
    user_file("negative", SPEC_SUFFIX).write_text(record)
    with pytest.raises(FilterError, match="is damaged"):
        external.read_model("negative")
