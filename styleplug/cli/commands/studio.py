"""`styleplug studio`: the service, and the browser on it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from styleplug.cli.ui.extras import import_studio
from styleplug.cli.ui.options import port_option
from styleplug.cli.ui.terminal import say
from styleplug.errors import StyleplugError

if TYPE_CHECKING:
    from styleplug.studio.instance import Instance


@click.command()
@click.argument(
    "photographs",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    nargs=-1,
    metavar="[PHOTO]...",
)
@port_option(0)
@click.option("--no-browser", is_flag=True, help="Only print the address.")
@click.option(
    "--end-when-idle",
    type=click.FloatRange(0, min_open=True),
    metavar="MINUTES",
    help="End where nobody has used it for so long, and no picture is being painted; never by"
    " default.",
)
def studio(
    photographs: tuple[Path, ...], port: int, no_browser: bool, end_when_idle: float | None
) -> None:
    """Open the studio in the browser: try, compare and tune.

    Results can be saved beside each PHOTO. The studio runs until Ctrl-C; only this machine reaches
    it.
    """
    import_studio()
    import threading
    import webbrowser

    from styleplug.studio.instance import alone, studio_folder, word_of
    from styleplug.studio.invitations import invite
    from styleplug.studio.start import Start, serve

    folder = studio_folder()

    def on_ready(instance: Instance) -> None:
        say(f"The studio is at {instance.address}/?token={instance.token}  (Ctrl-C ends it)")
        if not no_browser:
            code = invite(folder, ())
            threading.Thread(
                target=webbrowser.open, args=(_invited(instance, code),), daemon=True
            ).start()

    with alone(folder) as is_alone:
        if is_alone:
            idle = end_when_idle * 60 if end_when_idle else None
            start = Start(folder, port=port, photographs=photographs, idle_seconds=idle)
            serve(start, on_ready)
            return
    other = word_of(folder)
    if other is None:
        raise StyleplugError("another service of yours is just starting; try again")
    address = _invited(other, invite(folder, photographs))
    if no_browser:
        say(f"The studio runs already; for the next two minutes it lets you in at {address}")
    else:
        say(f"The studio runs already, at {other.address}; it opens what you name")
        webbrowser.open(address)


def _invited(instance: Instance, code: str) -> str:
    return f"{instance.address}/?token={code}"
