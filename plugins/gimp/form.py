"""Controls for the worker's options, whatever they are: a row each, with a label and its help."""

from __future__ import annotations

from typing import Any

from gi.repository import Gtk
from worker import Message

SLIDER_RANGE = 10
"""The widest range of fractions that gets a slider."""
SLIDER_WIDTH = 110
"""In pixels, at least."""
GREATEST = 2.0**53
"""Where an option has no upper limit."""


class OptionForm(Gtk.Box):
    """The basic options at once, the others behind "More options"."""

    def __init__(self, options: list[Message]) -> None:
        super().__init__(orientation=Gtk.Orientation.VERTICAL, spacing=12)
        self._controls = {option["name"]: make_control(option) for option in options}
        self._base: dict[str, Any] = {}
        basic = [option for option in options if option.get("basic")]
        others = [option for option in options if not option.get("basic")]
        self.pack_start(self._rows(basic), False, False, 0)
        if others:
            self.pack_start(self._expander(others), True, True, 0)

    def set_base(self, values: dict[str, Any]) -> None:
        """Show these values, which are the preset's own."""
        for name, control in self._controls.items():
            control.set(values[name])
            # As shown: a control may round a default.
            self._base[name] = control.get()

    def set_values(self, values: dict[str, Any]) -> None:
        """Show other values, as far as there are such options."""
        for name in values.keys() & self._controls.keys():
            self._controls[name].set(values[name])

    def values(self) -> dict[str, Any]:
        """The options that differ from the preset's."""
        shown = {name: control.get() for name, control in self._controls.items()}
        return {name: value for name, value in shown.items() if value != self._base[name]}

    def _rows(self, options: list[Message]) -> Gtk.Grid:
        grid = Gtk.Grid(row_spacing=6, column_spacing=12)
        for row, option in enumerate(options):
            label = Gtk.Label(label=option["label"], xalign=0)
            control = self._controls[option["name"]]
            for column, widget in enumerate((label, control)):
                widget.set_tooltip_text(option["help"])
                grid.attach(widget, column, row, 1, 1)
            control.set_hexpand(True)
        return grid

    def _expander(self, options: list[Message]) -> Gtk.Expander:
        rows = self._rows(options)
        rows.set_property("margin", 6)
        scrolled = Gtk.ScrolledWindow(hscrollbar_policy=Gtk.PolicyType.NEVER)
        scrolled.set_min_content_height(180)
        scrolled.add(rows)
        expander = Gtk.Expander(label="_More options", use_underline=True)
        expander.add(scrolled)
        return expander


def make_control(option: Message) -> Gtk.Widget:
    """A control for an option, with `get` and `set`; one for texts where the type is unknown."""
    make: dict[str, type[Gtk.Widget]]
    make = {"int": Number, "float": Number, "bool": Switch, "choice": Choice}
    control = make.get(option["type"], Text)(option)
    return Optional(control) if option.get("optional") else control


class Number(Gtk.Box):
    """A number: a field, and a slider where the range is narrow."""

    def __init__(self, option: Message) -> None:
        super().__init__(spacing=6)
        self._whole = option["type"] == "int"
        low, high = option["low"], option.get("high", GREATEST)
        digits = 0 if self._whole else 2 if low == 0 or low >= 0.01 else 4
        step = 1 if self._whole else 10.0**-digits
        self._adjustment = Gtk.Adjustment(
            lower=low, upper=high, step_increment=step, page_increment=10 * step
        )
        if not self._whole and high - low <= SLIDER_RANGE:
            slider = Gtk.Scale(adjustment=self._adjustment, draw_value=False, digits=digits)
            slider.set_size_request(SLIDER_WIDTH, -1)
            self.pack_start(slider, True, True, 0)
        field = Gtk.SpinButton(adjustment=self._adjustment, digits=digits, width_chars=7)
        field.set_activates_default(True)
        self.pack_start(field, False, False, 0)
        self._field = field

    def get(self) -> float:
        self._field.update()
        value = self._adjustment.get_value()
        return int(value) if self._whole else round(value, self._field.get_digits())

    def set(self, value: float) -> None:
        self._adjustment.set_value(value)


class Switch(Gtk.CheckButton):
    """Yes or no."""

    def get(self) -> bool:
        return self.get_active()

    def set(self, value: bool) -> None:
        self.set_active(value)

    def __init__(self, _option: Message) -> None:
        super().__init__()


class Choice(Gtk.ComboBoxText):
    """One of a few texts."""

    def __init__(self, option: Message) -> None:
        super().__init__()
        for choice in option["choices"]:
            self.append(choice, choice)

    def get(self) -> str:
        return self.get_active_id()

    def set(self, value: str) -> None:
        self.set_active_id(value)


class Text(Gtk.Entry):
    """A line of text."""

    def __init__(self, _option: Message) -> None:
        super().__init__(activates_default=True)

    def get(self) -> str:
        return self.get_text()

    def set(self, value: str) -> None:
        self.set_text(value)


class Optional(Gtk.Box):
    """Another control, or nothing where its box isn't ticked."""

    def __init__(self, control: Gtk.Widget) -> None:
        super().__init__(spacing=6)
        self._control = control
        self._ticked = Gtk.CheckButton(tooltip_text="Set this option")
        self._ticked.connect("toggled", lambda box: control.set_sensitive(box.get_active()))
        control.set_sensitive(False)
        self.pack_start(self._ticked, False, False, 0)
        self.pack_start(control, True, True, 0)

    def get(self) -> object:
        return self._control.get() if self._ticked.get_active() else None

    def set(self, value: object) -> None:
        self._ticked.set_active(value is not None)
        if value is not None:
            self._control.set(value)
