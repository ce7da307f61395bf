"""A plug-in whose filters do what a good one does, and all that may go wrong in a job's process."""

from __future__ import annotations

import json
import math
import os
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np

from styleplug import Filter, FilterRequest, FilterResult, hookimpl
from styleplug.errors import Cancelled
from styleplug.events import Planned, Progress


def posterise(request: FilterRequest) -> None:
    """Nothing odd."""


def wait(request: FilterRequest) -> None:
    """Never done; says once that it has begun."""
    tell(request, 0.25)
    while True:
        time.sleep(60)


def wait_to_be_asked(request: FilterRequest) -> None:
    """Done never, but ends as soon as that is wished."""
    request.cancel.wait()
    raise Cancelled


def finish_with_file(request: FilterRequest) -> None:
    """Done once there is a file `go` in the job's folder."""
    tell(request, 0.5)
    while not Path("go").exists():
        time.sleep(0.01)


def die(request: FilterRequest) -> None:
    """As a native library does that has a fault."""
    tell(request, 0.75)
    os.kill(os.getpid(), signal.SIGSEGV)


def leave(request: FilterRequest) -> None:
    """As careless code does."""
    os._exit(3)


def fail(request: FilterRequest) -> None:
    """As any code may."""
    raise ZeroDivisionError("no such luck")


def chatter(request: FilterRequest) -> None:
    """Prints, as many libraries do, in every way that there is."""
    print("a line that is no message")
    os.write(1, b"another\n")
    subprocess.run([sys.executable, "-c", "print('a third')"], check=True)


def scribble(request: FilterRequest) -> None:
    """Writes to whatever pipe it finds, as code does that takes a number for its own file."""
    write_everywhere(b'what is no message\n"type"\n{"type": []}\n\xff\n' + b"[" * 100_000 + b"\n")


def scribble_a_lot(request: FilterRequest) -> None:
    """More than any message has."""
    write_everywhere(b"x" * 3 * 2**20 + b"\n")


def scribble_half_a_line(request: FilterRequest) -> None:
    """So that what follows is no message either."""
    write_everywhere(b"what is no message")


def pretend(request: FilterRequest) -> None:
    """Speaks for another job, and as the worker does."""
    write_everywhere(b'{"type": "failed", "id": "other", "code": "crashed", "message": "no"}\n')
    write_everywhere(b'{"type": "closed", "id": "a"}\n')


def exaggerate(request: FilterRequest) -> None:
    """Says of its progress what can't be."""
    for fraction in (7, -1, math.nan, "half", np.float32(0.5)):
        tell(request, fraction)
    request.notify(Planned((0, "wide"), (1,), 1.0, "none"))  # type: ignore[arg-type]  # so it is
    request.notify(Planned((0,), (1,), math.inf, "none"))
    request.notify("no event at all")  # type: ignore[arg-type]  # likewise


def multiply(request: FilterRequest) -> None:
    """Starts a process that would outlive this one, and leaves its number in a file."""
    child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
    Path("child").write_text(str(child.pid))
    wait(request)


def confess(request: FilterRequest) -> None:
    """Leaves in a file what its process is like."""
    facts = {
        "spin": os.environ.get("GOMP_SPINCOUNT"),
        "nice": os.getpriority(os.PRIO_PROCESS, 0),
        "leads": os.getsid(0) == os.getpgrp() == os.getpid(),
    }
    Path("facts.json").write_text(json.dumps(facts))


def write_everywhere(data: bytes) -> None:
    """To each pipe of this process but the standard ones."""
    for handle in range(3, 32):
        with suppress(OSError):
            if stat.S_ISFIFO(os.fstat(handle).st_mode):
                rest = memoryview(data)
                while rest:
                    rest = rest[os.write(handle, rest) :]


def tell(request: FilterRequest, fraction: Any) -> None:
    rest = dict.fromkeys(
        ("loss", "content_error", "style_error", "total_variation", "content_weight"), 0.0
    )
    times = dict.fromkeys(("cost", "elapsed", "scale_seconds", "remaining"), 1.0)
    request.notify(
        Progress(scale=64, iteration=1, iterations=4, fraction=fraction, **times, **rest)
    )


FILTERS: dict[str, Callable[[FilterRequest], None]] = {
    function.__name__.replace("_", "-"): function
    for function in (
        *(
            posterise,
            wait,
            wait_to_be_asked,
            finish_with_file,
            die,
            leave,
            fail,
            chatter,
            multiply,
            confess,
        ),
        *(scribble, scribble_a_lot, scribble_half_a_line, pretend, exaggerate),
    )
}


@hookimpl
def styleplug_register_filters() -> list[Filter]:
    return [Filter(name, function.__doc__ or "") for name, function in FILTERS.items()]


@hookimpl
def styleplug_apply_filter(request: FilterRequest) -> FilterResult | None:
    if request.filter not in FILTERS:
        return None
    FILTERS[request.filter](request)
    return FilterResult((np.rint(request.image * 3) / 3).astype(np.float32))
