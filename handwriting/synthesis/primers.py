"""A cache of primers, because priming with a sample takes as long as writing it."""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Callable

from handwriting.synthesis.sampler import Primer
from handwriting.synthesis.styles import Style

MAX_PRIMERS = 64


class PrimerCache:
    """A thread-safe LRU cache of primers, keyed by the content of their style."""

    def __init__(self, compute: Callable[[Style], Primer]) -> None:
        self._compute = compute
        self._primers: OrderedDict[bytes, Primer] = OrderedDict()
        self._lock = threading.Lock()

    def primer(self, style: Style) -> Primer:
        """Return the primer of ``style``, computing it if it is not cached; the style's name and size are ignored."""
        key = _key(style)
        with self._lock:
            if key in self._primers:
                self._primers.move_to_end(key)
                return self._primers[key]
        primer = self._compute(style)
        with self._lock:
            self._primers[key] = primer
            while len(self._primers) > MAX_PRIMERS:
                self._primers.popitem(last=False)
        return primer


def _key(style: Style) -> bytes:
    digest = hashlib.blake2b()
    if style.code is not None:
        delta = b"" if style.code.delta is None else style.code.delta.tobytes()
        digest.update(style.code.network.encode() + style.code.numbers.tobytes() + delta)
    for sample in style.samples:
        ink = sample.ink
        for part in (sample.text.encode(), ink.x, ink.y, ink.starts, b"" if ink.t is None else ink.t):
            data = part if isinstance(part, bytes) else part.tobytes()
            digest.update(len(data).to_bytes(8) + data)
    return digest.digest()
