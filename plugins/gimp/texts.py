"""Texts about a running job."""

from __future__ import annotations

from worker import Message


def progress_text(message: Message) -> str:
    """What a progress message says, with the time that is left."""
    text: str = message["text"]
    seconds = message.get("remaining")
    if seconds is None:
        return text
    left = f"{seconds / 60:.0f} min" if seconds >= 100 else f"{seconds:.0f} s"
    return f"{text}, about {left} left"
