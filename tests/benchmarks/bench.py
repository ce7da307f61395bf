"""The benchmarks in one go, and a report: the machine, the tables, and drawings of them.

usage: python tests/benchmarks/bench.py OUT [--only NAME,...]

NAME is objective, solver, memory, megapixels, filters or peers; all together take an hour or two on
a quiet machine with two cores. Writes OUT/report.md, anew after each, so that a run that was cut
off leaves what it had. A benchmark that fails is noted there, the others go on, and the exit code
is 1.
"""

from __future__ import annotations

import argparse
import importlib
import os
import sys
import traceback
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime
from importlib.metadata import version
from multiprocessing import get_context
from pathlib import Path
from platform import platform, python_version
from typing import Any

import psutil
from plots import PLOTS
from tables import markdown

from styleplug.runtime.processor import processor_name
from styleplug.runtime.threads import available_cores

PARTS = ("objective", "solver", "memory", "megapixels", "filters", "peers")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("out", type=Path)
    parser.add_argument("--only", type=lambda text: text.split(","), default=PARTS, metavar="NAME")
    arguments = parser.parse_args()
    unknown = sorted(set(arguments.only) - set(PARTS))
    if unknown:
        parser.error(f"--only {','.join(unknown)}: choose from {', '.join(PARTS)}")
    out: Path = arguments.out
    out.mkdir(parents=True, exist_ok=True)
    sections, failed = [machine()], False
    for name in arguments.only:
        try:
            sections.append(section(name, out))
        except Exception as failure:
            traceback.print_exc()
            sections.append(f"## {name}\n\nfailed: {failure}")
            failed = True
        (out / "report.md").write_text("\n\n".join(sections) + "\n")
    print(f"The report is {out / 'report.md'}")
    sys.exit(failed)


def machine() -> str:
    """Where and when, and how busy the machine is."""
    memory = psutil.virtual_memory().total / 1e9
    versions = [f"{name} {version(name)}" for name in ("styleplug", "torch", "onnxruntime")]
    return f"""# Benchmarks of styleplug

- {datetime.now(UTC):%Y-%m-%d %H:%M} UTC
- {processor_name()}, {available_cores()} cores, {memory:.0f} GB, {platform()}
- Python {python_version()}, {", ".join(versions)}
- Load of the machine before the start: {os.getloadavg()[0]:.1f}"""


def section(name: str, out: Path) -> str:
    """Run a benchmark; returns what the report says of it."""
    print(f"{name}:\n", flush=True)
    # In a process of its own: no other's threads are in its way, nor its memory in the peaks.
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as process:
        documentation, tables = process.submit(run, name).result()
    title, _, explanation = documentation.strip().split("\n\n", 2)
    parts = [f"## {title}", explanation, *map(markdown, tables)]
    if name in PLOTS:
        PLOTS[name](tables[0]).savefig(out / f"{name}.png", dpi=120)
        parts.append(f"![{PLOTS[name].__name__.replace('_', ' ')}]({name}.png)")
    return "\n\n".join(parts)


def run(name: str) -> tuple[str, Any]:
    """A benchmark's documentation and tables."""
    benchmark = importlib.import_module(name)
    return benchmark.__doc__ or "", benchmark.tables()


if __name__ == "__main__":
    main()
