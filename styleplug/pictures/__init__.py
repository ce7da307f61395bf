"""The pictures that come with styleplug, for a first try without any files of one's own.

`photograph.jpg` is the content and `painting.jpg` the style; CREDITS.md says where they are from.
"""

from pathlib import Path


def path(name: str) -> Path:
    """Return the absolute path of a bundled picture, `photograph.jpg` or `painting.jpg`."""
    return Path(__file__).resolve().parent / name
