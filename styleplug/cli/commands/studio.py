"""`styleplug studio`: the service, and the browser on it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from styleplug.cli.ui.terminal import say
from styleplug.errors import StyleplugError

if TYPE_CHECKING:
    from styleplug.studio.access import Access
    from styleplug.studio.instance import Instance


@click.command()
@click.argument("photographs", type=click.Path(path_type=Path), nargs=-1, metavar="[PHOTO]...")
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=0,
    metavar="N",
    help="The port to listen at; 0 is any that is free.",
)
@click.option("--no-browser", is_flag=True, help="Only print the address.")
def studio(photographs: tuple[Path, ...], port: int, no_browser: bool) -> None:
    """Open the studio in the browser: try, compare and tune.

    Results can be saved beside each PHOTO. The studio runs until Ctrl-C; only this machine reaches
    it.
    """
    from styleplug.extras import import_extra

    for package in ("starlette", "uvicorn", "python_multipart"):
        import_extra(package, "studio")
    from styleplug.studio.instance import alone, studio_folder, word_of
    from styleplug.studio.start import Start, serve

    def on_ready(instance: Instance, access: Access) -> None:
        say(f"The studio is at {instance.address}/?token={instance.token}  (Ctrl-C ends it)")
        if not no_browser:
            _open(f"{instance.address}/?token={access.new_code()}")

    folder = studio_folder()
    with alone(folder) as is_alone:
        if is_alone:
            serve(Start(folder, port=port, photographs=photographs), on_ready)
            return
    raise StyleplugError(f"it runs already; {word_of(folder)}")


def _open(address: str) -> None:
    """Open a browser without waiting for it."""
    import threading
    import webbrowser

    threading.Thread(target=webbrowser.open, args=(address,), daemon=True).start()
