"""The service as programs use it: pictures sent, filtered, painted, and had back."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import pytest
from jsonschema import Draft202012Validator
from PIL import Image, ImageChops
from portrait import PATH as PORTRAIT
from studio_client import StudioClient

import styleplug
from styleplug.image.inspect import inspect_picture
from styleplug.jobs.provenance import FilterProvenance, StylizeProvenance, provenance_in


@pytest.fixture(scope="module")
def schema_of(studio: StudioClient) -> Callable[[str], Draft202012Validator]:
    """A validator of one of the schemas that the service itself gives."""
    document = studio.get("/api/v1/openapi.json").json
    components = document["components"]

    def validator(name: str) -> Draft202012Validator:
        return Draft202012Validator(
            {"components": components, "$ref": f"#/components/schemas/{name}"}
        )

    return validator


@pytest.fixture(scope="module")
def photo(studio: StudioClient, png: bytes) -> str:
    """The id of an upload."""
    id: str = studio.upload(png, "A cat & a dog.png").json["id"]
    return id


LEFT, MIDDLE = (0, 0, 12, 32), (14, 0, 28, 32)
"""Parts of the photograph: left, top, right and bottom."""


def white_at(*box: int) -> bytes:
    """A mask of the photograph's size, white in a box."""
    mask, file = Image.new("L", (48, 32)), io.BytesIO()
    mask.paste(255, box)
    mask.save(file, "PNG")
    return file.getvalue()


def result_of(studio: StudioClient, job: dict[str, Any]) -> bytes:
    """The picture that a job came to."""
    return studio.get(job["result"]["url"]).body


def size_of(data: bytes) -> tuple[int, int]:
    with Image.open(io.BytesIO(data)) as image:
        return image.size


def test_health_needs_no_token_and_all_else_does(studio):
    assert studio.ask("GET", "/api/v1/health", anonymous=True).json == {
        "version": styleplug.__version__
    }
    answer = studio.ask("GET", "/api/v1/catalogue", anonymous=True)
    assert (answer.status, answer.code) == (401, "unauthorised")


def test_the_catalogue_is_the_workers_without_paths(studio, schema_of):
    answer = studio.get("/api/v1/catalogue")
    schema_of("Catalogue").validate(answer.json)
    assert "posterise" in {filter["name"] for filter in answer.json["filters"]}
    assert b".png" not in answer.body.replace(b'".png"', b"")
    assert b'"/' not in answer.body.replace(b'"/api/v1/', b"")


def test_a_style_has_a_thumbnail(studio):
    style = studio.get("/api/v1/catalogue").json["styles"][0]
    answer = studio.get(style["thumbnail"])
    assert answer.headers["content-type"] == "image/png"
    assert max(size_of(answer.body)) <= 128


def test_a_picture_is_taken_in_by_a_safe_name(studio, png, schema_of):
    answer = studio.upload(png, "../../Holiday <b>.png")
    assert answer.status == 201
    schema_of("Upload").validate(answer.json)
    assert answer.json["name"] == "Holiday _b_.png"
    assert (answer.json["width"], answer.json["height"]) == (48, 32)
    assert studio.get(f"/api/v1/uploads/{answer.json['id']}").json == answer.json
    assert answer.json in studio.get("/api/v1/uploads").json["uploads"]
    assert studio.ask("DELETE", f"/api/v1/uploads/{answer.json['id']}").status == 204
    assert studio.get(f"/api/v1/uploads/{answer.json['id']}").status == 404


def test_what_is_no_picture_is_refused_by_its_name_and_leaves_nothing(studio):
    before = sorted((studio.folder / "studio" / "uploads").iterdir())
    answer = studio.upload(b"no picture at all", "notes.txt")
    assert (answer.status, answer.code) == (415, "image-unreadable")
    assert "notes.txt" in answer.json["error"]["message"]
    assert str(studio.folder) not in answer.json["error"]["message"]
    assert sorted((studio.folder / "studio" / "uploads").iterdir()) == before


