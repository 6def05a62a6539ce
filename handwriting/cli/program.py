"""The program as the user called it, for messages and for the cards of checkpoints."""

from __future__ import annotations

import os
import re
import shlex
import sys

NAME = "handwriting"
"""The installed command."""


def program() -> str:
    """Return ``handwriting``, ``python app.py`` or ``python -m handwriting``."""
    if getattr(sys.modules["__main__"], "__package__", None) == NAME:
        return f"python -m {NAME}"
    file = os.path.basename(sys.argv[0])
    return f"python {file}" if file.endswith(".py") else file


def command_line() -> str:
    """Return the command line for a card, with absolute paths shortened to names, as they differ elsewhere."""
    arguments = [os.path.basename(a) if os.path.isabs(a) else a for a in sys.argv[1:]]
    return f"{program()} {shlex.join(arguments)}"


def as_called(message: str) -> str:
    """Return ``message`` with references such as ``the command 'export'`` written as the user would call it."""
    return re.sub(r"the command '(\w[\w ]*)'", rf"'{program()} \1'", message)
