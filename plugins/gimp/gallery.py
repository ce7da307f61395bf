"""The paintings to choose from, with their pictures: the collection, and files besides."""

from __future__ import annotations

import os

from gi.repository import GdkPixbuf, GLib, GObject, Gtk, Pango
from worker import Message

SIDE = 96
"""Of a picture in the list, in pixels."""
WAY, NAME, TITLE, PICTURE = range(4)
"""Columns of the list; `WAY` as in settings.py."""


class Gallery(Gtk.Box):
    """A list of paintings, one of which is chosen; tells "changed"."""

    __gsignals__ = {"changed": (GObject.SignalFlags.RUN_LAST, None, ())}  # noqa: RUF012  # GObject's

    def __init__(self, styles: list[Message]) -> None:
        super().__init__(orientation=Gtk.Orientation.VERTICAL, spacing=6)
        self._list = Gtk.ListStore(str, str, str, GdkPixbuf.Pixbuf)
        for style in styles:
            picture = load_picture(style["thumbnail"])
            self._list.append(["painting", style["name"], style["title"], picture])
        self._view = Gtk.IconView(
            model=self._list,
            selection_mode=Gtk.SelectionMode.BROWSE,
            item_width=SIDE + 24,
            item_padding=6,
            column_spacing=0,
            row_spacing=0,
        )
        self._view.set_pixbuf_column(PICTURE)
        self._view.set_text_column(TITLE)
        self._view.connect("selection-changed", lambda _: self.emit("changed"))
        scrolled = Gtk.ScrolledWindow(shadow_type=Gtk.ShadowType.IN)
        scrolled.set_policy(Gtk.PolicyType.NEVER, Gtk.PolicyType.AUTOMATIC)
        scrolled.add(self._view)
        self.pack_start(scrolled, True, True, 0)
        button = Gtk.Button(label="Painting from a _File…", use_underline=True)
        button.set_tooltip_text("Paint in the manner of a picture that isn't in your collection")
        button.connect("clicked", self._open)
        self.pack_start(button, False, False, 0)

    def chosen(self) -> tuple[str, str] | None:
        """The way and the name of the painting, or None."""
        rows = self._view.get_selected_items()
        return tuple(self._list[rows[0]])[:TITLE] if rows else None

    def choose(self, way: str | None, name: str) -> None:
        """Choose a painting, and the first where there is no such."""
        if way == "painting-file" and os.path.exists(name):
            self._add_file(name)
            return
        rows = [row for row, item in enumerate(self._list) if item[NAME] == name]
        if len(self._list):
            self._show(rows[0] if rows else 0)

    def _show(self, row: int) -> None:
        path = Gtk.TreePath.new_from_indices([row])
        self._view.select_path(path)
        self._view.set_cursor(path, None, False)
        self._view.scroll_to_path(path, False, 0, 0)

    def _add_file(self, path: str) -> None:
        title = os.path.basename(path)
        self._list.append(["painting-file", path, title, load_picture(path)])
        self._show(len(self._list) - 1)

    def _open(self, _button: Gtk.Button) -> None:
        chooser = Gtk.FileChooserNative(
            title="Choose a Painting",
            transient_for=self.get_toplevel(),
            action=Gtk.FileChooserAction.OPEN,
            accept_label="_Choose",
        )
        pictures = Gtk.FileFilter()
        pictures.set_name("Pictures")
        pictures.add_mime_type("image/*")
        chooser.add_filter(pictures)
        if chooser.run() == Gtk.ResponseType.ACCEPT:
            self._add_file(chooser.get_filename())
        chooser.destroy()


class FilterList(Gtk.ScrolledWindow):
    """The filters to choose from, each with its description; tells "changed"."""

    __gsignals__ = {"changed": (GObject.SignalFlags.RUN_LAST, None, ())}  # noqa: RUF012  # GObject's

    def __init__(self, filters: list[Message]) -> None:
        super().__init__(shadow_type=Gtk.ShadowType.IN)
        self.set_policy(Gtk.PolicyType.NEVER, Gtk.PolicyType.AUTOMATIC)
        self._names = [item["name"] for item in filters]
        self._view = Gtk.ListBox(selection_mode=Gtk.SelectionMode.BROWSE)
        for item in filters:
            self._view.add(_filter_row(item))
        self._view.connect("row-selected", lambda *_: self.emit("changed"))
        self.add(self._view)

    def chosen(self) -> tuple[str, str] | None:
        """ "filter" and the name of the filter, or None."""
        row = self._view.get_selected_row()
        return ("filter", self._names[row.get_index()]) if row else None

    def choose(self, name: str | None) -> None:
        """Choose a filter, and the first where there is no such."""
        index = self._names.index(name) if name in self._names else 0
        self._view.select_row(self._view.get_row_at_index(index))


def _filter_row(item: Message) -> Gtk.Box:
    box = Gtk.Box(orientation=Gtk.Orientation.VERTICAL, spacing=2, margin=6)
    name = Gtk.Label(label=item["name"], xalign=0)
    name.set_attributes(_bold())
    text = Gtk.Label(label=item["description"], xalign=0, wrap=True, max_width_chars=40)
    text.get_style_context().add_class("dim-label")
    box.add(name)
    box.add(text)
    box.set_tooltip_text(f"From {item['source']}")
    return box


def _bold() -> Pango.AttrList:
    attributes = Pango.AttrList()
    attributes.insert(Pango.attr_weight_new(Pango.Weight.BOLD))
    return attributes


def load_picture(path: str, side: int = SIDE) -> GdkPixbuf.Pixbuf:
    """A picture file in a square of this side, or a sign where it can't be shown."""
    try:
        picture = GdkPixbuf.Pixbuf.new_from_file_at_scale(path, side, side, True)
    except GLib.Error:
        theme = Gtk.IconTheme.get_default()
        return theme.load_icon("image-missing", side, Gtk.IconLookupFlags.FORCE_SIZE)
    return picture.apply_embedded_orientation()
