"""Events to many listeners, slow ones among them."""

from __future__ import annotations

import asyncio

import pytest

from styleplug.studio.event_stream import EventHub, encoded
from styleplug.studio.limits import Limits
from styleplug.studio.problems import Problem


async def heard(hub: EventHub, job: str) -> list[bytes]:
    return [event async for event in hub.topic(job).listen()]


def test_all_listeners_hear_the_last_event_and_end():
    async def run() -> None:
        hub = EventHub(Limits())
        listening = [asyncio.create_task(heard(hub, "a")) for _ in range(100)]
        await asyncio.sleep(0)
        hub.publish("a", "progress", {"fraction": 0.5})
        await asyncio.sleep(0)
        hub.publish("a", "done", {"state": "done"})
        for events in await asyncio.gather(*listening):
            assert events == [
                encoded("progress", {"fraction": 0.5}),
                encoded("done", {"state": "done"}),
            ]

    asyncio.run(run())


def test_whoever_comes_late_hears_how_things_stand_and_whoever_is_slow_misses_some():
    async def run() -> None:
        hub = EventHub(Limits())
        hub.publish("a", "preview", {"url": "1"})
        for step in range(1000):
            hub.publish("a", "progress", {"fraction": step / 1000})
        listening = asyncio.create_task(heard(hub, "a"))
        await asyncio.sleep(0)
        hub.publish("a", "failed", {})
        events = await listening
        assert events[0] == encoded("preview", {"url": "1"})
        assert events[1] == encoded("progress", {"fraction": 0.999})
        assert len(events) == 3

    asyncio.run(run())


def test_nothing_is_kept_of_a_job_that_has_ended():
    hub = EventHub(Limits())
    hub.publish("a", "state", {})
    topic = hub.topic("a")
    hub.publish("a", "done", {})
    assert hub.topic("a") is not topic


def test_places_are_counted_and_given_back():
    hub = EventHub(Limits(streams=2, all_streams=3))
    with hub.place("me"), hub.place("me"):
        with pytest.raises(Problem) as refused, hub.place("me"):
            pass
        assert refused.value.status == 429
        with hub.place("other"), pytest.raises(Problem), hub.place("third"):
            pass
    with hub.place("me"):
        pass


def test_text_can_not_end_an_event_early():
    assert encoded("state", {"message": "a\n\nevent: done"}).count(b"\n") == 3
