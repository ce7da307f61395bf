"""The dialog's part for regions: a painting for each mask of the picture."""

from __future__ import annotations

from gi.repository import Gtk
from worker import Message

AS_THE_REST = ""


class RegionForm(Gtk.Expander):
    """A row for each mask, with the painting to use there."""

    def __init__(self, masks: list[str], styles: list[Message]) -> None:
        super().__init__(label="Re_gions", use_underline=True)
        self._choices = {name: _choice(styles) for name in masks}
        grid = Gtk.Grid(row_spacing=6, column_spacing=12, margin=6)
        for row, (name, choice) in enumerate(self._choices.items()):
            label = Gtk.Label(label=name, xalign=0, max_width_chars=18)
            for column, widget in enumerate((label, choice)):
                widget.set_tooltip_text("What to paint with where this channel or mask is white")
                grid.attach(widget, column, row, 1, 1)
        self.add(grid)

    def values(self) -> dict[str, str]:
        """The painting by the name of a mask, of those that have their own."""
        chosen = {name: choice.get_active_id() for name, choice in self._choices.items()}
        return {name: painting for name, painting in chosen.items() if painting != AS_THE_REST}

    def set_values(self, values: dict[str, str]) -> None:
        """Choose paintings, as far as there are such masks and paintings."""
        for name in values.keys() & self._choices.keys():
            self._choices[name].set_active_id(values[name])
        self.set_expanded(bool(self.values()))


def _choice(styles: list[Message]) -> Gtk.ComboBoxText:
    choice = Gtk.ComboBoxText(hexpand=True)
    choice.append(AS_THE_REST, "As the rest")
    for style in styles:
        choice.append(style["name"], style["title"])
    choice.set_active(0)
    return choice
