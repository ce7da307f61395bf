"""`styleplug batch`: many pictures, painted or filtered."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from styleplug.cli.main import FAILURE
from styleplug.cli.ui.batch_summary import Summary, check_report, write_page
from styleplug.cli.ui.interrupt import Interrupted
from styleplug.cli.ui.job import either_filter_option, either_job
from styleplug.cli.ui.json_events import say_event
from styleplug.cli.ui.options import config_options, like_option, path_option
from styleplug.cli.ui.paintings import painting_options
from styleplug.cli.ui.pipes import PIPE
from styleplug.cli.ui.terminal import say, say_json
from styleplug.errors import StyleplugError
from styleplug.filter_region import FilterRegion
from styleplug.jobs.job import PictureJob, StylizeJob
from styleplug.parts import Part

if TYPE_CHECKING:
    from styleplug.batch.events import BatchEvent
    from styleplug.batch.executors import Executor
    from styleplug.batch.inputs import InputFile, Search
    from styleplug.batch.plan import BatchSpec

_MOST_PROCESSES = 4
"""By default: each has whole pictures in memory."""


@click.command()
@click.argument("inputs", type=click.Path(path_type=Path), nargs=-1, metavar="[INPUT]...")
@painting_options
@either_filter_option
@like_option
@path_option(
    "-o",
    "--output",
    "folder",
    metavar="DIR",
    required=True,
    help="The folder of the results; made as needed.",
)
@click.option("-r", "--recursive", is_flag=True, help="Look into folders in folders.")
@click.option(
    "--system-folders",
    is_flag=True,
    help="Look also into folders where storage and programs keep thumbnails, snapshots and deleted"
    " pictures, such as @eaDir and #recycle; they are left out otherwise.",
)
@click.option(
    "-j",
    "--jobs",
    type=click.IntRange(1),
    metavar="N",
    help="How many pictures to work on at once, with an equal share of the cores each. [default: 1"
    f" for a painting; for a filter as many as there are cores, but at most {_MOST_PROCESSES}]",
)
@click.option(
    "--scheduler",
    metavar="ADDRESS",
    help="Have a Dask cluster do it: the address of its scheduler, such as tcp://host:8786. All its"
    " machines must see the pictures and DIR under the same paths.",
)
@click.option(
    "--suffix",
    default="",
    show_default=False,
    metavar="TEXT",
    help="Add TEXT to names: photoTEXT.jpg.",
)
@click.option(
    "--format",
    "kind",
    metavar="NAME",
    help="The format of all results, such as png or jpg. [default: each picture's own, or png where"
    " that can't be written]",
)
@click.option("--skip-existing", is_flag=True, help="Leave out pictures whose result is there.")
@click.option(
    "--overwrite",
    is_flag=True,
    help="Replace what is there of others, or was made with other options; never an input.",
)
@click.option(
    "--watch",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    metavar="FOLDER",
    help="Do what is in FOLDER, and then what appears there once it is completely written, until"
    " Ctrl-C.",
)
@path_option(
    "--report",
    help="Where to write a page with all pictures before and after: .html. It reads them again.",
)
@click.option(
    "--strip",
    is_flag=True,
    help="Leave out all metadata and sidecars, and the notes of how the pictures were made.",
)
@click.option("--json", "as_json", is_flag=True, help="Events as JSON lines on standard output.")
@config_options
def batch(
    inputs: tuple[Path, ...],
    filters: tuple[FilterRegion[Path], ...],
    like: Path | None,
    mask: Path | Part | None,
    folder: Path,
    recursive: bool,
    system_folders: bool,
    jobs: int | None,
    scheduler: str | None,
    suffix: str,
    kind: str | None,
    skip_existing: bool,
    overwrite: bool,
    watch: Path | None,
    report: Path | None,
    strip: bool,
    as_json: bool,
    **options: Any,
) -> None:
    """Paint or filter many pictures.

    An INPUT is a picture, a folder of them, a pattern in quotes such as "photos/**/*.jpg", or - for
    a list of paths on standard input. The results lie in DIR as the pictures in their folder.

    The same command again goes on where it was ended, by Ctrl-C or a power cut: what is done isn't
    done again, unless the picture has changed since. What failed is tried again. Exits with 1 if a
    picture failed, and says which.
    """
    if bool(inputs) == bool(watch):
        raise click.UsageError("Give either pictures, as INPUT, or a folder to '--watch'.")
    if "/" in suffix or os.sep in suffix:
        raise click.UsageError("'--suffix' is a part of a name, which holds no '/'.")
    if jobs and scheduler:
        raise click.UsageError("'--jobs' is of this machine; a cluster has its workers.")
    from styleplug.batch.inputs import Search
    from styleplug.batch.plan import BatchSpec

    summary = Summary()
    try:
        job = either_job(filters, like, options, strip=strip, mask=mask).absolute()
        kind = kind and kind.removeprefix(".")
        spec = BatchSpec(job, _absolute(folder), suffix, kind, overwrite, skip_existing)
        search = Search(spec.folder, recursive, system_folders)
        rounds = _rounds(inputs, watch, search)
        listener = _listener(as_json, is_watching=watch is not None)
        executor = _executor(scheduler, jobs or _usual_processes(job))
        interruption = _run(
            *(spec, executor, rounds, listener, summary, report), is_endless=bool(watch)
        )
    except StyleplugError as error:
        if as_json:
            say_json({"event": "failed", "code": error.code, "message": str(error)})
        summary.print()
        raise
    summary.print()
    if interruption and not watch:
        say("styleplug: interrupted; the same command again goes on from here", err=True)
        click.get_current_context().exit(interruption.code)
    click.get_current_context().exit(FAILURE if summary.failures else 0)


def _usual_processes(job: PictureJob) -> int:
    """One painting keeps all cores busy; of a filter, reading and writing don't."""
    from styleplug.runtime.threads import available_cores

    return 1 if isinstance(job, StylizeJob) else min(available_cores(), _MOST_PROCESSES)


