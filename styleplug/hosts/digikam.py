"""digiKam: a script to paste into its Batch Queue Manager."""

from __future__ import annotations

import shlex

from styleplug.errors import HostError
from styleplug.hosts.bundled import bundled_folder
from styleplug.hosts.programs import Program, data_folder

_SCRIPT = "style-transfer.sh"


def _files(interpreter: str) -> dict[str, bytes]:
    from styleplug.api import list_filters

    filters = [filter.name for filter in list_filters()]
    if not filters:
        raise HostError(
            "digikam", "there is no filter, and digiKam ends after a minute what isn't instant"
        )
    folder = bundled_folder("digikam")
    text = (folder / _SCRIPT).read_text(encoding="utf-8")
    for name, value in {
        "FILTERS": ", ".join(filters),
        "FILTER": filters[0],
        "INTERPRETER": shlex.quote(interpreter),
        "PROGRAM": shlex.quote(str(folder / "filter_item.py")),
    }.items():
        text = text.replace(f"@{name}@", value)
    return {_SCRIPT: text.encode()}


ADAPTER = Program(
    "digikam", "digiKam", "digikam", lambda: data_folder() / "digikam", "org.kde.digikam"
).adapter(
    target="style-transfer",
    files=_files,
    next_step=(
        f"in the Batch Queue Manager, add the tool Custom Script, and paste what is in {_SCRIPT}"
    ),
)
