"""`styleplug serve`: the studio's service, for programs and for browsers on other machines."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from styleplug.cli.ui.extras import import_studio
from styleplug.cli.ui.options import path_option, port_option
from styleplug.cli.ui.terminal import say
from styleplug.errors import ConfigError, StyleplugError

if TYPE_CHECKING:
    from styleplug.studio.instance import Instance

PASSWORD = "STYLEPLUG_PASSWORD"


@click.command()
@click.option(
    "--host",
    default="127.0.0.1",
    metavar="ADDRESS",
    help="The address to listen at; one that other machines reach needs a password.",
)
@port_option(8571)
@path_option(
    "--password-file",
    help=f"A file whose first line is the password, of 12 characters or more; {PASSWORD} in the"
    " environment does likewise.",
)
@click.option(
    "--allow-host",
    "names",
    multiple=True,
    metavar="NAME",
    help="A name, with its port where that isn't the usual one, by which the service is reached"
    " besides, such as that of a proxy that speaks TLS; give several.",
)
@click.option(
    "--disk",
    type=click.FloatRange(0.1),
    default=4.0,
    metavar="GB",
    help="Gigabytes that pictures and history may take; the oldest give way.",
)
@click.option(
    "--job-time",
    type=click.FloatRange(1),
    default=60.0,
    metavar="MINUTES",
    help="Minutes that one job may take; a painting is kept as it is then.",
)
def serve(
    host: str,
    port: int,
    password_file: Path | None,
    names: tuple[str, ...],
    disk: float,
    job_time: float,
) -> None:
    """Serve photo applications over HTTP, without a browser.

    The interface is described at /api/v1/openapi.json. What waits in the queue, and the history,
    survive the service's end.
    """
    import_studio()
    from styleplug.studio.instance import alone, studio_folder, word_of
    from styleplug.studio.limits import Limits
    from styleplug.studio.start import Start
    from styleplug.studio.start import serve as run

    limits = Limits(disk_bytes=int(disk * 1e9), job_seconds=job_time * 60)
    folder = studio_folder()
    password = _password(password_file)
    start = Start(folder, host, port, password, names, limits=limits)
    with alone(folder) as is_alone:
        if not is_alone:
            other = word_of(folder)
            where = f" at {other.address}" if other else ""
            raise StyleplugError(f"a service of yours runs already{where}; end that first")
        run(start, _say_where)


def _password(file: Path | None) -> str | None:
    if file is None:
        return os.environ.get(PASSWORD)
    try:
        lines = file.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError("password-file", str(file), f"a text file ({error})") from error
    return lines[0] if lines else ""


def _say_where(instance: Instance) -> None:
    say(f"styleplug serves {instance.address}")
    say(f"in a browser: {instance.address}/?token={instance.token}")
    say(f"for programs: Authorization: Bearer {instance.token}")
