#!/usr/bin/env python3
"""A worker that speaks the protocol and inverts pictures, in place of styleplug's own.

Quick, and ill on demand: FAKE_WORKER names what goes wrong. Run as the "interpreter" of an
installation; its arguments are ignored. Standard library only.
"""

from __future__ import annotations

import array
import json
import os
import shutil
import sys
import tempfile
import time

ILLNESS = os.environ.get("FAKE_WORKER", "")
CATALOGUE = {
    "presets": [{"name": "painterly", "help": "Bold.", "options": {}}],
    "styles": [
        {"name": "dots", "title": "Dots", "path": "/x.png", "thumbnail": "", "bundled": True}
    ],
    "filters": [{"name": "invert", "description": "Turns colours around.", "source": "a test"}],
    "options": [],
}


def say(type, **fields):
    print(json.dumps({"type": type, **fields}), flush=True)


def invert(request, folder):
    photo = request["photo"]
    channels = len(photo["layout"])
    with open(os.path.join(folder, photo["path"]), "rb") as file:
        values = array.array("f", file.read())
    for channel in range(3):
        values[channel::channels] = array.array("f", (1 - v for v in values[channel::channels]))
    path = os.path.join(folder, "result.raw")
    with open(path, "wb") as file:
        values.tofile(file)
    return {**photo, "path": path}


def answer(message, folders):
    kind, id = message["type"], message.get("id")
    if kind == "hello":
        version = "0.0.1" if ILLNESS == "old" else os.environ["FAKE_VERSION"]
        capabilities = ["filter", "preview"] + ["stylize"] * (ILLNESS != "no-torch")
        say("hello", protocol=1, styleplug=version, python="3.13.0", capabilities=capabilities,
            problems=["Install it with: pip install torch"])  # fmt: skip
    elif kind == "catalogue":
        say("catalogue", id=id, **CATALOGUE)
    elif kind == "open":
        folders[id] = tempfile.mkdtemp(prefix="styleplug-fake-")
        say("opened", id=id, folder=folders[id])
    elif kind in ("stylize", "filter"):
        say("progress", id=id, fraction=0.5, remaining=1, text="half of it")
        if ILLNESS == "dies":
            sys.exit("Illegal instruction, said the processor")
        if ILLNESS == "fails":
            say("failed", id=id, code="out-of-memory", message="Choose a smaller size.")
            return
        while ILLNESS == "hangs":
            time.sleep(1)
        say("finished", id=id, stopped="finished", seconds=0.1, result=invert(message, folders[id]))
    elif kind == "close":
        shutil.rmtree(folders.pop(id))
        say("closed", id=id)


def main():
    folders: dict[str, str] = {}
    if ILLNESS == "dies-at-once":
        sys.exit("No module named styleplug")
    print("a library that prints", flush=True)
    for line in sys.stdin:
        answer(json.loads(line), folders)


if __name__ == "__main__":
    main()
