"""A batch in the process that tests run in."""

from __future__ import annotations

from collections.abc import Sequence

from styleplug.batch.task import Outcome, Task, TaskProgress, carry_out
from styleplug.config import FilterConfig
from styleplug.jobs.job import FilterJob

NEGATIVE = FilterJob("negative", FilterConfig())


class Here:
    """An executor in this process, which does a task when asked what it has to say."""

    width = 2

    def __init__(self) -> None:
        self.tasks: list[Task] = []
        self.is_closed = False

    def submit(self, task: Task) -> None:
        self.tasks.append(task)

    def receive(self) -> Sequence[TaskProgress | Outcome]:
        return [carry_out(self.tasks.pop(0))]

    def close(self) -> None:
        self.is_closed = True
