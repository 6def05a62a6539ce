"""Errors that users see.

Any error that a user can cause (a bad file, a missing checkpoint, a character that cannot be written) is raised as
:class:`InkError`. Its message is one line with the offending value and the remedy; the command line prints it and exits
with code 2. Every other exception is a bug in this program.
"""

from __future__ import annotations


class InkError(ValueError):
    """Input that cannot be used; ``str(error)`` is one line for the user, see :func:`printable`.

    >>> import handwriting
    >>> try:
    ...     handwriting.read("missing.xml")
    ... except handwriting.InkError as error:
    ...     print(error)
    missing.xml: no such file or directory; check the path
    """

    key = ""
    """Identifier of the message, for programs that translate it; empty if none does."""

    def __init__(self, message: str, *, key: str = "", **values: str | float) -> None:
        super().__init__(printable(message))
        self.key = key or self.key
        self.values = values


class NoInkError(InkError):
    """A readable file that contains no ink."""

    key = "file-without-ink"


class TooLargeError(InkError):
    """A file that exceeds a limit, or asks for more than a limit allows."""

    key = "large-file"


def printable(text: str) -> str:
    r"""Return ``text`` as one line that is safe to print anywhere, even when it quotes the name of a hostile file.

    White space becomes single spaces. Control characters, and the bytes of a file name that are not UTF-8, become
    escapes.

    >>> printable("a\tb\x1b[31m\udcff")
    'a b\\x1b[31m\\xff'
    """
    return "".join(c if c.isprintable() else _escape(c) for c in " ".join(text.split()))


def _escape(character: str) -> str:
    code = ord(character)
    if 0xDC80 <= code <= 0xDCFF:  # os.fsdecode represents a byte that is not UTF-8 by such a surrogate
        return f"\\x{code - 0xDC00:02x}"
    return character.encode("unicode_escape").decode("ascii")