@pytest.mark.parametrize(("asked", "size"), [("64", 48), ("1000", 48)])
def test_a_preview_is_no_larger_than_asked(studio, photo, asked, size):
    answer = studio.get(f"/api/v1/uploads/{photo}/preview?size={asked}")
    assert answer.headers["content-type"] == "image/jpeg"
    assert max(size_of(answer.body)) == size


@pytest.mark.parametrize("size", ["0", "63", "4097", "-1", "x", "1e3", "²", "9" * 5000])
def test_a_size_out_of_range_is_named(studio, photo, size):
    answer = studio.get(f"/api/v1/uploads/{photo}/preview?size={quote(size)}")
    assert answer.status == 422
    assert answer.json["error"]["field"] == "size"


def test_a_filter_is_shown_small(studio, photo):
    answer = studio.get(f"/api/v1/uploads/{photo}/filters/posterise?size=64")
    assert answer.headers["content-type"] == "image/jpeg"
    assert size_of(answer.body) == (48, 32)
    assert studio.get(f"/api/v1/uploads/{photo}/filters/none-of-this-name").status == 404


def test_a_filter_job_gives_the_file_that_the_command_line_would(
    studio, photo, schema_of, tmp_path
):
    id = studio.job(kind="filter", photo=photo, filter="posterise", options={"strength": 0.5})
    events = list(studio.events(id))
    assert events[0][0] == "state"
    assert events[-1][0] == "done"
    job = studio.get(f"/api/v1/jobs/{id}").json
    schema_of("Job").validate(job)
    assert job == events[-1][1]
    answer = studio.get(f"{job['result']['url']}?download=1")
    assert len(answer.body) == job["result"]["bytes"]
    assert "A%20cat%20_%20a%20dog-posterise.png" in answer.headers["content-disposition"]
    (tmp_path / "result.png").write_bytes(answer.body)
    note = provenance_in(inspect_picture(tmp_path / "result.png").metadata.xmp)
    assert isinstance(note, FilterProvenance)
    assert (note.filter, note.options["strength"]) == ("posterise", "0.5")
    assert note.photograph.name == "A cat _ a dog.png"
    assert size_of(studio.get(job["result"]["preview"]).body) == (48, 32)
    assert studio.get(f"/api/v1/jobs/{id}/result").headers["content-type"] == "image/png"


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"kind": "other"}, "kind"),
        ({"photo": "x" * 22}, "photo"),
        ({"photo": "../../etc/passwd"}, "photo"),
        ({"photo": None}, "photo"),
        ({"filter": "none-of-this-name"}, "filter"),
        ({"options": {"strength": 2}}, "options.strength"),
        ({"options": {"strength": "/etc/passwd"}}, "options.strength"),
        ({"options": []}, "options"),
        ({"options": {"none": 1}}, "options.option"),
        ({"after": "x" * 22}, "after"),
        ({"mask": "x" * 22}, "mask"),
        ({"format": "exe"}, "format"),
        ({"colour": "red"}, "colour"),
        ({"paintings": [{"style": "mosaic"}]}, "paintings"),
        ({"regions": []}, "regions"),
    ],
)
def test_a_wrong_field_of_a_job_is_named(studio, photo, changed, field):
    recipe = {"kind": "filter", "photo": photo, "filter": "posterise"} | changed
    answer = studio.post("/api/v1/jobs", recipe)
    assert (answer.status, answer.json["error"]["field"]) == (422, field)