def _executor(scheduler: str | None, jobs: int) -> Executor:
    """Who does it: a cluster, or so many processes of this machine."""
    from styleplug.batch.cluster import Cluster
    from styleplug.batch.executors import Processes

    return Cluster(scheduler) if scheduler else Processes(jobs)


def _rounds(
    inputs: Sequence[Path], watch: Path | None, search: Search
) -> Iterable[list[InputFile]]:
    """The pictures to do: all at once, or as they appear."""
    from styleplug.batch.inputs import find_pictures, listed_paths
    from styleplug.batch.watching import arrivals

    if watch:
        return arrivals(watch, search)
    listed = []
    if PIPE in inputs:
        if sys.stdin is None:
            raise click.UsageError("Standard input ('-') is closed; lead a list of paths into it.")
        listed = listed_paths(sys.stdin.buffer.read())
    named = [path for path in inputs if path != PIPE]
    pictures = list(find_pictures(named, listed, search))
    search.warn()
    return [pictures]


def _run(
    spec: BatchSpec,
    executor: Executor,
    rounds: Iterable[list[InputFile]],
    listener: AbstractContextManager[Callable[[BatchEvent], None]],
    summary: Summary,
    report: Path | None,
    *,
    is_endless: bool,
) -> Interrupted | None:
    """Let a batch run, and show what it says; what ended it early, as it does an endless one.

    The report takes a while, so that it has to wait for the end.
    """
    from styleplug.batch.coordinator import Batch

    interruption = None
    with Batch(spec, executor) as running:
        if report:
            check_report(report, spec.overwrite)
        try:
            with listener as show:
                for pictures in rounds:
                    for event in running.run(pictures):
                        summary.count(event)
                        show(event)
        except Interrupted as signal:
            interruption = signal
            executor.close()
        if report and bool(interruption) == is_endless:
            write_page(running.journal, spec.folder, report)
    return interruption


def _listener(
    as_json: bool, is_watching: bool
) -> AbstractContextManager[Callable[[BatchEvent], None]]:
    """What to do with events: lines of JSON, or a progress bar."""
    if as_json:
        return nullcontext(say_event)
    from styleplug.cli.ui.batch_bar import batch_bar

    return batch_bar(is_watching)


def _absolute(path: Path) -> Path:
    return Path(os.path.abspath(path))
