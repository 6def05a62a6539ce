"""The page's server in a process of its own, for the benchmarks."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parents[1]


@contextmanager
def served(**environment: str) -> Iterator[tuple[str, int]]:
    """Run ``handwriting serve`` in a process with a home of its own; yield its address and process number.

    ``environment`` is added to the environment variables.
    """
    with tempfile.TemporaryDirectory() as home:
        variables = {**os.environ, "HANDWRITING_HOME": home, **environment}
        command = [sys.executable, "app.py", "serve", "--no-browser", "--port", "0"]
        server = subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, text=True, env=variables)
        try:
            assert server.stderr is not None
            match = re.search(r"http://\S+/", server.stderr.readline())
            if match is None:
                raise SystemExit("the server did not start")
            yield match[0], server.pid
        finally:
            server.terminate()
            server.wait(70)
