"""Benchmark the LSTM variants: time of forward and backward, as multiples of ``nn.LSTM`` in float32, in one run.

    python benchmarks/lstm.py [--steps 300] [--batch 32] [--cells 400] [--rounds 5] [--threads 1]

Each row runs right after a run of the baseline, so that a busy machine slows both alike; a row's ratio is the median
over the rounds of its time over that run's. Requirement: *peephole* costs at most 1.6.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable

import torch
from torch import Tensor, nn

from handwriting.networks.cells import Variant
from handwriting.networks.lstm import LSTM

Row = Callable[[Tensor], Tensor]


def whole(network: nn.Module, lengths: Tensor | None = None) -> Row:
    """Run all steps in one call."""
    return (lambda x: network(x)[0]) if lengths is None else (lambda x: network(x, lengths)[0])


def mixed(row: Row) -> Row:
    """Run the row under autocast to bfloat16."""

    def run(x: Tensor) -> Tensor:
        with torch.autocast("cpu", dtype=torch.bfloat16):
            return row(x)

    return run


def stepwise(network: LSTM) -> Row:
    """Make one call per step, as needed when something happens between two steps (the synthesizer's window)."""

    def run(x: Tensor) -> Tensor:
        outputs, state = [], None
        for x_t in x.unbind():  # x[t] would cost several times as much in the backward pass
            y, state = network.step(x_t, state)
            outputs.append(y)
        return torch.stack(outputs)

    return run


def rows(cells: int, lengths: Tensor) -> dict[str, Row]:
    """Return the table's rows, the baseline first."""
    variants: tuple[Variant, ...] = ("forget", "peephole", "1997")
    networks = {variant: LSTM(cells, cells, variant=variant) for variant in variants}
    table = {"nn.LSTM": whole(nn.LSTM(cells, cells))}
    table |= {variant: whole(network) for variant, network in networks.items()}
    table["forget, lengths given"] = whole(networks["forget"], lengths)
    table["peephole, lengths given"] = whole(networks["peephole"], lengths)
    table |= {f"{variant}, bfloat16": mixed(whole(network)) for variant, network in networks.items()}
    table |= {f"{variant}, step by step": stepwise(network) for variant, network in networks.items()}
    table["nn.LSTM, both directions"] = whole(nn.LSTM(cells, cells, bidirectional=True))
    table["forget, both directions"] = whole(LSTM(cells, cells, bidirectional=True), lengths)
    return table


def seconds(row: Row, x: Tensor) -> tuple[float, float]:
    """Return the seconds for the forward pass, and for both passes."""
    x = x.detach().requires_grad_()
    start = time.perf_counter()
    y = row(x)
    middle = time.perf_counter()
    y.backward(torch.ones_like(y))
    return middle - start, time.perf_counter() - start


def main() -> None:
    """Measure and print the table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    for name, default in (("steps", 300), ("batch", 32), ("cells", 400), ("rounds", 5), ("threads", 1)):
        parser.add_argument(f"--{name}", type=int, default=default)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    torch.manual_seed(0)
    x = torch.randn(options.steps, options.batch, options.cells)
    lengths = torch.randint(options.steps // 2, options.steps + 1, (options.batch,))
    table = rows(options.cells, lengths)
    measured: dict[str, list[tuple[float, float, float]]] = {name: [] for name in table}
    for round_ in range(options.rounds + 1):
        for name, row in table.items():
            _, baseline = seconds(table["nn.LSTM"], x)
            forward, both = seconds(row, x)
            if round_:  # the first round warms up
                measured[name].append((forward, both, both / baseline))
    threads = f"{options.threads} thread" + "s" * (options.threads > 1)
    print(f"T={options.steps} B={options.batch} H=D={options.cells}, {threads}, torch {torch.__version__}")
    print(f"{'':26}{'forward ms':>12}{'both ms':>10}{'x nn.LSTM':>11}")
    for name, runs in measured.items():
        forward, both, ratio = (statistics.median(column) for column in zip(*runs, strict=True))
        print(f"{name:26}{1e3 * forward:12.0f}{1e3 * both:10.0f}{ratio:11.2f}")


if __name__ == "__main__":
    main()
