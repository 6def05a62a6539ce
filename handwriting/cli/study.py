"""``study``: measure what LSTMs were invented for."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

import typer

from handwriting.cli.help import PLAIN, Command
from handwriting.cli.options import Lists, corpus_at
from handwriting.cli.program import command_line
from handwriting.cli.progress import bar, say

app = typer.Typer(help="Measure what an LSTM can do and why; needs the extra 'train'.", **PLAIN)

Out = Annotated[Path, typer.Option(help="Folder of the study; the same command resumes it.")]
Quick = Annotated[bool, typer.Option("--quick", help="Run a small version in a minute; its figures mean nothing.")]
Seeds = Annotated[
    int | None, typer.Option(min=1, help="Number of random seeds per network.  [default: 3]", show_default=False)
]
Hidden = Annotated[
    int | None,
    typer.Option(min=1, help="Number of cells per network.  [default: depends on the study]", show_default=False),
]
Sequences = Annotated[
    int | None,
    typer.Option(
        min=1, help="Number of training sequences per network.  [default: depends on the study]", show_default=False
    ),
]
BatchSize = Annotated[
    int | None,
    typer.Option(
        min=1, help="Number of training sequences per update.  [default: depends on the study]", show_default=False
    ),
]
Rate = Annotated[
    float | None, typer.Option(min=1e-9, help="Learning rate.  [default: depends on the study]", show_default=False)
]
CpuThreads = Annotated[int, typer.Option(min=1, help="Number of CPU threads.")]


@app.command("error-flow", cls=Command)
def error_flow(
    out: Out,
    quick: Quick = False,
    steps: Annotated[
        int | None,
        typer.Option(
            min=2, help="Number of steps that the error is propagated back.  [default: 500]", show_default=False
        ),
    ] = None,
    seeds: Seeds = None,
    hidden_size: Hidden = None,
    sequences: Annotated[
        int | None,
        typer.Option(
            min=0,
            help="Number of training sequences of the trained networks; 0 omits these networks.  [default: 80,000]",
            show_default=False,
        ),
    ] = None,
    threads: CpuThreads = 1,
) -> None:
    """Measure how much of an error survives back-propagation through time.

    Compares tanh networks of several spectral radii, also with clipping, and LSTMs: that of 1997, with a forget gate
    (bias 0, 1 and 3) and with peepholes, before and after training on the adding problem. Writes error-flow.csv and a
    figure.
    """
    from handwriting.studies import error_flow as study

    _use(threads)
    plan = study.QUICK if quick else study.ErrorFlowStudy()
    plan = _given(plan, steps=steps, seeds=seeds, hidden_size=hidden_size, sequences=sequences)
    with bar("error flow", unit="networks") as progress:
        rows, files = study.run(plan, out, progress, command_line())
    last = max(row["steps_back"] for row in rows)
    _show([row for row in rows if row["steps_back"] == last], files)


@app.command("memory", cls=Command)
def memory(
    out: Out,
    quick: Quick = False,
    task: Annotated[
        list[str] | None,
        typer.Option(help="Task: adding, order, copy or recall; repeatable.  [default: all]", show_default=False),
    ] = None,
    length: Annotated[
        list[int] | None,
        typer.Option(help="Number of steps of a sequence; repeatable.  [default: 50, 100, 200]", show_default=False),
    ] = None,
    variant: Annotated[
        list[str] | None,
        typer.Option(
            help="Variant: tanh, 1997, 1997-truncated, forget-0, forget-1, forget-3, peephole or coupled; repeatable."
            "  [default: all]",
            show_default=False,
        ),
    ] = None,
    seeds: Seeds = None,
    hidden_size: Hidden = None,
    sequences: Sequences = None,
    batch_size: BatchSize = None,
    rate: Rate = None,
    threads: CpuThreads = 1,
) -> None:
    """Train every network on tasks that need memory.

    The tasks are the adding problem and temporal order (1997), and copying and associative recall, on which the Neural
    Turing Machine was compared with the LSTM (2014). Writes memory.csv and a figure of learning curves for each task.
    """
    from handwriting.studies import memory as study

    _use(threads)
    plan = _given(
        study.QUICK if quick else study.MemoryStudy(),
        tasks=task, lengths=length, contestants=variant, seeds=seeds, hidden_size=hidden_size, sequences=sequences,
        batch_size=batch_size, rate=rate,
    )  # fmt: skip
    with bar("memory", unit="networks") as progress:
        rows = study.run(plan, out, progress, command_line())
    _show(study.summary(rows), sorted(out.glob("memory*")))


@app.command("truncation", cls=Command)
def truncation(
    out: Out,
    quick: Quick = False,
    seeds: Seeds = None,
    hidden_size: Hidden = None,
    sequences: Sequences = None,
    threads: CpuThreads = 1,
) -> None:
    """Measure what truncated back-propagation through time costs.

    Truncates the gradient to blocks of 1 to 50 steps on the adding problem, and measures the error of the gradient and
    the loss after training with it. Writes truncation.csv and a figure.
    """
    from handwriting.studies import truncation as study

    _use(threads)
    plan = study.QUICK if quick else study.TruncationStudy()
    plan = _given(plan, seeds=seeds, hidden_size=hidden_size, sequences=sequences)
    with bar("truncation", unit="networks") as progress:
        rows, files = study.run(plan, out, progress, command_line())
    _show(study.summary(rows), files)


@app.command("variants", cls=Command)
def variants(
    data: Annotated[Path, typer.Option(help="Folder of IAM-OnDB or of your own ink, or a file that 'prepare' wrote.")],
    out: Out,
    quick: Quick = False,
    kind: Annotated[
        list[str] | None,
        typer.Option(help="Network: recognizer or synthesizer; repeatable.  [default: both]", show_default=False),
    ] = None,
    variant: Annotated[
        list[str] | None,
        typer.Option(
            help="Variant: tanh, 1997, 1997-truncated, forget-0, forget-1, peephole or coupled; repeatable."
            "  [default: all]",
            show_default=False,
        ),
    ] = None,
    seeds: Seeds = None,
    hidden_size: Hidden = None,
    epochs: Annotated[
        int | None, typer.Option(min=1, help="Number of epochs.  [default: 20]", show_default=False)
    ] = None,
    lists: Lists = None,
    threads: CpuThreads = 1,
) -> None:
    """Train the same recognizer and synthesizer with every variant of the LSTM, and with a tanh network.

    Trains small networks on IAM-OnDB and measures their CER or nats per point on testset_v. Writes variants.csv and a
    figure.
    """
    from handwriting.studies import variants as study

    _use(threads)
    plan = _given(
        study.QUICK if quick else study.VariantStudy(),
        kinds=kind, contestants=variant, seeds=seeds, hidden_size=hidden_size, epochs=epochs,
    )  # fmt: skip
    with bar("variants", unit="networks") as progress:
        rows, files = study.run(plan, corpus_at(data, lists), out, progress, command_line(), say)
    _show(study.summary(rows), files)


def _use(threads: int) -> None:
    import torch

    torch.set_num_threads(threads)


def _given(plan: Any, **values: Any) -> Any:
    """Return ``plan`` with the values that were given."""
    given = {name: tuple(value) if isinstance(value, list) else value for name, value in values.items()}
    return replace(plan, **{name: value for name, value in given.items() if value is not None})


def _show(rows: list[dict[str, Any]], files: list[Path]) -> None:
    from handwriting.studies.tables import table

    print(table(rows))
    print()
    print("\n".join(map(str, files)))
