"""Paintings at hand: the user's own collection and the bundled ones, each by its name."""

from styleplug.styles.collection import (
    Style,
    add_style,
    find_style,
    list_styles,
    painting_file,
    remove_style,
)

__all__ = ["Style", "add_style", "find_style", "list_styles", "painting_file", "remove_style"]
