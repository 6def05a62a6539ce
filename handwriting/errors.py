"""The one error that people see.

Whatever a user can cause (a bad file, a missing checkpoint, a character that cannot be written) is raised as
:class:`InkError` with one line that holds the offending value and the remedy; the command line prints that line and
exits with code 2. Every other exception is a defect of this program.
"""


class InkError(ValueError):
    """Input that cannot be used; ``str(error)`` is one line for the user."""

    def __init__(self, message: str) -> None:
        super().__init__(" ".join(message.split()))


class NoInkError(InkError):
    """A file that could be read, but has no ink in it."""


class TooLargeError(InkError):
    """A file, or what it asks for, that is beyond a limit."""
