"""A run from start to end: what to do, the worker's job, the new layer."""

from __future__ import annotations

import os

import messages
from gi.repository import Gegl, Gimp
from installation import read_installation
from job import run_job
from layers import add_result, only_drawable, work_area
from pixels import Area, write_raw
from regions import Regions
from settings import Settings, read_settings
from texts import progress_text
from worker import Message, Worker

POLL = 0.1
"""Seconds between looks at GIMP while nothing comes from the worker."""


def transfer(
    procedure: Gimp.Procedure,
    run_mode: Gimp.RunMode,
    image: Gimp.Image,
    drawables: list[Gimp.Drawable],
    config: Gimp.ProcedureConfig,
) -> Gimp.PDBStatusType:
    """Paint the drawable on a new layer; returns the procedure's status.

    Raises:
        Problem: it can't be done; the picture is as it was.
    """
    Gegl.init(None)
    drawable = only_drawable(image, drawables)
    area = work_area(drawable)
    settings = read_settings(config)
    Gimp.progress_init("Starting styleplug…")
    with Worker(read_installation(), f"GIMP {Gimp.version()}") as worker:
        catalogue = worker.catalogue()
        if run_mode == Gimp.RunMode.INTERACTIVE:
            from dialog import ask

            chosen = ask(worker, catalogue, drawable, area, settings)
            if chosen is None:
                return Gimp.PDBStatusType.CANCEL
            settings = chosen
            settings.store(config)
        if settings.way is None:
            raise messages.nothing_chosen(_names(catalogue, "styles"), _names(catalogue, "filters"))
        if settings.job == "stylize" and worker.problems:
            raise messages.cannot_work(worker.problems)
        _paint(worker, image, drawable, area, settings, settings.title(catalogue))
    return Gimp.PDBStatusType.SUCCESS


def _paint(
    worker: Worker,
    image: Gimp.Image,
    drawable: Gimp.Drawable,
    area: Area,
    settings: Settings,
    title: str,
) -> None:
    layout = "RGBA" if drawable.has_alpha() else "RGB"
    regions = Regions(drawable, area, settings.regions)
    request = {**settings.request(), "result": {"layout": layout, "dtype": "float32"}}

    def write(path: str) -> Message:
        regions.write(os.path.dirname(path))
        return write_raw(drawable, area, path)

    job = run_job(worker, regions.added_to(request), write, POLL)
    Gimp.progress_set_text(f"{title}: handing over the picture…")
    for message in job:
        if message is None:
            continue
        if message["type"] == "progress":
            Gimp.progress_set_text(f"{title}: {progress_text(message)}")
            Gimp.progress_update(message["fraction"])
        elif message["type"] == "finished":
            add_result(image, drawable, area, message["result"], title)
    Gimp.progress_end()
    Gimp.displays_flush()


def _names(catalogue: Message, kind: str) -> list[str]:
    return [item["name"] for item in catalogue[kind]]
