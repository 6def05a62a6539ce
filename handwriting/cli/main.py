"""The application: all commands, and the handling of their errors."""

from __future__ import annotations

import os
import sys
from typing import Any, BinaryIO, NoReturn

import typer

from handwriting.cli import (
    adapt,
    corpus,
    evaluate,
    inspect,
    language,
    letter,
    page,
    read,
    serve,
    study,
    style,
    train,
    write,
)
from handwriting.cli.help import PLAIN, Application, Command
from handwriting.cli.program import NAME, as_called, program
from handwriting.errors import InkError

app = typer.Typer(
    cls=Application,
    help="Read handwriting (online ink), write it, and train the networks that do both.",
    epilog="'COMMAND --help' explains a command.",
    **PLAIN,
)
for name, function in (
    ("transcribe", read.transcribe),
    ("generate", write.generate),
    ("letter", letter.letter),
    ("serve", serve.serve),
    ("convert", read.convert),
    ("formats", read.formats),
    ("demo", write.demo),
    ("corpus", corpus.corpus),
    ("prepare", corpus.prepare),
    ("adapt", adapt.adapt),
    ("export", train.export),
    ("calibrate", evaluate.calibrate),
    ("inspect", inspect.inspect),
):
    app.command(name, cls=Command)(function)
for name, group in (
    ("page", page.app),
    ("style", style.app),
    ("train", train.app),
    ("language", language.app),
    ("evaluate", evaluate.app),
    ("study", study.app),
):
    app.add_typer(group, name=name)

EXTRAS = {
    **dict.fromkeys(("torch", "onnx"), "train"),
    **dict.fromkeys(("fastapi", "starlette", "uvicorn", "pydantic"), "web"),
    "distributed": "dask",
    "tensorboardX": "tensorboard",
}
"""Extra of the package that installs each optional module."""
INTERRUPTED = 130
"""Exit code that Typer returns after Ctrl-C."""


class ClosedInput:
    """Replaces a standard input that is closed."""

    @property
    def buffer(self) -> BinaryIO:
        """Raises :class:`InkError`, because there is nothing to read."""
        raise InkError("standard input is closed; give a file, or pipe the data in")

    def isatty(self) -> bool:
        """Return False: nobody can be asked."""
        return False


def main() -> None:
    """Run the command line; an error that the user can fix is one line on stderr, with exit code 2."""
    if sys.stderr is None:
        sys.stderr = open(os.devnull, "w")  # noqa: SIM115 - open until the process ends
    if sys.stdin is None:
        sys.stdin = ClosedInput()  # type: ignore[assignment]
    if sys.stdout is None:
        _end("standard output is closed; redirect it to a file or to /dev/null")
    sys.stdout.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]
    try:
        if program() != NAME and {"--install-completion", "--show-completion"} & set(sys.argv[1:]):
            raise InkError(f"completion works for the installed command only; install the package and run {NAME}")
        code = app(sys.argv[1:] or ["--help"], prog_name=program(), standalone_mode=False)
        sys.stdout.flush()
    except InkError as error:
        _end(as_called(str(error)))
    except typer.Abort as error:
        if error.__cause__ is not None:  # a defect, and not Ctrl-C or the end of the input at a question
            raise
        print(file=sys.stderr)  # ends the line of the question
        _end("interrupted before every question was answered; nothing was written")
    except typer.TyperException as error:
        _end(_usage(error))
    except ModuleNotFoundError as error:
        if error.name not in EXTRAS:
            raise
        _end(f"this needs {error.name}; install it: pip install 'handwriting[{EXTRAS[error.name]}]'")
    except BrokenPipeError:  # the reader of the output has exited, as in `... | head`
        _drop_output()
        raise SystemExit(1) from None
    except OSError as error:  # such as a full disk
        _drop_output()
        _end(f"{error.filename}: {error.strerror}" if error.filename else error.strerror or str(error))
    if code == INTERRUPTED:
        print("interrupted", file=sys.stderr)
    if code:
        raise SystemExit(code)


def _end(message: str) -> NoReturn:
    print(f"error: {message}", file=sys.stderr)
    raise SystemExit(2) from None


def _usage(error: typer.TyperException) -> str:
    """Return a usage error as one line, with the invalid value and the command whose help explains it."""
    message = error.format_message()
    cause: Any = error.__cause__
    if isinstance(error, typer.BadParameter) and error.param is not None and hasattr(cause, "errors"):
        problem = cause.errors()[0]  # Typer checks values with Pydantic
        reason = problem["msg"].removeprefix("Value error, ")
        message = f"{error.param.get_error_hint()[1:-1]} {problem['input']}: {reason[:1].lower()}{reason[1:]}"
    message = " ".join(message.split()).rstrip(".")
    context = getattr(error, "ctx", None)
    command = program() if context is None else context.command_path
    link = " See" if message.endswith("?") else "; see"
    return f"{message[:1].lower()}{message[1:]}{link} '{command} --help'"


def _drop_output() -> None:
    """Discard buffered output, which the interpreter would try to write again at exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
