"""Where the work is done: a few threads for each kind of it, and a short queue that says no when it is full.

The engine runs outside Python's lock, so threads share the cores. Reading and writing have lanes of their own: a page
that is written for seconds does not keep anybody's pen waiting.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from types import TracebackType
from typing import TypeVar

Result = TypeVar("Result")


class Busy(Exception):
    """The lane's queue is full; come back later."""


class Lane:
    """``workers`` threads, and at most ``waiting`` requests that wait for one."""

    def __init__(self, name: str, workers: int, waiting: int) -> None:
        self.name = name
        self.pool = ThreadPoolExecutor(workers, thread_name_prefix=name)
        self.most = workers + waiting
        self.inside = 0

    def enter(self) -> Place:
        """A place in the lane, to be left again (``with``). Raises :class:`Busy` at once when there is none."""
        if self.inside >= self.most:
            raise Busy(f"too many requests at once ({self.name}); try again in a second")
        return Place(self)

    async def run(self, work: Callable[[], Result]) -> Result:
        """What ``work`` returns, done in one of the threads, in a place of its own."""
        with self.enter() as place:
            return await place.run(work)

    def close(self) -> None:
        """Wait for what runs."""
        self.pool.shutdown(wait=True)


class Place:
    """The right to use a lane's threads."""

    def __init__(self, lane: Lane) -> None:
        self._lane: Lane | None = lane
        lane.inside += 1

    async def run(self, work: Callable[[], Result]) -> Result:
        assert self._lane is not None
        return await asyncio.get_running_loop().run_in_executor(self._lane.pool, work)

    def leave(self) -> None:
        if self._lane is not None:
            self._lane.inside -= 1
            self._lane = None

    def __enter__(self) -> Place:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.leave()
