"""Bounded thread pools for the work of requests; a pool whose queue is full refuses more.

The inference engine releases the GIL, so threads run in parallel. Reading and writing have separate pools, so that a
page that takes seconds to write does not delay transcriptions.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from types import TracebackType
from typing import TypeVar

Result = TypeVar("Result")


class Busy(Exception):
    """The pool's queue is full; the client may retry later."""


class Pool:
    """A pool of ``workers`` threads with a queue for at most ``waiting`` requests."""

    def __init__(self, name: str, workers: int, waiting: int) -> None:
        self.name = name
        self.executor = ThreadPoolExecutor(workers, thread_name_prefix=name)
        self.capacity = workers + waiting
        self.admitted = 0

    def admit(self) -> Slot:
        """Return a slot for one request, a context manager. Raises :class:`Busy` immediately if there is none."""
        if self.admitted >= self.capacity:
            raise Busy(f"the server is busy ({self.name}); try again in a second")
        return Slot(self)

    async def run(self, work: Callable[[], Result]) -> Result:
        """Run ``work`` in a thread, in a slot of its own, and return its result. Raises :class:`Busy`."""
        with self.admit() as slot:
            return await slot.run(work)

    def close(self) -> None:
        """Wait for running work, and shut the pool down."""
        self.executor.shutdown(wait=True)


class Slot:
    """Permission of a request to use the pool's threads, for one piece of work after another."""

    def __init__(self, pool: Pool) -> None:
        self._pool: Pool | None = pool
        pool.admitted += 1

    async def run(self, work: Callable[[], Result]) -> Result:
        """Run ``work`` in a thread and return its result."""
        assert self._pool is not None
        return await asyncio.get_running_loop().run_in_executor(self._pool.executor, work)

    def release(self) -> None:
        """Release the slot; releasing it again has no effect."""
        if self._pool is not None:
            self._pool.admitted -= 1
            self._pool = None

    def __enter__(self) -> Slot:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.release()
