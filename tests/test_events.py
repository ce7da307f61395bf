"""Events: frozen, complete, documented."""

from __future__ import annotations

import inspect
from dataclasses import FrozenInstanceError, fields, is_dataclass
from typing import get_args

import pytest

from styleplug import events
from styleplug.events import Event, Failed

KINDS = get_args(Event)


def test_the_union_names_every_event() -> None:
    assert set(KINDS) == {value for value in vars(events).values() if is_dataclass(value)}


@pytest.mark.parametrize("kind", KINDS)
def test_each_event_says_what_it_means(kind: type) -> None:
    # A dataclass without a docstring gets its signature for one.
    assert not inspect.getdoc(kind).startswith(f"{kind.__name__}(")


@pytest.mark.parametrize("kind", KINDS)
def test_an_event_cannot_be_changed(kind: type) -> None:
    names = [field.name for field in fields(kind)]
    event = kind(**dict.fromkeys(names))
    with pytest.raises(FrozenInstanceError):
        setattr(event, names[0], 1)


def test_events_are_compared_by_what_they_say() -> None:
    assert Failed("config", "no") == Failed("config", "no") != Failed("config", "yes")
