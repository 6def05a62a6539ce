"""Benchmark the gain from stepping only layer 1 of the synthesis network: forward and backward, points per second.

    python benchmarks/synthesizer.py [--steps 300] [--batch 32] [--cells 400] [--rounds 5] [--threads 1] [--device cpu]

*naive* takes all three layers, window included, step by step under autograd; *whole* steps layer 1 and the window in
one autograd node and runs layers 2 and 3 as whole sequences. Both give the same numbers (which a test checks) and both
are trained on the same loss. The two take turns, and on the CPU the clock is the process's own (of all its threads),
which a busy machine hardly affects; the ratio is the median over the rounds. Requirement: at least 1.6 at equal
precision.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable

import torch
from torch import Tensor

from handwriting.networks.mixture import Mixture
from handwriting.networks.synthesizer import SynthesisConfig, SynthesisNetwork

FLOOR = (0.01, 0.01)
Forward = Callable[[SynthesisNetwork, Tensor, Tensor], Tensor]


def naive(network: SynthesisNetwork, x: Tensor, text: Tensor) -> Tensor:
    """Run all layers step by step."""
    outputs, state = [], None
    for x_t in x.unbind():
        y, _, state = network.step(x_t, text, state)
        outputs.append(y)
    return torch.stack(outputs)


def whole(network: SynthesisNetwork, x: Tensor, text: Tensor) -> Tensor:
    """Run layer 1 step by step, the others over whole sequences."""
    return network(x, text)[0]


def seconds(forward: Forward, network: SynthesisNetwork, x: Tensor, text: Tensor, mixed: bool) -> float:
    """Return the seconds for a training step without the optimiser."""
    clock = time.perf_counter if x.is_cuda else time.process_time
    start = clock()
    with torch.autocast(x.device.type, torch.bfloat16, enabled=mixed):
        y = forward(network, x[:-1], text)
    network.zero_grad()
    Mixture.of(y, FLOOR).nats(x[1:]).sum().backward()
    if x.is_cuda:
        torch.cuda.synchronize()
    return clock() - start


def main() -> None:
    """Measure and print the table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    for name, default in (("steps", 300), ("batch", 32), ("cells", 400), ("rounds", 5), ("threads", 1)):
        parser.add_argument(f"--{name}", type=int, default=default)
    parser.add_argument("--device", default="cpu")
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    torch.manual_seed(0)
    x = torch.randn(options.steps + 1, options.batch, 3)
    x[..., 2] = (x[..., 2] > 1.5).float()
    x = x.to(options.device)
    config = SynthesisConfig(hidden_size=options.cells)
    text = torch.randint(1, config.characters + 1, (options.batch, max(1, options.steps // 25)), device=options.device)
    network = SynthesisNetwork(config).to(options.device)
    print(f"T={options.steps} B={options.batch} H={options.cells} {options.device}, {options.threads} threads, "
          f"torch {torch.__version__}")  # fmt: skip
    print(f"{'':10}{'naive points/s':>16}{'whole points/s':>16}{'ratio':>8}")
    points = options.steps * options.batch
    for mixed in (False, True):
        rounds = [
            [seconds(forward, network, x, text, mixed) for forward in (naive, whole)] for _ in range(options.rounds + 1)
        ][1:]  # the first is a warm-up
        slow, fast = (points / statistics.median(column) for column in zip(*rounds, strict=True))
        ratio = statistics.median(a / b for a, b in rounds)
        print(f"{'bfloat16' if mixed else 'float32':10}{slow:16.0f}{fast:16.0f}{ratio:8.2f}")


if __name__ == "__main__":
    main()
