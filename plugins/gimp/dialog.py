"""The dialog: what to paint with, how, and a preview; built from the worker's catalogue."""

import gi

gi.require_version("GimpUi", "3.0")
gi.require_version("Gtk", "3.0")
from form import OptionForm  # noqa: E402  # the versions come first
from gallery import FilterList, Gallery  # noqa: E402  # likewise
from gi.repository import GimpUi, Gtk  # noqa: E402  # likewise
from preview import Preview  # noqa: E402  # likewise
from settings import Settings  # noqa: E402  # likewise

WIDTH, HEIGHT = 780, 600


def ask(worker, catalogue, drawable, area, settings):
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

    def allow(chosen):
        dialog.set_response_sensitive(Gtk.ResponseType.OK, chosen is not None)

    chooser = Chooser(catalogue, worker.problems, allow)
    preview = Preview(worker, drawable, area, chooser.settings)
    chooser.right.pack_start(preview, False, False, 0)
    chooser.right.reorder_child(preview, 0)
    dialog.get_content_area().pack_start(chooser, True, True, 0)
    chooser.show_all()
    chooser.begin(settings)
    answer = dialog.run()
    preview.stop()
    chosen = chooser.settings() if answer == Gtk.ResponseType.OK else None
    dialog.destroy()
    return chosen


class Chooser(Gtk.Box):
    """What to paint with on the left, how on the right; `on_change` is told what is chosen."""

    def __init__(self, catalogue, problems, on_change):
        super().__init__(spacing=18, border_width=12)
        self._catalogue = catalogue
        self._on_change = on_change
        self._problems = problems
        self._gallery = Gallery(catalogue["styles"])
        self._filters = FilterList(catalogue["filters"])
        self._pages = Gtk.Stack()
        self._pages.add_titled(self._painting_page(), "stylize", "Painting")
        self._pages.add_titled(self._filters, "filter", "Filter")
        self.right = Gtk.Box(orientation=Gtk.Orientation.VERTICAL, spacing=12)
        self._forms = Gtk.Stack(vhomogeneous=False)
        self._form = {}
        for job in ("stylize", "filter"):
            options = [option for option in catalogue["options"] if job in option["jobs"]]
            self._form[job] = OptionForm(options)
            self._forms.add_named(self._form[job], job)
        self.pack_start(self._left(), True, True, 0)
        self._preset = self._preset_choice()
        self.right.pack_start(self._forms, True, True, 0)
        self.pack_start(self.right, False, False, 0)
