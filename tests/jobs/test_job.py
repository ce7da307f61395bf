"""What is done to a picture, from file to file, and when two jobs are the same."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image

from styleplug.config import MACHINE_OPTIONS, FilterConfig, StylizeConfig
from styleplug.image.inspect import inspect_picture
from styleplug.jobs.job import FilterJob, StylizeJob
from styleplug.jobs.provenance import FilterProvenance, SourceFile, provenance_in
from styleplug.jobs.run import run_job
from styleplug.painting import Painting

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
    run_job(FilterJob("udnie", HALF), photo, output)
    made = provenance_in(inspect_picture(output).metadata.xmp)
    assert isinstance(made, FilterProvenance)
    assert (made.filter, made.options["strength"]) == ("udnie", "0.5")
    assert made.photograph == SourceFile.of(photo)
    assert output.with_suffix(".xmp").read_text() == SIDECAR


def test_both_are_left_out_where_that_is_asked_for(photo: Path, tmp_path: Path) -> None:
    output = tmp_path / "out.png"
    run_job(FilterJob("udnie", HALF, strip=True), photo, output)
    assert provenance_in(inspect_picture(output).metadata.xmp) is None
    assert not output.with_suffix(".xmp").exists()


def test_the_same_filter_with_other_options_is_another_job() -> None:
    jobs = [
        FilterJob("udnie", HALF),
        FilterJob("udnie", FilterConfig()),
        FilterJob("udnie", HALF, strip=True),
        FilterJob("the-wave", HALF),
    ]
    assert len({job.digest() for job in jobs}) == 4
    assert FilterJob("udnie", FilterConfig(strength=0.5)).digest() == jobs[0].digest()


@pytest.mark.parametrize("option", sorted(MACHINE_OPTIONS))
def test_where_the_work_is_done_does_not_make_it_another(option: str, photo: Path) -> None:
    """Or a batch that goes on with less memory would be refused."""
    other = StylizeConfig(**{option: {"device": "cuda", "max_memory": 3e9}[option]})
    jobs = [StylizeJob((Painting(photo),), config) for config in (StylizeConfig(), other)]
    assert jobs[0].digest() == jobs[1].digest()
