"""`styleplug video`: a video, painted or filtered frame by frame, without flicker."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from styleplug.cli.ui.extras import import_video
from styleplug.cli.ui.interrupt import CancelEvent, Interrupted, interruptible
from styleplug.cli.ui.job import either_filter_option, either_job
from styleplug.cli.ui.json_events import say_event
from styleplug.cli.ui.options import (
    config_options,
    field_options,
    given_options,
    like_option,
    path_option,
)
from styleplug.cli.ui.paintings import painting_options
from styleplug.cli.ui.terminal import say, say_json
from styleplug.config import VideoConfig
from styleplug.errors import StyleplugError
from styleplug.filter_region import FilterRegion
from styleplug.parts import Part

if TYPE_CHECKING:
    from styleplug.video.events import VideoEvent
    from styleplug.video.run import VideoJob


@click.command()
@click.argument("source", type=click.Path(path_type=Path), metavar="VIDEO")
@painting_options
@either_filter_option
@like_option
@path_option(
    "-o",
    "--output",
    required=True,
    help="Where to write the video: .mp4, .mov or .mkv; H.264, with the sound as it is.",
)
@field_options(VideoConfig)
@config_options
@click.option("--overwrite", is_flag=True, help="Replace FILE if it exists; never an input.")
@click.option("--strip", is_flag=True, help="Leave out title, date, place and chapters.")
@click.option("--json", "as_json", is_flag=True, help="Events as JSON lines on standard output.")
def video(
    source: Path,
    filters: Sequence[FilterRegion[Path]],
    like: Path | None,
    mask: Path | Part | None,
    output: Path,
    overwrite: bool,
    strip: bool,
    as_json: bool,
    **options: Any,
) -> None:
    """Paint or filter a video, without flicker.

    Each frame goes on from what the one before has become, moved along with what it shows, so that
    nothing flickers. Sound and timing stay as they are.

    Ctrl-C, or any other end, loses nothing: the same command again goes on. What is done lies in a
    folder beside FILE until then.

    On two cores a filter takes about half a second a frame of 480p, a painting half a minute; with
    --size 256 a quarter of that.
    """
    try:
        job = either_job(filters, like, options, strip=strip, mask=mask)
        config = VideoConfig(**given_options(VideoConfig, options))
        import_video()
        from styleplug.video.run import VideoJob

        _run(VideoJob(job, source, output, config, overwrite), as_json)
    except StyleplugError as error:
        if as_json:
            say_json({"event": "failed", "code": error.code, "message": str(error)})
        raise


def _run(job: VideoJob, as_json: bool) -> None:
    from styleplug.video.run import run_video

    try:
        with interruptible() as cancel, _listener(as_json, cancel) as show:
            run_video(job, show, cancel)
    except Interrupted:
        if not as_json:
            say("to go on, give the same command again", err=True)
        raise
    if not as_json:
        say(job.output, err=True)


def _listener(
    as_json: bool, cancel: CancelEvent
) -> AbstractContextManager[Callable[[VideoEvent], None]]:
    """What to do with events: lines of JSON, or a progress bar."""
    if as_json:
        return nullcontext(say_event)
    from styleplug.cli.ui.video_bar import video_bar

    return video_bar(cancel)
