"""`styleplug doctor`: would a transfer work here, and if not, what is missing?"""

from __future__ import annotations

import shutil
import sys
import textwrap
from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from styleplug.cli.main import FAILURE
from styleplug.cli.ui.terminal import canvas, say, say_json, tamed

if TYPE_CHECKING:
    from styleplug.doctor.finding import Finding

_COLOURS = {"ok": "green", "note": "yellow", "fault": "red"}
_INDENT = " " * 8


@click.command()
@click.option(
    "--report",
    "as_report",
    is_flag=True,
    help="Print Markdown for a bug report, without private paths and names.",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def doctor(as_report: bool, as_json: bool) -> None:
    """Find out whether a transfer would work, and what is missing.

    Looks at the packages, at what the network can run on, at models, folders, plug-ins and host
    programs, and paints a very small picture; takes some seconds, and changes nothing. Exits with 1
    if there is a fault, something in the way of every transfer. A note is worth a look, but in
    nobody's way.
    """
    from styleplug.doctor.examine import examine

    if as_report and as_json:
        raise click.UsageError("--report and --json exclude each other")
    examined = {}
    for title, findings in examine():
        examined[title] = findings
        if not as_report and not as_json:
            _show(title, findings)
    failed = any(finding.status == "fault" for found in examined.values() for finding in found)
    if as_report:
        # Here, for it needs a package, which may be what is broken.
        from styleplug.doctor.report import report

        for line in report(examined):
            say(line)
    elif as_json:
        say_json({title: [asdict(finding) for finding in examined[title]] for title in examined})
    elif failed:
        _draw(click.style("No transfer works here until the faults are mended.", fg="red"))
    else:
        _draw(click.style("A transfer works here.", fg="green"))
    if failed:
        click.get_current_context().exit(FAILURE)


def _show(title: str, findings: Sequence[Finding]) -> None:
    if findings:
        _draw(click.style(title, bold=True))
    for finding in findings:
        status = click.style(f"{finding.status:>6}  ", fg=_COLOURS[finding.status])
        _draw(status + _wrapped(finding.text).lstrip())
        if finding.remedy:
            _draw(_wrapped(finding.remedy, mark="-> "))


def _draw(text: str) -> None:
    """Print a text with its colours."""
    click.echo(text, file=canvas(sys.stdout))


def _wrapped(text: str, mark: str = "") -> str:
    """Indented lines, broken at spaces alone, so that paths and commands can be copied."""
    return textwrap.fill(
        tamed(text),
        max(shutil.get_terminal_size().columns, 40),
        initial_indent=_INDENT + mark,
        subsequent_indent=_INDENT + " " * len(mark),
        break_long_words=False,
        break_on_hyphens=False,
    )
