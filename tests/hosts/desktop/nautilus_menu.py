"""Runs with the system's Python, which has `gi`: asks the extension for its menu, and clicks.

Arguments: the extension's file; what each file is (its type); then the files. Prints the labels as
JSON, and starts the first entry where there is one.
"""

import importlib.util
import json
import sys

import gi

gi.require_version("Nautilus", "4.0")
from gi.repository import Gio, Nautilus  # noqa: E402  # the version comes first


class Chosen:
    """What the extension asks of a file that is chosen."""

    def __init__(self, path, kind):
        self.path = path
        self.kind = kind

    def get_location(self):
        return Gio.File.new_for_commandline_arg(self.path)

    def get_mime_type(self):
        return self.kind


extension, kind, *paths = sys.argv[1:]
spec = importlib.util.spec_from_file_location("extension", extension)
module = importlib.util.module_from_spec(spec)
spec.loader.exec_module(module)
provider = module.StyleTransferMenu()
assert isinstance(provider, Nautilus.MenuProvider)
tops = provider.get_file_items([Chosen(path, kind) for path in paths])
items = [item for top in tops for item in top.props.menu.get_items()]
print(json.dumps([[top.props.label for top in tops], [item.props.label for item in items]]))
for item in items[:1]:
    item.emit("activate")
