"""Training reports: losses of updates, read without blocking a GPU, and the learning curve."""

from __future__ import annotations

import sys
import time
from collections import deque
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any

from torch import Tensor
from tqdm import tqdm

from handwriting.errors import InkError
from handwriting.training.curve import draw_curve, write_curve

MAX_SKIPS = 10
"""Number of skipped updates in a row after which training is aborted."""
READ_EVERY = 20
"""Number of updates on a GPU between two readings of their losses, because each reading waits for the GPU."""
DRAW_EVERY = 30.0
"""Seconds between two drawings of the learning curve, which takes longer than an epoch of a small network."""


class LossReader:
    """Reads the reports of updates without blocking the GPU at every update, and sums them up until the epoch ends.

    ``say`` is called with a message about every skipped update. Raises :class:`InkError` after :data:`MAX_SKIPS` in a
    row.
    """

    def __init__(self, device: str, say: Callable[[str], None]) -> None:
        self.every = 1 if device == "cpu" else READ_EVERY
        self.say = say
        self.losses: list[tuple[float, float]] = []
        """Summed loss and its weight, for each update of this epoch that was not skipped."""
        self.last: float | None = None
        """Mean loss of the last update read so far."""
        self._unread: deque[tuple[int, Tensor]] = deque()
        self._skipped = 0

    def add(self, step: int, report: Tensor) -> None:
        """Take the updater's report for ``step``."""
        self._unread.append((step, report))
        if len(self._unread) >= self.every:
            self.read()

    def read(self) -> None:
        """Read all reports, waiting for the device."""
        while self._unread:
            step, report = self._unread.popleft()
            loss, weight, skipped = report.tolist()
            if not skipped:
                self._skipped, self.last = 0, loss / weight
                self.losses.append((loss, weight))
                continue
            self._skipped += 1
            self.say(f"step {step}: the loss ({loss / weight:g}) or its gradient is not finite; batch skipped")
            if self._skipped >= MAX_SKIPS:
                raise InkError(
                    f"{MAX_SKIPS} updates in a row, up to step {step}, had a loss or a gradient that is not finite; "
                    "start again with a lower rate, in another folder"
                )

    def end_epoch(self) -> float:
        """Return the mean loss of the epoch; NaN if all its updates were skipped."""
        self.read()
        total, weight = (sum(column) for column in zip(*self.losses, strict=True)) if self.losses else (0.0, 0.0)
        self.losses = []
        return total / weight if weight else float("nan")


class Reporter:
    """Shows a training's progress and writes its learning curve; ``quiet`` in all processes but one."""

    def __init__(self, run: Path, steps: int, log: str, quiet: bool) -> None:
        self.run, self.steps, self.quiet = run, steps, quiet
        self._writer = None if quiet or log == "none" else _tensorboard(run)
        self._undrawn: list[dict[str, Any]] = []
        """The curve, if it has grown since it was last drawn."""
        self._drawn = float("-inf")

    def start(self, step: int) -> Reporter:
        """Show a progress bar of which ``step`` updates are done; use it as a context manager that closes the bar."""
        interval = 1 if sys.stderr.isatty() else 30
        self._bar = tqdm(
            total=self.steps, initial=step, desc=self.run.name, unit="step", disable=self.quiet, mininterval=interval
        )
        if step:
            self.say(f"{self.run}: resumes at step {step} of {self.steps}")
        return self

    def __enter__(self) -> Reporter:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._bar.close()
        self._draw()
        if self._writer is not None:
            self._writer.close()

    def update(self, loss: float | None, rate: float) -> None:
        """Advance the bar by one update."""
        if loss is not None:
            self._bar.set_postfix(loss=f"{loss:.3f}", rate=f"{rate:.1e}", refresh=False)
        self._bar.update()

    def say(self, message: str) -> None:
        """Print a line on stderr."""
        if not self.quiet:
            tqdm.write(message, sys.stderr)

    def epoch(self, curve: list[dict[str, Any]], evaluated: bool) -> None:
        """Write the curve, whose last row is new, and draw it from time to time."""
        if self.quiet:
            return
        row = curve[-1]
        write_curve(curve, self.run)
        self._undrawn = curve
        if time.monotonic() - self._drawn > DRAW_EVERY:
            self._draw()
        if self._writer is not None:
            for name, value in row.items():
                if name not in ("epoch", "step"):
                    self._writer.add_scalar(name.replace(" ", "/"), value, row["step"])
        if evaluated:
            figures = "  ".join(f"{k} {v:.4g}" for k, v in row.items() if k != "epoch")
            self.say(f"epoch {row['epoch']}: {figures}")

    def _draw(self) -> None:
        if self._undrawn:
            draw_curve(self._undrawn, self.run)
            self._undrawn, self._drawn = [], time.monotonic()


def _tensorboard(run: Path) -> Any:
    from tensorboardX import SummaryWriter

    return SummaryWriter(str(run / "tensorboard"))
