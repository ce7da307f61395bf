#!/usr/bin/env python3
"""Filters ▸ Artistic ▸ Style Transfer…: the procedure that GIMP 3 knows, and how a call of it runs.

Standard library and `gi` only: the work is done by styleplug in a process of its own. What isn't
needed to answer GIMP's query is imported in a run.
"""

from __future__ import annotations

import sys

import gi

gi.require_version("Gimp", "3.0")
from gi.repository import Gimp, GLib, GObject  # noqa: E402  # the version comes first

PROCEDURE = "plug-in-styleplug"


class StyleTransfer(Gimp.PlugIn):
    """The plug-in, as GIMP talks to it."""

    def do_set_i18n(self, _name: str) -> bool:
        return False

    def do_query_procedures(self) -> list[str]:
        return [PROCEDURE]

    def do_create_procedure(self, name: str) -> Gimp.Procedure:
        procedure = Gimp.ImageProcedure.new(self, name, Gimp.PDBProcType.PLUGIN, run, None)
        procedure.set_image_types("RGB*")
        procedure.set_sensitivity_mask(Gimp.ProcedureSensitivityMask.DRAWABLE)
        procedure.set_menu_label("_Style Transfer…")
        procedure.add_menu_path("<Image>/Filters/Artistic")
        procedure.set_documentation(
            "Paint the layer in the manner of a painting",
            "Paints a layer, or the selected part of it, in the manner of a painting, or sends it"
            " through a filter. The result is a new layer. Needs styleplug.",
            name,
        )
        procedure.set_attribution("The styleplug contributors", "MIT", "2026")
        for argument in (
            ("painting", "_Painting", "Name of a painting of your collection", ""),
            ("filter", "_Filter", "Name of a filter, instead of a painting", ""),
            ("preset", "P_reset", "Name of a preset; empty for the usual one", ""),
            ("options", "_Options", "More options: name=value, name=value; or a JSON object", ""),
            (
                "regions",
                "Re_gions",
                "Channels, or layers with masks, and the paintings there: sky=mist, roofs=mosaic",
                "",
            ),
        ):
            procedure.add_string_argument(*argument, GObject.ParamFlags.READWRITE)
        procedure.add_file_argument(
            "painting-file",
            "Painting's _file",
            "A picture file with the painting, instead of one of your collection",
            Gimp.FileChooserAction.OPEN,
            True,
            None,
            GObject.ParamFlags.READWRITE,
        )
        for name, label, help_text in (
            ("size", "Si_ze", "Longest side of the working picture, in pixels; more in a panorama"),
            ("seed", "Se_ed", "Which variation to paint; 0 is the plain one"),
        ):
            procedure.add_int_argument(
                name, label, f"{help_text}; -1: the preset's", -1, 2**31 - 1, -1,
                GObject.ParamFlags.READWRITE,
            )  # fmt: skip
        procedure.add_double_argument(
            "strength", "S_trength", "How far to go from the picture, 0 to 1; -1: the preset's",
            -1.0, 1.0, -1.0, GObject.ParamFlags.READWRITE,
        )  # fmt: skip
        return procedure


def run(
    procedure: Gimp.Procedure,
    run_mode: Gimp.RunMode,
    image: Gimp.Image,
    drawables: list[Gimp.Drawable],
    config: Gimp.ProcedureConfig,
    _data: object,
) -> Gimp.ValueArray:
    """Answer a call; whatever happens, GIMP gets its answer."""
    import messages

    try:
        from transfer import transfer

        status = transfer(procedure, run_mode, image, drawables, config)
    except messages.Problem as problem:
        return failure(procedure, str(problem))
    except Exception as error:
        import traceback

        traceback.print_exc()  # for whoever started GIMP in a terminal
        return failure(procedure, f"Style Transfer has a fault: {type(error).__name__}: {error}")
    return procedure.new_return_values(status, GLib.Error())


def failure(procedure: Gimp.Procedure, message: str) -> Gimp.ValueArray:
    """The answer that makes GIMP show a message."""
    error = GLib.Error.new_literal(Gimp.PlugIn.error_quark(), message, 0)
    return procedure.new_return_values(Gimp.PDBStatusType.EXECUTION_ERROR, error)


Gimp.main(StyleTransfer.__gtype__, sys.argv)
