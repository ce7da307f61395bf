"""Lines in and out of pipes."""

from __future__ import annotations

import io
import os
import threading

from styleplug.worker.lines import LONGEST, Output, encoded, read_lines


def test_lines_that_are_too_long_are_left_out_and_told() -> None:
    longest, longer = b"a" * LONGEST + b"\n", b"b" * (LONGEST + 1) + b"\n"
    stream = io.BytesIO(longest + longer + 3 * longer[:-1] + b"\n\nlast")
    assert list(read_lines(stream)) == [longest, None, None, b"\n", b"last"]


def test_a_line_that_never_ends() -> None:
    assert list(read_lines(io.BytesIO(b"c" * (3 * LONGEST)))) == [None]


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
