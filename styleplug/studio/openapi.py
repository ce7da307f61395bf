"""The description of the interface for programs: OpenAPI 3.1."""

from __future__ import annotations

from typing import Any


def document() -> dict[str, Any]:
    """The whole document."""
    return {"openapi": "3.1.0", "info": {"title": "styleplug studio", "version": "1"}, "paths": {}}
