"""PhotoPrism and styleplug: photographs are filtered or painted, and uploaded as new ones.

A program of its own, of Python's standard library alone, and of `plugins/immich`, which speaks with
styleplug in the same way. README.md, beside this file, says how.
"""

from __future__ import annotations

import argparse
import re
import secrets
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path, PurePath
from typing import Any
from urllib.parse import quote

sys.path.append(str(Path(__file__).parents[1] / "immich"))

from styleplug_service import (  # which stands in that folder
    MARK,
    AdapterError,
    Server,
    add_options,
    base,
    done_or_said,
    painted,
    recipe_of,
    secret,
    service_of,
)

_PHOTO = re.compile(r"p[0-9a-z]{15}")
_PICTURES = ("image", "raw")
"""Types of files that are done; videos and sidecars aren't."""


@dataclass(frozen=True)
class Adapter:
    """What is done to each photograph.

    Args:
        photoprism, studio: the servers.
        recipe: of the job, as the service's interface has it, without the photograph.
        albums: titles or ids of those that results are put into.
    """

    photoprism: Server
    studio: Server
    recipe: Mapping[str, Any]
    albums: Sequence[str] = ()

    @cached_property
    def _session(self) -> tuple[str, str]:
        """The user's id, and the token with which files are downloaded."""
        about = self.photoprism.ask_json("GET", "/api/v1/session")
        return about["user"]["UID"], about["config"]["downloadToken"]

    def do(self, photo: str) -> str | None:
        """Filter or paint a photograph, and upload the result.

        Returns:
            The result's name; None for a photograph that isn't to be done.

        Raises:
            AdapterError: it can't be done.
        """
        if not _PHOTO.fullmatch(photo):
            raise AdapterError(f"{photo[:50]!r} is no photograph's id")
        file = original_of(self.photoprism.ask_json("GET", f"/api/v1/photos/{photo}"))
        if file is None:
            return None
        user, token = self._session
        name = PurePath(file.get("OriginalName") or file["Name"])
        address = f"/api/v1/dl/{quote(file['Hash'], safe='')}?t={quote(token, safe='')}"
        data = self.photoprism.ask("GET", address)
        result, suffix = painted(self.studio, self.recipe, name.name, data)
        new = f"{name.stem}{MARK}{suffix}"
        # What is sent waits in a folder of this name until it is asked to be taken in.
        upload = f"/api/v1/users/{quote(user, safe='')}/upload/{secrets.token_hex(8)}"
        self.photoprism.send(upload, ("files", new, result), {})
        self.photoprism.ask_json("PUT", upload, {"albums": [*self.albums]})
        return new


def original_of(photo: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """The file that a photograph was taken as; None where there is none, or it is a result."""
    files: list[Mapping[str, Any]] = [
        file
        for file in photo["Files"]
        if file["Root"] == "/" and file["MediaType"] in _PICTURES and not file.get("Missing")
    ]
    names = [PurePath(file.get("OriginalName") or file["Name"]).stem for file in files]
    if not files or any(name.endswith(MARK) for name in names):
        return None
    return max(files, key=lambda file: bool(file.get("Primary")))


def main(arguments: list[str] | None = None) -> int:
    """Do the photographs that are named."""
    parser = argparse.ArgumentParser(
        description="Filter or paint photographs of PhotoPrism, and upload the results.",
        epilog="PHOTOPRISM_TOKEN (an app password) and STYLEPLUG_TOKEN (the token, or the password,"
        " of `styleplug serve`) are read from the environment.",
    )
    parser.add_argument("photos", nargs="+", metavar="PHOTO", help="a photograph's id")
    parser.add_argument("--photoprism", required=True, metavar="URL", help="as http://nas:2342")
    parser.add_argument(
        "--album", action="append", default=[], metavar="TITLE", help="to put results into"
    )
    add_options(parser)
    given = parser.parse_args(arguments)
    token = secret("PHOTOPRISM_TOKEN")
    adapter = Adapter(
        Server("PhotoPrism", base(given.photoprism), ("Authorization", f"Bearer {token}")),
        service_of(given),
        recipe_of(given),
        given.album,
    )
    failed = [photo for photo in given.photos if not done_or_said(adapter, photo)]
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
