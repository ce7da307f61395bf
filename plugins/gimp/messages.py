"""What the plug-in tells people when something is wrong, and the error that carries it to them."""

from __future__ import annotations

INSTALL = "styleplug hosts install gimp"


class Problem(Exception):
    """Something that people can mend; its text says how, and GIMP shows it."""


def not_installed(why: str) -> Problem:
    """The plug-in is there, styleplug's own half of the installation isn't."""
    return Problem(
        f"Style Transfer isn't installed completely: {why}. Run “{INSTALL}” in the environment"
        " where styleplug is, then try again."
    )


def no_interpreter(interpreter: str) -> Problem:
    """The environment that styleplug was installed in has gone."""
    return Problem(
        f"The Python that styleplug was installed in isn't there any more: {interpreter}."
        f" Install styleplug again, with “pip install 'styleplug[cpu]'”, and run “{INSTALL}”."
    )


def other_version(installed: str, found: str, interpreter: str) -> Problem:
    """styleplug was upgraded, and the plug-in stayed as it was."""
    return Problem(
        f"The plug-in is of styleplug {installed}, but styleplug is now {found}. Run"
        f" “{interpreter} -m {INSTALL}”, then restart GIMP."
    )


def worker_died(exit_code: int, last_words: str) -> Problem:
    """styleplug's process ended by itself."""
    said = f" Its last words:\n{last_words}" if last_words else ""
    return Problem(
        f"styleplug ended unexpectedly (exit code {exit_code}). Your picture is unchanged;"
        f" try again.{said}"
    )


def no_answer(seconds: int) -> Problem:
    """styleplug's process runs, but says nothing."""
    return Problem(
        f"styleplug hasn't answered for {seconds} seconds. Your picture is unchanged; try again"
        " when the computer is less busy."
    )


def cannot_work(problems: list[str]) -> Problem:
    """styleplug runs, but no transfer can."""
    return Problem("No style transfer can run: " + " ".join(problems))


def cannot_write(error: OSError) -> Problem:
    """The disk of the temporary folder is full, or not to be written to."""
    return Problem(
        f"The picture couldn't be passed to styleplug: {error.strerror} ({error.filename})."
        " Make room in the temporary folder, or set TMPDIR to another one and restart GIMP."
        " Your picture is unchanged."
    )


def nothing_chosen(styles: list[str], filters: list[str]) -> Problem:
    """A call without a dialog that names neither painting nor filter."""
    known = f" Paintings: {', '.join(styles) or 'none'}. Filters: {', '.join(filters) or 'none'}."
    return Problem(
        "No painting chosen: give “painting” a name of your collection, “painting-file” a file,"
        f" or “filter” the name of a filter.{known}"
    )


def too_much_chosen(names: list[str]) -> Problem:
    """A call that names several ways to paint."""
    return Problem(f"Choose one of {' and '.join(names)}, and leave the others empty.")


def wrong_options(text: str, argument: str) -> Problem:
    """The `options` or the `regions` of a call can't be read."""
    examples = {"options": "iterations=80, pooling=avg", "regions": "sky=mist, roofs=mosaic"}
    return Problem(
        f"“{argument}” can't be read: {text!r}. Write name=value, separated by commas, such as"
        f" “{examples[argument]}”, or a JSON object."
    )


def no_such_mask(name: str, known: list[str]) -> Problem:
    """A region's mask that isn't in the picture."""
    names = ", ".join(known) or "none; make one with Select ▸ Save to Channel"
    return Problem(f"The picture has no channel, and no layer with a mask, called {name}: {names}.")


REGIONS_OF_FILTER = Problem("Regions are for paintings: choose one, or leave “regions” empty.")
NO_LAYER = Problem("There is no layer to work on: choose one in the Layers dialog.")
SEVERAL_LAYERS = Problem(
    "Style Transfer works on one layer at a time: choose a single one in the Layers dialog."
)
NOT_A_LAYER = Problem(
    "A mask or a channel is chosen: click on the picture of the layer in the Layers dialog."
)
FLOATING_SELECTION = Problem(
    "There is a floating selection: anchor it, or make it a layer, then try again."
)
NOT_RGB = Problem(
    "Style Transfer needs a colour picture: choose Image ▸ Mode ▸ RGB first. The picture is"
    " greyscale or indexed."
)
OUTSIDE = Problem(
    "The selection doesn't touch the layer: choose another layer, or Select ▸ None for all of it."
)
