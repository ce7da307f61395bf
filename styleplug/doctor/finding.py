"""What a check finds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Status = Literal["ok", "note", "fault"]


@dataclass(frozen=True)
class Finding:
    """One thing that is as it should be, worth a look, or in the way of every transfer.

    `remedy` says what to do about it; "" where there is nothing to do.
    """

    status: Status
    text: str
    remedy: str = ""
