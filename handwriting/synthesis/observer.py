"""Callbacks that report on lines while they are being written."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from handwriting.progress import Progress, no_progress


@dataclass(frozen=True)
class Observer:
    """Callbacks of one writing job; an exception raised in one of them ends the job."""

    progress: Progress = no_progress
    """Called with the number of characters written so far and the total."""
    points: Callable[[NDArray[np.float64]], object] | None = None
    """Called with the first line's new points while they are drawn: offsets of shape (N, 3), x and y in the units of
    the ink, and 1 at the end of a stroke. The ink begins at the origin. The line may still be redrawn."""
