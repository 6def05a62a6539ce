"""Bounded thread pools: the work of requests runs here, and a pool whose queue is full refuses more.

The inference engine releases Python's lock, so threads share the cores. Reading and writing have pools of their own: a
page that takes seconds to write does not delay anybody's transcription.
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
    """``workers`` threads, and a queue for at most ``waiting`` requests."""

    def __init__(self, name: str, workers: int, waiting: int) -> None:
        self.name = name
        self.executor = ThreadPoolExecutor(workers, thread_name_prefix=name)
        self.capacity = workers + waiting
        self.admitted = 0

    def admit(self) -> Slot:
        """A slot for one request, to be released (``with``). Raises :class:`Busy` at once when there is none."""
        if self.admitted >= self.capacity:
            raise Busy(f"the server is busy ({self.name}); try again in a second")
        return Slot(self)

    async def run(self, work: Callable[[], Result]) -> Result:
        """Run ``work`` in one of the threads, in a slot of its own, and return its result."""
        with self.admit() as slot:
            return await slot.run(work)

    def close(self) -> None:
        """Wait for running work."""
        self.executor.shutdown(wait=True)


class Slot:
    """A request's right to use the pool's threads, one piece of work after another."""

    def __init__(self, pool: Pool) -> None:
        self._pool: Pool | None = pool
        pool.admitted += 1

    async def run(self, work: Callable[[], Result]) -> Result:
        """Run ``work`` in one of the threads, and return its result."""
        assert self._pool is not None
        return await asyncio.get_running_loop().run_in_executor(self._pool.executor, work)

    def release(self) -> None:
        """Give the slot back; releasing twice does no harm."""
        if self._pool is not None:
            self._pool.admitted -= 1
            self._pool = None

    def __enter__(self) -> Slot:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.release()