def region(**changed: object) -> dict[str, object]:
    """A region that is one, but for what is changed; its mask is the photograph."""
    return {"mask": "{photo}", "paintings": [{"style": "mosaic"}], **changed}


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"paintings": []}, "paintings"),
        ({"paintings": [{"style": "mosaic"}] * 9}, "paintings"),
        ({"paintings": [{"path": "/etc/passwd"}]}, "paintings[0]"),
        ({"paintings": [{"style": "/etc/passwd"}]}, "paintings[0].style"),
        ({"paintings": [{"upload": "x" * 22}]}, "paintings[0].upload"),
        ({"preset": "none"}, "preset"),
        ({"options": {"init": "/etc/passwd"}}, "options.init"),
        ({"options": {"init": "result.png"}}, "options.init"),
        ({"options": {"palette": "result.png"}}, "options.palette"),
        ({"weights": [1, 2]}, "weights"),
        ({"weights": [0]}, "weights"),
        ({"weights": ["1"]}, "weights"),
        ({"options": {"device": "../x"}}, "options.device"),
        ({"start_from": "x" * 22}, "start_from"),
        ({"regions": {}}, "regions"),
        ({"regions": []}, "regions"),
        ({"regions": ["sky"]}, "regions[0]"),
        ({"regions": [{"mask": "{photo}"}]}, "regions[0].paintings"),
        ({"regions": [{"paintings": [{"style": "mosaic"}]}]}, "regions[0].mask"),
        ({"regions": [region(mask="x" * 22)]}, "regions[0].mask"),
        ({"regions": [region(mask="../../etc/passwd")]}, "regions[0].mask"),
        ({"regions": [region(mask=7)]}, "regions[0].mask"),
        ({"regions": [region(path="/etc/passwd")]}, "regions[0]"),
        ({"regions": [region(), region(paintings=[])]}, "regions[1].paintings"),
        ({"regions": [region(paintings=[{"style": "../x"}])]}, "regions[0].paintings[0].style"),
        ({"regions": [region(paintings=[{"upload": "x" * 22}])]}, "regions[0].paintings[0].upload"),
        ({"regions": [region(weights=[1, 2])]}, "regions[0].weights"),
        ({"regions": [region()] * 8}, "regions"),
        ({"regions": [region()] * 9}, "regions"),
    ],
)
def test_a_wrong_field_of_a_painting_is_named(studio, photo, changed, field):
    recipe = {"kind": "stylize", "photo": photo, "paintings": [{"style": "mosaic"}]} | changed
    answer = studio.post("/api/v1/jobs", json.loads(json.dumps(recipe).replace("{photo}", photo)))
    assert (answer.status, answer.json["error"]["field"]) == (422, field)


def test_a_job_whose_process_dies_fails_and_the_next_is_done(studio, photo):
    failed = studio.finished(studio.job(kind="filter", photo=photo, filter="die"))
    assert (failed["state"], failed["error"]["code"]) == ("failed", "crashed")
    done = studio.finished(studio.job(kind="filter", photo=photo, filter="posterise"))
    assert done["state"] == "done"


def test_a_job_is_stopped_and_those_that_wait_are_too(studio, photo):
    running = studio.job(kind="filter", photo=photo, filter="wait")
    waiting = studio.job(kind="filter", photo=photo, filter="posterise")
    studio.wait_until(running, "running")
    assert studio.get(f"/api/v1/jobs/{waiting}").json["before"] == 1
    assert studio.ask("DELETE", f"/api/v1/uploads/{photo}").code == "in-use"
    assert studio.post(f"/api/v1/jobs/{waiting}/stop", {}).json["state"] == "stopped"
    assert studio.post(f"/api/v1/jobs/{running}/stop", {"keep": False}).status == 202
    assert studio.finished(running)["state"] == "stopped"
    assert studio.post(f"/api/v1/jobs/{running}/stop", {}).code == "ended"
    assert studio.get(f"/api/v1/jobs/{running}/result").code == "no-result"


def test_a_job_that_runs_is_removed_with_its_files(studio, photo):
    job = studio.job(kind="filter", photo=photo, filter="wait")
    studio.wait_until(job, "running")
    assert studio.ask("DELETE", f"/api/v1/jobs/{job}").status == 204
    assert studio.get(f"/api/v1/jobs/{job}").status == 404
    assert not (studio.folder / "studio" / "jobs" / job).exists()


