"""In GIMP itself: the plug-in is found and called, and what its process loads."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

pytestmark = pytest.mark.slow

FOUND = """
procedure = Gimp.get_pdb().lookup_procedure(PROCEDURE)
answer["label"] = procedure.get_menu_label()
answer["menus"] = procedure.get_menu_paths()
answer["types"] = procedure.get_image_types()
answer["arguments"] = [argument.get_name() for argument in procedure.get_arguments()]
"""
SCRIPT_FU = """
image, layer = picture()
evaluate = Gimp.get_pdb().lookup_procedure("plug-in-script-fu-eval")
config = evaluate.create_config()
config.set_property("script", f'''
  (plug-in-styleplug #:run-mode RUN-NONINTERACTIVE #:image {image.get_id()}
    #:drawables (vector {layer.get_id()}) #:filter "invert")
''')
evaluate.run(config)
answer["names"] = [layer.get_name() for layer in image.get_layers()]
"""
# As GIMP's query does, up to the call that speaks with GIMP.
LOADED = """
import json, runpy, sys, gi
gi.require_version("Gimp", "3.0")
from gi.repository import Gimp
Gimp.main = lambda *_: 0
runpy.run_path(sys.argv[1], run_name="__main__")
loaded = {name.split(".")[0] for name in sys.modules}
print(json.dumps(sorted(loaded - set(sys.stdlib_module_names) - {"__main__"})))
"""

# The names below `gi` are those of its predecessors, which it blocks.
GI = {"gi", "gio", "glib", "gobject", "gtk"}


@pytest.fixture(scope="module")
def answers(run_in_turn: Callable[..., dict[str, Any]]) -> dict[str, Any]:
    return run_in_turn({"found": FOUND, "script-fu": SCRIPT_FU})


def test_the_plug_in_is_found(answers):
    answer = answers["found"]
    assert answer["label"] == "_Style Transfer…"
    assert answer["menus"] == ["<Image>/Filters/Artistic"]
    assert answer["types"] == "RGB*"
    assert {"painting", "painting-file", "filter", "preset", "options"} <= set(answer["arguments"])


def test_a_call_from_script_fu(answers):
    assert answers["script-fu"]["names"] == ["invert", "Photo"]


def test_the_query_loads_the_standard_library_and_gi_only(make_host):
    host = make_host()
    script = str(host.plug_in / "style-transfer.py")
    loaded = set(json.loads(host.output(["/usr/bin/python3", "-I", "-c", LOADED, script])))
    assert "gi" in loaded
    assert loaded <= GI | {"sitecustomize"}
