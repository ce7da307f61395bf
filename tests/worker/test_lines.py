"""Lines in and out of pipes."""

from __future__ import annotations

import io
import os
import threading

import pytest

from styleplug.errors import ProtocolError
from styleplug.worker.lines import LONGEST, Output, encoded, read_lines, shortened


def test_lines_that_are_too_long_are_left_out_and_told() -> None:
    longest, longer = b"a" * LONGEST + b"\n", b"b" * (LONGEST + 1) + b"\n"
    stream = io.BytesIO(longest + longer + 3 * longer[:-1] + b"\n\nlast")
    assert list(read_lines(stream)) == [longest, None, None, b"\n", b"last"]


def test_a_line_that_never_ends() -> None:
    assert list(read_lines(io.BytesIO(b"c" * (3 * LONGEST)))) == [None]


@pytest.mark.parametrize("value", ["\u65e5" * 200_000, float("nan"), b"bytes"])
def test_what_no_line_can_hold_is_not_said(value: object) -> None:
    with pytest.raises(ProtocolError) as caught:
        encoded("planned", id="7", notes=[value])
    assert caught.value.id == "7"
    assert len(str(caught.value)) < 200


def test_texts_for_people_are_no_longer_than_they_read() -> None:
    assert shortened(ValueError("why")) == "why"
    assert len(shortened("x" * LONGEST)) < LONGEST / 100


def test_messages_of_many_threads_stay_whole() -> None:
    reader, writer = os.pipe()
    output = Output(writer)
    text = "x" * 100_000  # more than a pipe takes at once
    threads = [
        threading.Thread(target=output.send, args=(kind,), kwargs={"text": text}) for kind in "abcd"
    ]
    for thread in threads:
        thread.start()
    with open(reader, "rb") as stream:
        found = sorted(stream.readline() for _ in threads)
    for thread in threads:
        thread.join()
    os.close(writer)
    assert found == [encoded(kind, text=text) for kind in "abcd"]


def test_a_reader_that_has_gone_is_no_error() -> None:
    reader, writer = os.pipe()
    os.close(reader)
    Output(writer).send("bye")
    os.close(writer)