def test_a_job_takes_the_result_of_another(studio, photo, tmp_path):
    first = studio.job(kind="filter", photo=photo, filter="posterise")
    second = studio.job(kind="filter", photo=photo, filter="posterise", after=first)
    assert studio.finished(second)["state"] == "done"
    (tmp_path / "second.png").write_bytes(studio.get(f"/api/v1/jobs/{second}/result").body)
    note = provenance_in(inspect_picture(tmp_path / "second.png").metadata.xmp)
    assert note.photograph.name == "result.png"


def test_the_history_is_newest_first_and_goes_on_before_a_job(studio, photo):
    running = studio.job(kind="filter", photo=photo, filter="wait")
    jobs = [studio.job(kind="filter", photo=photo, filter="posterise") for _ in range(3)]
    for job in (*jobs, running):
        studio.post(f"/api/v1/jobs/{job}/stop", {})
    newest = studio.get("/api/v1/jobs?limit=2").json["jobs"]
    assert [job["id"] for job in newest] == jobs[:0:-1]
    older = studio.get(f"/api/v1/jobs?limit=1&before={jobs[1]}").json["jobs"]
    assert [job["id"] for job in older] == [jobs[0]]
    assert studio.get("/api/v1/jobs?limit=0").status == 422
    assert studio.get(f"/api/v1/jobs?before={'x' * 22}").status == 404


def test_a_painting_is_sent_and_added_to_the_collection(studio, png):
    upload = studio.upload(png, "wheat.png").json["id"]
    answer = studio.post("/api/v1/styles", {"upload": upload, "name": "Wheat, 1889"})
    assert (answer.status, answer.json["id"]) == (201, "wheat-1889")
    assert answer.json["title"] == "Wheat, 1889"
    assert "wheat-1889" in {s["id"] for s in studio.get("/api/v1/catalogue").json["styles"]}
    again = studio.post("/api/v1/styles", {"upload": upload, "name": "Wheat, 1889"})
    assert (again.status, again.code) == (409, "taken")
    assert studio.post("/api/v1/styles", {"upload": upload, "name": "…"}).status == 422


def test_a_filter_is_applied_where_the_mask_is_white(studio, png):
    photo = studio.upload(png).json["id"]
    mask = studio.upload(white_at(0, 0, 24, 32), "mask.png").json["id"]
    job = studio.finished(studio.job(kind="filter", photo=photo, filter="posterise", mask=mask))
    assert (job["state"], job["recipe"]["mask"]) == ("done", mask), job
    before, after = (Image.open(io.BytesIO(data)) for data in (png, result_of(studio, job)))
    difference = ImageChops.difference(before.convert("RGB"), after.convert("RGB"))
    left, right = difference.crop((0, 0, 20, 32)), difference.crop((24, 0, 48, 32))
    assert max(high for _, high in left.getextrema()) > 10
    assert max(high for _, high in right.getextrema()) <= 1


@pytest.mark.slow
def test_paintings_count_by_their_weights(studio, photo, tmp_path):
    job = studio.job(
        kind="stylize",
        photo=photo,
        paintings=[{"style": "mosaic"}, {"style": "mist"}],
        weights=[3, 1],
        options={"size": 32, "iterations": 1},
    )
    (tmp_path / "result.png").write_bytes(studio.get(studio.finished(job)["result"]["url"]).body)
    note = provenance_in(inspect_picture(tmp_path / "result.png").metadata.xmp)
    assert isinstance(note, StylizeProvenance)
    assert [painting.weight for painting in note.paintings] == [3, 1]


