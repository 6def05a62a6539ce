"""Fit a hand to a few lines by gradient descent on its code: ``style create --fit``.

The network's weights are frozen. The fit changes the code, starting from the estimate that needs no torch
(``synthesis/codes.py``), and optionally a small bias of every gate and output, specific to this hand. With few lines, a
long fit memorises them, so one line is held out, and the result is that of the step at which that line was most
probable. A fitted hand can be hard to read, even if its writer's is not. The recognizer therefore reads some lines
written in it, and the fit is interpolated back toward the estimated hand as far as needed to make them legible.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from handwriting.checkpoint import Checkpoint
from handwriting.errors import InkError
from handwriting.features.offsets import offsets
from handwriting.ink import Ink
from handwriting.metrics import cer
from handwriting.networks.synthesizer import SynthesisNetwork
from handwriting.recognition.recognizer import Recognizer
from handwriting.synthesis.codes import Code
from handwriting.synthesis.hand import Hand
from handwriting.synthesis.styles import Style
from handwriting.synthesis.synthesizer import Synthesizer
from handwriting.training.export import hand_order
from handwriting.training.hands import collate, point_nats
from handwriting.training.synthesizer import build

STEPS = 30
CODE_RATE, DELTA_RATE = 0.05, 0.004
"""Learning rates of Adam for the code and for the additional biases."""
PENALTY = 0.2
"""Nats per squared distance of the code from its initial value; a squared bias costs a hundred times as much."""
PATIENCE = 4
"""Number of evaluations of the held-out line without an improvement before the fit ends."""
SHARES = 1.0, 0.8, 0.6, 0.4, 0.2
"""Shares of the fit to try."""
MAX_LEGIBLE_CER = 0.06
"""CER up to which lines count as legible; people's own lines have as much."""
PROBE = (
    "The quick brown fox jumps over it",
    "a lazy dog sleeps in the warm sun",
    "We met Jack and Mary at 10:45, why",
    "pack my box with five dozen jugs",
    "Sunday, 14 June: bring 36 cups",
    "both of them knew what to expect",
)
"""Lines that are written in a fitted hand and read back."""


@dataclass(frozen=True)
class Fitted:
    """A fitted hand, with the nats of the held-out line."""

    code: Code
    share: float
    """Share of the fit that is kept."""
    before: float
    """Nats per point of the held-out line with the estimated hand."""
    after: float
    """Nats per point of the held-out line with the fitted hand."""
    steps: int
    """Number of steps after which the result was reached."""


def fit(
    checkpoint: Checkpoint,
    inks: Sequence[Ink],
    texts: Sequence[str],
    seconds: float = 80.0,
    threads: int = 2,
    added: bool = True,
    progress: Callable[[int, int], object] = lambda done, total: None,
) -> Fitted:
    """Fit a hand to the lines ``inks`` with transcripts ``texts``.

    With ``added``, biases of the gates are fitted as well. The last line is held out. Raises :class:`InkError` for
    fewer than two lines and for a network without hand codes.
    """
    if len(inks) < 2:
        raise InkError(f"{len(inks)} line of ink: fitting holds one line out; give at least two lines, preferably four")
    started = time.monotonic()
    torch.set_num_threads(threads)
    synthesizer = Synthesizer(checkpoint)
    first = synthesizer.code_of(inks[:-1], texts[:-1])
    network = build(checkpoint.card, checkpoint.weights())
    if not isinstance(network, SynthesisNetwork):
        raise InkError(f"{checkpoint.folder}: a prediction network has no hands; give a synthesizer")
    network.requires_grad_(False)
    examples = []
    for ink, text in zip(inks, texts, strict=True):
        steps = synthesizer.normalizer(offsets(synthesizer.prepare(ink)))
        text = synthesizer.writable(text)
        examples.append((steps[:-1], steps[1:], synthesizer.alphabet.encode(text), 0, np.zeros(1), 1.0))
    seen, held = collate(examples[:-1]), collate(examples[-1:])
    start = torch.from_numpy(first.numbers)
    code, delta = start.clone().requires_grad_(), torch.zeros(len(network.basis), requires_grad=True)
    optimizer = torch.optim.Adam(
        [{"params": [code], "lr": CODE_RATE}, {"params": [delta], "lr": DELTA_RATE if added else 0.0}]
    )

    def nats(batch: Sequence[Tensor]) -> Tensor:
        inputs, targets, lengths, text, *_ = batch
        given = torch.cat([code, code.new_ones(1)]).expand(inputs.shape[1], -1)
        basis = torch.cat([network.basis, delta.unsqueeze(1)], 1)
        low = torch.bfloat16
        with torch.autocast("cpu", low):
            values = point_nats(network, inputs, targets, lengths, text, given, synthesizer.normalizer, basis)
        return values.sum() / lengths.sum()

    def held_out_nats() -> float:
        with torch.no_grad():
            return float(nats(held))

    before = best = held_out_nats()
    kept, at, points = (code.detach().clone(), delta.detach().clone()), 0, float(seen[2].sum())
    since = 0
    for step in range(1, STEPS + 1):
        optimizer.zero_grad()
        distance = PENALTY * (code - start).square().sum() + 100 * PENALTY * delta.square().sum()
        (nats(seen) + distance / points).backward()
        optimizer.step()
        progress(step, STEPS)
        if step % 2 == 0:
            now = held_out_nats()
            since = 0 if now < best else since + 1
            if now < best:
                best, at, kept = now, step, (code.detach().clone(), delta.detach().clone())
            if since >= PATIENCE:
                break
        if time.monotonic() - started > seconds * step / (step + 1):
            break

    def code_at(share: float) -> Code:
        delta = np.float32(share) * kept[1].numpy()[hand_order(network.config)] if added and at else None  # type: ignore[arg-type]
        return Code(torch.lerp(start, kept[0], share).numpy(), first.network, delta)

    share = legible_share(synthesizer, Recognizer.load(), code_at) if at else 1.0
    with torch.no_grad():
        code.copy_(torch.lerp(start, kept[0], share))
        delta.copy_(share * kept[1])
    return Fitted(code_at(share), share, before, held_out_nats(), at)


def legible_share(synthesizer: Synthesizer, recognizer: Recognizer, code_at: Callable[[float], Code]) -> float:
    """Return the largest share of a fit at which its lines are legible, or else the share that is read best.

    ``code_at`` returns the hand at a share.
    """
    texts = ["".join(c for c in text if c in synthesizer.characters).strip() for text in PROBE]
    errors: dict[float, float] = {}
    for share in SHARES:
        style = Style(f"fitted {share}", (), code=code_at(share))
        lines = synthesizer.write([text for text in texts if text], Hand(style=style), hurried=True)
        read = recognizer.transcribe_all([line.ink for line in lines])
        errors[share] = cer([(line.text, t.text) for line, t in zip(lines, read, strict=True)]) if lines else 0.0
        if errors[share] <= MAX_LEGIBLE_CER:
            return share
    return min(SHARES, key=lambda share: errors[share])
