"""The dialog: what to paint with, how, and a preview; built from the worker's catalogue."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import gi

gi.require_version("GimpUi", "3.0")
gi.require_version("Gtk", "3.0")
from form import OptionForm  # noqa: E402  # the versions come first
from gallery import FilterList, Gallery  # noqa: E402  # likewise
from gi.repository import Gimp, GimpUi, Gtk  # noqa: E402  # likewise
from pixels import Area  # noqa: E402  # likewise
from preview import Preview  # noqa: E402  # likewise
from region_form import RegionForm  # noqa: E402  # likewise
from regions import mask_names  # noqa: E402  # likewise
from settings import Settings  # noqa: E402  # likewise
from worker import Message, Worker  # noqa: E402  # likewise

WIDTH, HEIGHT = 900, 680
JOBS = ("stylize", "filter")


def ask(
    worker: Worker, catalogue: Message, drawable: Gimp.Drawable, area: Area, settings: Settings
) -> Settings | None:
    """Show the dialog, which begins with these settings; returns what was chosen, or None."""
    GimpUi.init("styleplug")
    dialog = GimpUi.Dialog(
        title="Style Transfer",
        role="styleplug",
        use_header_bar=Gtk.Settings.get_default().get_property("gtk-dialogs-use-header"),
    )
    dialog.add_button("_Cancel", Gtk.ResponseType.CANCEL)
    dialog.add_button("_Paint", Gtk.ResponseType.OK)
    dialog.set_default_response(Gtk.ResponseType.OK)
    dialog.set_default_size(WIDTH, HEIGHT)
    GimpUi.window_set_transient(dialog)

    def allow(enough: bool) -> None:
        dialog.set_response_sensitive(Gtk.ResponseType.OK, enough)
        preview.set_sensitive(enough)

    preview = Preview(worker, drawable, area, lambda: chooser.settings())
    masks = mask_names(drawable.get_image())
    chooser = Chooser(catalogue, masks, worker.problems, preview, allow)
    dialog.get_content_area().pack_start(chooser, True, True, 0)
    chooser.begin(settings)
    answer = dialog.run()
    preview.stop()
    chosen = chooser.settings() if answer == Gtk.ResponseType.OK else None
    dialog.destroy()
    return chosen


class Chooser(Gtk.Box):
    """What to paint with on the left, how on the right; `allow` is told whether that is enough."""

    def __init__(
        self,
        catalogue: Message,
        masks: list[str],
        problems: list[str],
        preview: Preview,
        allow: Callable[[bool], None],
    ) -> None:
        super().__init__(spacing=18, border_width=12)
        self._presets = {preset["name"]: preset["options"] for preset in catalogue["presets"]}
        self._problems = problems
        self._allow = allow
        self._options = {
            job: [option for option in catalogue["options"] if job in option["jobs"]]
            for job in JOBS
        }
        self._gallery = Gallery(catalogue["styles"])
        self._filters = FilterList(catalogue["filters"])
        self._pages = Gtk.Stack()
        self._pages.add_titled(self._gallery, "stylize", "Painting")
        if catalogue["filters"]:
            self._pages.add_titled(self._filters, "filter", "Filter")
        self._forms = {job: OptionForm(options) for job, options in self._options.items()}
        self._preset = preset_choice(catalogue["presets"])
        self._regions = RegionForm(masks, catalogue["styles"]) if masks else None
        self._how = Gtk.Stack(vhomogeneous=False)
        self._how.add_named(self._stylize_page(), "stylize")
        self._how.add_named(self._forms["filter"], "filter")
        self.pack_start(self._left(), True, True, 0)
        right = Gtk.Box(orientation=Gtk.Orientation.VERTICAL, spacing=12)
        right.pack_start(preview, False, False, 0)
        right.pack_start(self._how, True, True, 0)
        right.set_hexpand(False)  # or its fields would take the paintings' room
        self.pack_start(right, False, False, 0)
        self._preset.connect("changed", lambda _: self._show_preset())
        self.show_all()

    def begin(self, settings: Settings) -> None:
        """Show settings, as far as what they name is still there."""
        self._forms["filter"].set_base(self._base("filter"))
        if not self._preset.set_active_id(settings.preset):
            self._preset.set_active(0)
        self._forms[settings.job].set_values(settings.options)
        if self._regions is not None:
            self._regions.set_values(settings.regions)
        is_filter = settings.way == "filter"
        self._filters.choose(settings.name if is_filter else None)
        self._gallery.choose(None if is_filter else settings.way, settings.name)
        self._pages.set_visible_child_name(settings.job)
        self._connect()
        self._update()

    def settings(self) -> Settings | None:
        """What is chosen, or None where that isn't enough."""
        job = self._pages.get_visible_child_name()
        chosen = self._pages.get_visible_child().chosen()
        if chosen is None or (job == "stylize" and self._problems):
            return None
        preset = self._preset.get_active_id() if job == "stylize" else ""
        way, name = chosen
        regions = self._regions.values() if self._regions and job == "stylize" else {}
        return Settings(way, name, preset, self._forms[job].values(), regions)

    def _left(self) -> Gtk.Widget:
        box = Gtk.Box(orientation=Gtk.Orientation.VERTICAL, spacing=6)
        if self._problems:
            text = "No painting can be used: " + " ".join(self._problems)
            box.pack_start(Gtk.Label(label=text, wrap=True, xalign=0), False, False, 0)
        switcher = Gtk.StackSwitcher(stack=self._pages, halign=Gtk.Align.CENTER)
        if len(self._pages.get_children()) > 1:
            box.pack_start(switcher, False, False, 0)
        box.pack_start(self._pages, True, True, 0)
        return box

    def _stylize_page(self) -> Gtk.Widget:
        box = Gtk.Box(orientation=Gtk.Orientation.VERTICAL, spacing=12)
        row = Gtk.Box(spacing=12)
        label = Gtk.Label(label="Prese_t", use_underline=True, mnemonic_widget=self._preset)
        row.pack_start(label, False, False, 0)
        row.pack_start(self._preset, True, True, 0)
        box.pack_start(row, False, False, 0)
        if self._regions is not None:
            box.pack_start(self._regions, False, False, 0)
        box.pack_start(self._forms["stylize"], True, True, 0)
        return box

    def _connect(self) -> None:
        self._pages.connect("notify::visible-child", lambda *_: self._update())
        for chooser in (self._gallery, self._filters):
            chooser.connect("changed", lambda _: self._update())

    def _show_preset(self) -> None:
        self._forms["stylize"].set_base(self._base("stylize", self._preset.get_active_id()))

    def _base(self, job: str, preset: str | None = None) -> dict[str, Any]:
        defaults = {option["name"]: option["default"] for option in self._options[job]}
        return {**defaults, **self._presets.get(preset, {})}

    def _update(self) -> None:
        if self.in_destruction():
            return
        self._how.set_visible_child_name(self._pages.get_visible_child_name())
        self._allow(self.settings() is not None)


def preset_choice(presets: list[Message]) -> Gtk.ComboBoxText:
    """A list of the presets, with their help."""
    box = Gtk.ComboBoxText(hexpand=True)
    for preset in presets:
        box.append(preset["name"], preset["name"].capitalize())
    helps = [f"{preset['name'].capitalize()}: {preset['help']}" for preset in presets]
    box.set_tooltip_text("\n".join(helps))
    return box