@pytest.mark.slow
def test_regions_have_paintings_of_their_own_and_what_they_leave_stays(
    studio, photo, png, schema_of, tmp_path
):
    masks = [studio.upload(white_at(*box), "mask.png").json["id"] for box in (LEFT, MIDDLE)]
    regions = [
        {"mask": masks[0], "paintings": [{"style": "mosaic"}]},
        {
            "mask": masks[1],
            "paintings": [{"style": "mist"}, {"style": "poppies"}],
            "weights": [2, 1],
        },
    ]
    options = {"size": 32, "iterations": 2}
    recipe = {"kind": "stylize", "photo": photo, "regions": regions, "options": options}
    job = studio.finished(studio.job(**recipe))
    schema_of("Job").validate(job)
    assert (job["state"], job["recipe"]["regions"]) == ("done", regions), job
    (tmp_path / "result.png").write_bytes(result_of(studio, job))
    note = provenance_in(inspect_picture(tmp_path / "result.png").metadata.xmp)
    assert isinstance(note, StylizeProvenance)
    names = [painting.region.name for painting in note.paintings]
    assert names == ["mask.png"] * 3
    assert [painting.weight for painting in note.paintings] == [1, 2, 1]
    difference = ImageChops.difference(
        *(Image.open(io.BytesIO(data)).convert("RGB") for data in (png, result_of(studio, job)))
    )
    assert max(high for _, high in difference.crop((36, 0, 48, 32)).getextrema()) <= 1
    assert max(high for _, high in difference.crop(LEFT).getextrema()) > 10


@pytest.mark.slow
def test_a_painting_is_painted_kept_on_the_way_and_gone_on_with(studio, photo, png, tmp_path):
    painting = studio.upload(png, "painting.png").json["id"]
    recipe = {
        "kind": "stylize",
        "photo": photo,
        "paintings": [{"upload": painting}],
        "options": {"size": 32, "iterations": 1_000_000},
    }
    job = studio.job(**recipe)
    for kind, data in studio.events(job):
        if kind == "preview":
            assert max(size_of(studio.get(data["url"]).body)) <= 48
            studio.post(f"/api/v1/jobs/{job}/stop", {"keep": True})
    kept = studio.get(f"/api/v1/jobs/{job}").json
    assert kept["state"] == "stopped"
    assert kept["result"]["width"] == 48
    recipe["options"] = {"size": 32, "iterations": 2}
    second = studio.finished(studio.job(**recipe, start_from=job, parent=job))
    assert second["state"] == "done"
    (tmp_path / "second.png").write_bytes(studio.get(second["result"]["url"]).body)
    note = provenance_in(inspect_picture(tmp_path / "second.png").metadata.xmp)
    assert isinstance(note, StylizeProvenance)
    assert note.paintings[0].image.name == "painting.png"
    assert note.initial.name == "result.png"


def test_the_document_is_of_the_routes_that_there_are():
    from styleplug.studio.app import API, ROUTES
    from styleplug.studio.openapi import OPERATIONS

    served = {
        (method, route.path)
        for route in ROUTES
        for method in route.methods - {"HEAD"}
        if route.path.startswith(API)
    }
    assert served == set(OPERATIONS)


def test_the_document_holds_together(studio):
    document = studio.get("/api/v1/openapi.json").json
    names = document["components"]["schemas"]
    for schema in names.values():
        Draft202012Validator.check_schema(schema)
    text = studio.get("/api/v1/openapi.json").body.decode()
    for part in text.split("#/components/schemas/")[1:]:
        assert part.partition('"')[0] in names


def test_a_mask_of_persons_is_an_upload(studio, photo, schema_of):
    portrait = studio.upload(PORTRAIT.read_bytes(), "Grace.jpg").json
    answer = studio.post("/api/v1/masks/person", {"upload": portrait["id"]})
    assert answer.status == 201
    mask = answer.json
    schema_of("Upload").validate(mask)
    assert mask["name"] == "Grace-person.png"
    assert (mask["width"], mask["height"]) == (portrait["width"], portrait["height"])
    with Image.open(io.BytesIO(studio.get(mask["preview"]).body)) as image:
        grey = image.convert("L")
        assert grey.getpixel((grey.width // 2, grey.height // 2)) == 255
        assert grey.getpixel((5, 5)) == 0
    assert "person-mask" in studio.get("/api/v1/catalogue").json["capabilities"]
    before = studio.get("/api/v1/uploads").json
    nobody = studio.post("/api/v1/masks/person", {"upload": photo})
    assert (nobody.status, nobody.code) == (422, "nobody")
    assert studio.get("/api/v1/uploads").json == before
