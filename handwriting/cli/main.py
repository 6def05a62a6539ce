"""The application: all commands, and the errors that they end with."""

from __future__ import annotations

import os
import sys

import typer

from handwriting.cli import evaluate, language, read, serve, style, train, write
from handwriting.errors import InkError

app = typer.Typer(
    help="Reads handwriting (online ink), writes it, and trains the networks that do both.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
for command in (
    read.transcribe,
    write.generate,
    serve.serve,
    read.list_formats,
    read.convert,
    train.corpus,
    train.prepare,
    evaluate.calibrate,
    train.export,
    write.demo,
):
    app.command(name="formats" if command is read.list_formats else None)(command)
for name, group in (
    ("train", train.app),
    ("evaluate", evaluate.app),
    ("language", language.app),
    ("style", style.app),
):
    app.add_typer(group, name=name)


def main() -> None:
    """Run the command line; what the user can mend is one line on stderr and exit code 2."""
    sys.stdout.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]
    try:
        app()
        sys.stdout.flush()
    except InkError as error:
        print(f"error: {error}", file=sys.stderr)
        raise SystemExit(2) from None
    except ModuleNotFoundError as error:
        extras = dict.fromkeys(("torch", "onnx", "safetensors"), "train")
        extras |= dict.fromkeys(("fastapi", "starlette", "uvicorn", "pydantic"), "web") | {"distributed": "dask"}
        extras["tensorboardX"] = "tensorboard"
        if error.name not in extras:
            raise
        extra = extras[error.name]
        print(f"error: this needs {error.name}; install it: pip install 'handwriting[{extra}]'", file=sys.stderr)
        raise SystemExit(2) from None
    except BrokenPipeError:  # the reader of our output has gone, as in `... | head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise SystemExit(1) from None
    except OSError as error:  # a full disk, say
        print(f"error: {error}", file=sys.stderr)
        raise SystemExit(2) from None
