"""Start the command line, so that it ends without a traceback or an incomplete file when it is interrupted."""

from __future__ import annotations

import signal
import sys
from types import FrameType
from typing import NoReturn


def main() -> None:
    """Run the command line.

    While its modules are imported, Ctrl-C ends the process at once. Then it raises KeyboardInterrupt, and a request to
    terminate raises SystemExit, so that temporary files are removed. The exit code is that of shells, 128 plus the
    number of the signal. Signals that the caller ignores stay ignored.
    """
    handled = [number for name in ("SIGINT", "SIGTERM", "SIGHUP") if (number := getattr(signal, name, None))]
    handled = [number for number in handled if signal.getsignal(number) is not signal.SIG_IGN]
    for number in handled:
        signal.signal(number, signal.SIG_DFL)
    from handwriting.cli.main import main as run

    received: list[int] = []

    def end(number: int, frame: FrameType | None) -> NoReturn:
        received.append(number)
        if number == signal.SIGINT:
            raise KeyboardInterrupt
        raise SystemExit(128 + number)

    for number in handled:
        signal.signal(number, end)
    try:
        run()
    except (Exception, KeyboardInterrupt):
        if not received:
            raise
        if received[0] == signal.SIGINT:  # some modules raise another error if their import is interrupted
            print("interrupted", file=sys.stderr)
        raise SystemExit(128 + received[0]) from None
