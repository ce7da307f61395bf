"""What is done to each picture of a batch."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image

from styleplug.batch.work import Filtering, Painting
from styleplug.config import MACHINE_OPTIONS, FilterConfig, StylizeConfig
from styleplug.image.inspect import inspect_picture
from styleplug.recipe import FilterRecipe, Source, recipe_in

SIDECAR = '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"/>'
HALF = FilterConfig(strength=0.5)


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    path = tmp_path / "photo.png"
    Image.effect_noise((32, 24), 60).convert("RGB").save(path)
    path.with_suffix(".xmp").write_text(SIDECAR)
    return path


def test_a_filter_is_noted_and_sidecars_go_along(photo: Path, tmp_path: Path) -> None:
    output = tmp_path / "out.png"
    Filtering("udnie", HALF).apply(photo, output, lambda event: None)
    recipe = recipe_in(inspect_picture(output).metadata.xmp)
    assert isinstance(recipe, FilterRecipe)
    assert (recipe.filter, recipe.options["strength"]) == ("udnie", "0.5")
    assert recipe.photograph == Source.of(photo)
    assert output.with_suffix(".xmp").read_text() == SIDECAR


def test_both_are_left_out_where_that_is_asked_for(photo: Path, tmp_path: Path) -> None:
    output = tmp_path / "out.png"
    Filtering("udnie", HALF, strip=True).apply(photo, output, lambda event: None)
    assert recipe_in(inspect_picture(output).metadata.xmp) is None
    assert not output.with_suffix(".xmp").exists()


def test_the_same_filter_with_other_options_is_another_work() -> None:
    works = [
        Filtering("udnie", HALF),
        Filtering("udnie", FilterConfig()),
        Filtering("udnie", HALF, strip=True),
        Filtering("the-wave", HALF),
    ]
    assert len({work.digest() for work in works}) == 4
    assert Filtering("udnie", FilterConfig(strength=0.5)).digest() == works[0].digest()


@pytest.mark.parametrize("option", sorted(MACHINE_OPTIONS))
def test_where_the_work_is_done_does_not_make_it_another(option: str, photo: Path) -> None:
    """Or a batch that goes on with less memory would be refused."""
    other = StylizeConfig(**{option: {"device": "cuda", "max_memory": 3e9}[option]})
    works = [Painting("painterly", config, (photo,), False) for config in (StylizeConfig(), other)]
    assert works[0].digest() == works[1].digest()
