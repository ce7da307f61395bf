"""The pictures that come with styleplug, for a first try without any files of one's own.

`photograph.jpg` is the content; the paintings are styles, and `thumbnails/NAME.png` shows each of
them at 128 pixels. CREDITS.md says where they are from.
"""

from pathlib import Path

PAINTINGS = {
    "discs": ("discs.jpg", "Discs of light, in few strong colours"),
    "harbour": ("harbour.jpg", "A harbour in the morning, in dots"),
    "lanterns": ("painting.jpg", "Paper lanterns adrift on a river at dusk"),
    "mist": ("mist.jpg", "Mountains in the mist, in ink"),
    "mosaic": ("mosaic.jpg", "Carp in a pond, as a mosaic"),
    "mountain": ("mountain.jpg", "A mountain over the sea, as a woodcut"),
    "poppies": ("poppies.jpg", "Poppies in a field, by the palette knife"),
}
"""File and title of each painting, by the name that it goes by as a style."""


def path(name: str) -> Path:
    """Return the absolute path of a bundled picture, such as `photograph.jpg`."""
    return Path(__file__).resolve().parent / name
