from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PIL import Image

from styleplug.batch.executors import Processes
from styleplug.batch.inputs import InputFile
from styleplug.batch.task import Outcome, Task
from styleplug.jobs.job import FilterJob


@pytest.fixture
def task(
    tmp_path: Path,
    make: Callable[..., InputFile],
    applied: Callable[[], list[int]],
    install_plugin: Callable[[str], None],
    monkeypatch: pytest.MonkeyPatch,
) -> Callable[..., Task]:
    """Makes a task for a picture of this number, for processes."""
    install_plugin("counting")
    # Processes look for packages where this one does.
    for folder in os.environ["PYTHONPATH"].split(os.pathsep):
        monkeypatch.syspath_prepend(folder)
    (tmp_path / "staging").mkdir()

    def create(number: int, filter: str = "negative") -> Task:
        job = FilterJob(filter)
        source = make(f"{number}.png", number).source
        return Task(number, job, source, tmp_path / "out" / source.name, None, tmp_path / "staging")

    return create


@pytest.fixture
def processes() -> Iterator[Processes]:
    executor = Processes(2)
    yield executor
    executor.close()


def outcomes(executor: Processes, count: int) -> dict[int, Outcome]:
    """The outcomes of so many tasks."""
    found: dict[int, Outcome] = {}
    while len(found) < count:
        found |= {news.id: news for news in executor.receive() if isinstance(news, Outcome)}
    return found


def test_tasks_are_done(processes: Processes, task: Callable[..., Task], tmp_path: Path) -> None:
    for numbers in ((1, 2), (3, 4)):
        for number in numbers:
            processes.submit(task(number))
        found = outcomes(processes, 2)
        assert sorted(found) == list(numbers)
        assert {outcome.error for outcome in found.values()} == {None}
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == [
        f"{number}.png" for number in (1, 2, 3, 4)
    ]


def test_a_process_that_dies_takes_one_task_with_it(
    processes: Processes, task: Callable[..., Task]
) -> None:
    deadly = task(0, "deadly")
    Image.new("RGB", (8, 8)).save(deadly.source)
    processes.submit(deadly)
    processes.submit(task(1))
    found = outcomes(processes, 2)
    assert "ended by signal 9; there may be too little memory for --jobs 2" in str(found[0].error)
    assert not found[0].is_fatal
    assert found[1].error is None
    processes.submit(task(2))
    processes.submit(task(3))
    assert {outcome.error for outcome in outcomes(processes, 2).values()} == {None}


def test_closing_ends_what_still_runs(
    task: Callable[..., Task], applied: Callable[[], list[int]]
) -> None:
    processes = Processes(1)
    processes.submit(task(7, "stuck"))
    while not applied():
        time.sleep(0.01)
    processes.close()
    assert not task(7).output.exists()


ORPHAN = """
import sys
from pathlib import Path
from styleplug.batch.executors import Processes
from styleplug.batch.task import Task
from styleplug.jobs.job import FilterJob
from styleplug.config import FilterConfig

if __name__ == "__main__":
    folder = Path(sys.argv[1])
    work = FilterJob("stuck", FilterConfig())
    executor = Processes(1)
    picture, result = folder / "in/1.png", folder / "out/1.png"
    executor.submit(Task(1, work, picture, result, None, folder / "staging"))
    executor.receive()
"""


@pytest.mark.skipif(sys.platform == "win32", reason="signals")
def test_processes_end_with_their_parent(
    task: Callable[..., Task], tmp_path: Path, applied: Callable[[], list[int]]
) -> None:
    task(1)
    script = tmp_path / "orphan.py"
    script.write_text(ORPHAN)
    parent = subprocess.Popen([sys.executable, script, tmp_path], stderr=subprocess.PIPE)
    while not applied():
        time.sleep(0.01)
    os.kill(parent.pid, signal.SIGKILL)
    # The pipe ends when the last process that holds it has.
    parent.communicate(timeout=60)
