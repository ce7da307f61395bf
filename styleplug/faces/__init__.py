"""Where the faces in a photograph are."""

from __future__ import annotations

from styleplug.faces.detector import Face, find_faces

__all__ = ["Face", "find_faces"]
