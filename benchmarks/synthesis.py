"""Benchmark the shipped synthesizer: speed, legibility at each bias, and whether lines end where they should.

    python benchmarks/synthesis.py [--checkpoint FOLDER] [--lines 500] [--sentences benchmarks/sentences.txt]

*Speed*, on one thread: points per second of one line and of 16 side by side, everything included, compared with an
eager torch loop with the same weights in float32: one ``nn.LSTMCell`` per layer, with the window and the sampling in a
dozen tensor operations. The two take turns; the ratio is the median over the rounds. *Bias*: the recognizer's best path
on sentences that no training text contains. *Ends*: of the lines at the default bias, those whose last character is not
read and those where something is read after it, by the alignment that CER counts.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from handwriting import metrics
from handwriting.evaluation import legibility
from handwriting.evaluation.sentences import Sentence, read_sentences
from handwriting.networks.synthesizer import SynthesisNetwork
from handwriting.recognition.recognizer import Recognizer
from handwriting.synthesis.hand import DEFAULT_BIAS, Hand
from handwriting.synthesis.synthesizer import Synthesizer
from handwriting.text import canonical
from handwriting.training.synthesizer import build

BIASES = (0.0, 0.25, 0.5, 0.75, 1.0, 1.5)
TEXT = "a line of some thirty characters"


class Eager(nn.Module):
    """One step as in a tutorial, with the weights of a network."""

    def __init__(self, network: SynthesisNetwork) -> None:
        super().__init__()
        config = network.config
        self.config, self.window, self.output = config, network.first.window.linear, network.output
        self.cells = nn.ModuleList()
        for layer in (network.first.cell, *network.upper):
            weights: list[Tensor] = layer.weights()  # type: ignore[union-attr, operator, assignment]
            cell = nn.LSTMCell(weights[0].shape[1], config.hidden_size)
            for mine, theirs in zip((cell.weight_ih, cell.weight_hh, cell.bias_ih, cell.bias_hh), weights, strict=True):
                mine.data.copy_(theirs.data)
            self.cells.append(cell)

    @torch.inference_mode()
    def write(self, text: Tensor, points: int, bias: float) -> Tensor:
        """Draw ``points`` points of the one-hot ``text`` (1, U, C), without a stop rule."""
        H, M = self.config.hidden_size, self.config.mixtures
        u = torch.arange(1, text.shape[1] + 1)
        states = [(torch.zeros(1, H), torch.zeros(1, H)) for _ in self.cells]
        w, kappa, point = torch.zeros(1, text.shape[2]), torch.zeros(1, self.config.components), torch.zeros(1, 3)
        drawn = []
        for _ in range(points):
            states[0] = self.cells[0](torch.cat([point, w], 1), states[0])
            alpha, beta, move = self.window(states[0][0]).exp().chunk(3, 1)
            kappa = kappa + move
            phi = (alpha.unsqueeze(2) * torch.exp(-beta.unsqueeze(2) * (kappa.unsqueeze(2) - u) ** 2)).sum(1)
            w = torch.bmm(phi.unsqueeze(1), text).squeeze(1)
            for i in range(1, len(self.cells)):
                states[i] = self.cells[i](torch.cat([point, w, states[i - 1][0]], 1), states[i])
            y = self.output(torch.cat([h for h, _ in states], 1))
            end, pi, mu_x, mu_y, sigma_x, sigma_y, rho = y.split([1, M, M, M, M, M, M], 1)
            k = torch.multinomial(torch.softmax(pi * (1 + bias), 1), 1)
            sx, sy = (torch.exp(s.gather(1, k) - bias) for s in (sigma_x, sigma_y))
            r, noise = torch.tanh(rho.gather(1, k)), torch.randn(1, 2)
            dx = mu_x.gather(1, k) + sx * noise[:, :1]
            dy = mu_y.gather(1, k) + sy * (r * noise[:, :1] + torch.sqrt(1 - r * r) * noise[:, 1:])
            point = torch.cat([dx, dy, torch.bernoulli(torch.sigmoid(-end))], 1)
            drawn.append(point)
        return torch.cat(drawn)


def rate(work: Callable[[], int]) -> float:
    """Return points per second of CPU time, which a busy machine hardly affects."""
    start = time.process_time()
    points = work()
    return points / (time.process_time() - start)


def speed(synthesizer: Synthesizer, rounds: int) -> None:
    """Print points per second, and the ratios to the eager loop."""
    network: Any = build(synthesizer.card, synthesizer.checkpoint.weights())
    eager = Eager(network)
    text = torch.from_numpy(synthesizer.alphabet.encode(TEXT))
    one_hot = nn.functional.one_hot(text, network.config.characters + 1)[None, :, 1:].float()

    def ours(lines: int) -> Callable[[], int]:
        return lambda: sum(len(w.ink) for w in synthesizer.write([TEXT] * lines))

    works = [lambda: len(eager.write(one_hot, 600, DEFAULT_BIAS)), ours(1), ours(16)]
    for work in works:
        work()
    measured = [[rate(work) for work in works] for _ in range(rounds)]
    print(f"one thread, torch {torch.__version__}, {network.config.num_layers} x {network.config.hidden_size} cells")
    print(f"{'':32}{'points/s':>10}{'ratio':>8}")
    for i, name in enumerate(("eager nn.LSTMCell, one line", "int8 graph, one line", "int8 graph, 16 lines")):
        ratio = statistics.median(row[i] / row[0] for row in measured)
        print(f"{name:32}{statistics.median(row[i] for row in measured):10.0f}{ratio:8.2f}")


def biases(synthesizer: Synthesizer, recognizer: Recognizer, sentences: list[Sentence]) -> None:
    """Print legibility at each bias."""
    print(f"\n{len(sentences)} sentences, best path\n{'bias':>6}{'CER %':>9}{'failed %':>10}")
    for bias in BIASES:
        result = legibility.evaluate(sentences, synthesizer, recognizer, bias)
        share = legibility.failure_rate(result.generated)[0]
        print(f"{bias:6.2f}{100 * result.generated.score.cer:9.2f}{100 * share:10.1f}", flush=True)


def ends(synthesizer: Synthesizer, recognizer: Recognizer, sentences: list[Sentence], lines: int) -> None:
    """Print how many lines lose their last character, run on after it, or are abandoned."""
    texts = [synthesizer.writable(sentences[i % len(sentences)].text) for i in range(lines)]
    written = synthesizer.write(texts, Hand(seed=1))
    read = [t.text for t in recognizer.transcribe_all([w.ink for w in written])]
    lost = more = 0
    for text, output in zip(texts, read, strict=True):
        pairs = metrics.alignment(canonical(text), canonical(output))
        last = max(i for i, (reference, _) in enumerate(pairs) if reference)
        lost += pairs[last][1] == ""
        more += last < len(pairs) - 1
    unfinished = sum(not w.complete for w in written)
    print(f"\n{lines} lines, bias {DEFAULT_BIAS:g}: {100 * lost / lines:.1f} % lose their last character, "
          f"{100 * more / lines:.1f} % run on after it, {unfinished} did not end")  # fmt: skip


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--checkpoint", type=Path)
    parser.add_argument("--lines", type=int, default=500)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--sentences", type=Path, default=Path(__file__).with_name("sentences.txt"))
    options = parser.parse_args()
    torch.set_num_threads(1)
    torch.manual_seed(0)
    synthesizer, recognizer = Synthesizer.load(options.checkpoint), Recognizer.load()
    sentences = read_sentences(options.sentences)
    speed(synthesizer, options.rounds)
    biases(synthesizer, recognizer, sentences)
    ends(synthesizer, recognizer, sentences, options.lines)


if __name__ == "__main__":
    main()
