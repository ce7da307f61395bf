"""A run from start to end: what to do, the worker's job, the new layer."""

import messages
from gi.repository import Gegl, Gimp
from installation import read_installation
from job import run_job
from layers import add_result, only_drawable, work_area
from pixels import write_raw
from settings import read_settings
from texts import progress_text
from worker import Worker

POLL = 0.1
"""Seconds between looks at GIMP while nothing comes from the worker."""


def transfer(procedure, run_mode, image, drawables, config):
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

            settings = ask(worker, catalogue, drawable, area, settings)
            if settings is None:
                return Gimp.PDBStatusType.CANCEL
            settings.store(config)
        if settings.way is None:
            raise messages.nothing_chosen(_names(catalogue, "styles"), _names(catalogue, "filters"))
        if settings.job == "stylize" and worker.problems:
            raise messages.cannot_work(worker.problems)
        _paint(worker, image, drawable, area, settings, settings.title(catalogue))
    return Gimp.PDBStatusType.SUCCESS


def _paint(worker, image, drawable, area, settings, title):
    layout = "RGBA" if drawable.has_alpha() else "RGB"
    request = {**settings.request(), "result": {"layout": layout, "dtype": "float32"}}
    job = run_job(worker, request, lambda path: write_raw(drawable, area, path), POLL)
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


def _names(catalogue, kind):
    return [item["name"] for item in catalogue[kind]]
