"""The process of a job: what it is like, and that nothing of it gets into the conversation."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from worker_client import WorkerClient

from styleplug.worker.job import NICENESS

Begin = Callable[..., Path]


def test_it_leads_its_group_lets_others_go_first_and_spins_little(
    worker: WorkerClient, begin: Begin
) -> None:
    folder = begin("a", "confess")
    worker.hear_until("finished")
    facts = json.loads((folder / "facts.json").read_text())
    own = os.getpriority(os.PRIO_PROCESS, 0)
    assert facts == {"spin": "20000", "nice": min(own + NICENESS, 19), "leads": True}


def test_what_libraries_print_is_no_message(worker: WorkerClient, begin: Begin) -> None:
    begin("a", "chatter")
    assert [message["type"] for message in worker.hear_until("finished")] == ["finished"]
    for words in ("a line that is no message", "another", "a third"):
        assert words in worker.stderr()


def test_what_a_plug_in_raises(worker: WorkerClient, begin: Begin) -> None:
    begin("a", "fail")
    failed = worker.hear()
    assert (failed["type"], failed["code"]) == ("failed", "plugin")
    assert "ZeroDivisionError: no such luck" in failed["message"]


@pytest.mark.parametrize(
    ("fields", "code", "words"),
    [
        ({"filter": "nowhere"}, "config", "posterise"),
        ({"options": {"strength": 2}}, "config", "strength is 2, but must be a number from 0"),
        ({"options": {"colour": 1}}, "config", "option is 'colour', but must be one of strength"),
        ({"photo": {"path": "nowhere.jpg"}}, "image-unreadable", "there is no such file"),
    ],
)
def test_what_was_asked_for_cannot_be_had(
    worker: WorkerClient, begin: Begin, fields: dict[str, object], code: str, words: str
) -> None:
    begin("a", **{"filter": "posterise", **fields})
    failed = worker.hear()
    assert (failed["type"], failed["id"], failed["code"]) == ("failed", "a", code)
    assert words in failed["message"]
