"""The preview in the dialog: the picture as it is, then a small transfer of it on demand."""

from __future__ import annotations

import os
from collections.abc import Callable, Generator

import messages
from gi.repository import GdkPixbuf, Gimp, GLib, Gtk
from job import run_job
from pixels import Area, thumbnail, write_raw
from regions import Regions
from settings import Settings
from texts import progress_text
from worker import Message, Worker

SIDE = 288
"""Of the preview, in pixels."""
WORKING_SIZE = 256
"""The preview's longest side at work, unless the full picture's is smaller."""
TICK = 50
"""Milliseconds between looks at what came from the worker."""
HINT = "A small picture: the strokes of the full one are finer."


class Preview(Gtk.Box):
    """Shows a part of a drawable; `settings()` gives what to paint with, or None."""

    def __init__(
        self,
        worker: Worker,
        drawable: Gimp.Drawable,
        area: Area,
        settings: Callable[[], Settings | None],
    ) -> None:
        super().__init__(orientation=Gtk.Orientation.VERTICAL, spacing=6)
        self._worker, self._drawable, self._area = worker, drawable, area
        self._settings = settings
        self._job: Generator[Message | None, None, None] | None = None
        self._scale = min(1.0, SIDE / max(area[2:]))
        self._image = Gtk.Image(width_request=SIDE, height_request=SIDE)
        frame = Gtk.Frame(shadow_type=Gtk.ShadowType.IN)
        frame.add(self._image)
        self._bar = Gtk.ProgressBar(show_text=True, text="")
        self._button = Gtk.Button(label="Pre_view", use_underline=True, tooltip_text=HINT)
        self._button.connect("clicked", self._clicked)
        for widget in (frame, self._bar, self._button):
            self.pack_start(widget, False, False, 0)
        self._show_original()

    def stop(self) -> None:
        """End a preview that runs."""
        if self._job is not None:
            self._job.close()
            self._job = None
            self._button.set_label("Pre_view")

    def _show_original(self) -> None:
        data, width, height = thumbnail(self._drawable, self._area, self._scale)
        rgb = GdkPixbuf.Colorspace.RGB
        picture = GdkPixbuf.Pixbuf.new_from_bytes(
            GLib.Bytes.new(data), rgb, True, 8, width, height, 4 * width
        )
        self._image.set_from_pixbuf(on_checks(picture))

    def _clicked(self, _button: Gtk.Button) -> None:
        if self._job is not None:
            self.stop()
            self._say("Stopped", 0)
            return
        settings = self._settings()
        if settings is None:
            return
        try:
            regions = Regions(self._drawable, self._area, settings.regions, self._scale)
        except messages.Problem as problem:
            tell(self.get_toplevel(), str(problem))
            return

        def write(path: str) -> Message:
            regions.write(os.path.dirname(path))
            return write_raw(self._drawable, self._area, path, self._scale)

        request = regions.added_to(small(settings))
        self._job = run_job(self._worker, request, write, timeout=0)
        self._button.set_label("_Stop the preview")
        self._say("Starting…", 0)
        GLib.timeout_add(TICK, self._tick, self._job)

    def _tick(self, job: Generator[Message | None, None, None]) -> bool:
        """Take what came from the worker; False ends the timer."""
        if job is not self._job:
            return False
        try:
            for message in job:
                if message is None:
                    return True
                self._take(message)
        except messages.Problem as problem:
            self._say("No preview", 0)
            tell(self.get_toplevel(), str(problem))
        self.stop()
        return False

    def _take(self, message: Message) -> None:
        kind = message["type"]
        if kind == "progress":
            self._say(progress_text(message), message["fraction"])
        elif kind == "preview":
            self._show(message["path"])
        elif kind == "finished":
            self._show(message["result"]["path"])
            self._say("Preview", 1)

    def _say(self, text: str, fraction: float) -> None:
        self._bar.set_text(text)
        self._bar.set_fraction(fraction)

    def _show(self, path: str) -> None:
        picture = GdkPixbuf.Pixbuf.new_from_file_at_scale(path, SIDE, SIDE, True)
        self._image.set_from_pixbuf(on_checks(picture))


def small(settings: Settings) -> Message:
    """The request of a preview: as the settings say, but at a small size."""
    request = settings.request()
    if request["type"] == "stylize":
        size = min(settings.options.get("size", WORKING_SIZE), WORKING_SIZE)
        request["options"] = {**request["options"], "size": size}
    return {**request, "result": {"format": "png"}, "preview": SIDE}


def on_checks(picture: GdkPixbuf.Pixbuf) -> GdkPixbuf.Pixbuf:
    """A picture with its transparency made visible."""
    if not picture.get_has_alpha():
        return picture
    width, height = picture.get_width(), picture.get_height()
    nearest = GdkPixbuf.InterpType.NEAREST
    return picture.composite_color_simple(width, height, nearest, 255, 8, 0x999999, 0x666666)


def tell(window: Gtk.Window, text: str) -> None:
    """Show a message above the dialog."""
    box = Gtk.MessageDialog(
        transient_for=window,
        modal=True,
        message_type=Gtk.MessageType.ERROR,
        buttons=Gtk.ButtonsType.CLOSE,
        text=text,
    )
    box.run()
    box.destroy()
