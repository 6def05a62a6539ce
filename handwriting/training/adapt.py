"""Adapt a recognizer to one person's writing, using lines that they have corrected: ``adapt``.

A network that is trained on a few lines memorises them and forgets how others write. Three measures prevent this:

- Half of each batch are lines in many hands (``replay``), on which the network should preserve its outputs: the loss
  includes the Kullback-Leibler divergence from its old outputs (Li & Hoiem 2016, arXiv 1606.09282).
- The weights are pulled back to their initial values (L2-SP; Li, Grandvalet & Davoine 2018, arXiv 1802.01483).
- The result is interpolated between the old and the new weights (Wortsman et al. 2022, arXiv 2109.01903), with the
  share that reads held-out corrected lines best, as long as held-out lines in other hands are read as well as before.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from handwriting import metrics
from handwriting.alphabet import Alphabet
from handwriting.checkpoint import Checkpoint
from handwriting.corpora import Line
from handwriting.corpora.own import OWN_TERMS
from handwriting.corpora.seen import fingerprint, fingerprints, terms
from handwriting.errors import InkError
from handwriting.features import FeatureConfig, encode
from handwriting.ink import Ink
from handwriting.networks.recognizer import RecognizerNetwork, ctc_loss
from handwriting.progress import Progress, no_progress
from handwriting.recognition.recognizer import Recognizer
from handwriting.runtime import pad
from handwriting.synthesis.synthesizer import Synthesizer
from handwriting.training.augment import Augmentation
from handwriting.training.distributed import Workers
from handwriting.training.encoder import ExampleEncoder, expected_steps
from handwriting.training.options import TrainingOptions
from handwriting.training.plan import plan_by_length
from handwriting.training.recognizer_checkpoint import build, write
from handwriting.training.recognizer_start import between
from handwriting.training.replay import replay_lines
from handwriting.training.schedule import SCHEDULES
from handwriting.training.update import UpdateHook, Updater

MIN_LINES = 8
"""Minimum number of corrected lines to learn from."""
HELD_OUT_SHARE = 0.2
"""Share of the corrected lines that are held out."""
REPLAY_LINES, GUARD_LINES = 96, 64
"""Number of lines in many hands to train on, and to hold out."""
BATCH = 8
"""Number of corrected lines in a batch, and of replayed ones."""
UPDATES = (80, 240)
"""Minimum and maximum number of updates."""
PASSES = 16
"""Number of passes over the corrected lines, within these bounds."""
RATE = 4e-4
DISTANCE_WEIGHT = 2e-3
"""Nats per character for each unit of squared distance of the weights from their initial values."""
DIVERGENCE_WEIGHT = 2.0
"""Weight of a nat of divergence on the replayed lines, relative to a nat on the corrected ones."""
SHARES = (0.1, 0.2)
"""Candidate shares for the interpolation from the old weights to the new ones.

Synthetic lines understate the forgetting: a share of 0.3 cost other writers of IAM-OnDB up to 0.11 points of CER
although the loss on synthetic lines rose by less than one per cent.
"""
MAX_FORGETTING = 0.01
"""Relative increase of the loss on held-out lines in other hands that is accepted."""

Example = tuple[Ink, str]


@dataclass(frozen=True)
class Adapted:
    """Result of an adaptation."""

    folder: Path
    lines: int
    """Number of usable corrected lines."""
    held_out: int
    """Number of these that were held out."""
    share: float
    """Share of the way from the old weights to the new ones. It is 0, and the weights are unchanged, if no share reads
    the held-out lines better."""
    before: float
    """CER of the old weights on the held-out lines, by best path."""
    after: float
    """CER of the result on the held-out lines, by best path."""
    left_out: Mapping[str, str]
    """Reason for exclusion of each unusable line, by id."""


def adapt(
    base: Checkpoint,
    lines: Sequence[Line],
    folder: Path,
    *,
    seed: int = 1,
    threads: int = 2,
    progress: Progress = no_progress,
) -> Adapted:
    """Write a checkpoint to ``folder``: ``base`` after it has learned from corrected ``lines``.

    ``progress`` counts hundredths of the work. Raises :class:`InkError` for fewer than :data:`MIN_LINES` usable lines.
    """
    torch.set_num_threads(threads)
    recognizer, network = Recognizer(base, threads), build(base.card, base.weights())
    encoder = ExampleEncoder(recognizer.features, Augmentation(), base.card["network"]["strides"])
    usable, left_out = _usable(lines, recognizer.alphabet, encoder)
    if len(usable) < MIN_LINES:
        why = next((f"; {id}: {reason}" for id, reason in left_out.items()), "")
        raise InkError(
            f"{len(usable)} corrected lines, but at least {MIN_LINES} are needed; correct more{why}",
            key="few-lines", count=len(usable), fewest=MIN_LINES,
        )  # fmt: skip
    own, held = _split(usable, seed)
    rehearsed = replay_lines(
        Synthesizer.load(threads=threads), recognizer.language.words, REPLAY_LINES + GUARD_LINES, seed,
        lambda done, total: progress(20 * done / total, 100),
    )  # fmt: skip
    rehearsed = [(ink, text) for ink, text in rehearsed if _fits(encoder, ink, text)]
    guards, replayed = rehearsed[:GUARD_LINES], rehearsed[GUARD_LINES:]
    start = {name: value.clone() for name, value in network.state_dict().items()}
    adaptation = Adaptation(network, recognizer.alphabet, encoder, own, replayed, seed)
    learned = adaptation.learn(lambda done, total: progress(20 + 75 * done / total, 100))
    selector = ShareSelector(network, recognizer.alphabet, recognizer.features, held, guards)
    before = _cer(recognizer, held)
    for share in (selector.best(start, learned), 0.0):
        details = {"share": share, "held_out": len(held), "updates": adaptation.updates}
        card = _card(base, network, [ink for ink, _ in usable], details)
        write(folder, card, {name: value.numpy() for name, value in between(start, learned, share).items()})
        after = _cer(Recognizer.load(folder, threads), held)
        if after <= before:  # a lower loss need not mean fewer wrong characters
            break
    progress(100, 100)
    return Adapted(folder, len(usable), len(held), share, before, after, left_out)


class Adaptation:
    """Trains the network on batches of corrected and replayed lines, with a new distortion each time."""

    def __init__(
        self,
        network: RecognizerNetwork,
        alphabet: Alphabet,
        encoder: ExampleEncoder,
        own: Sequence[Example],
        replayed: Sequence[Example],
        seed: int,
    ) -> None:
        self.network, self.alphabet, self.encoder, self.seed = network, alphabet, encoder, seed
        self.own, self.replayed = own, replayed
        self.old = copy.deepcopy(network).eval().requires_grad_(False)
        self.updates = int(np.clip(PASSES * len(own) / BATCH, *UPDATES))

    def learn(self, progress: Progress) -> dict[str, Tensor]:
        """Train the network and return the moving average of its weights."""
        options = TrainingOptions(rate=RATE, weight_decay=0.0, clip=1.0, seed=self.seed)
        updater = Updater(self.network, options, UpdateHook(), Workers.join("cpu"), "cpu")
        for step, batch in zip(range(self.updates), self._batches(), strict=False):
            rate = RATE * SCHEDULES["one-cycle"](step, self.updates, None)
            if updater(self.loss, [batch], True, step, rate)[2]:
                raise InkError(f"update {step} had a loss that is not finite; check the corrected lines")
            progress(step + 1, self.updates)
        return updater.average.state_dict()

    def loss(self, network: nn.Module, batch: tuple[Tensor, ...]) -> tuple[Tensor, Tensor]:
        """Return the nats (CTC of corrected lines, divergence of replayed ones, weight distance) and characters."""
        x, steps, targets, target_lengths = batch
        output, lengths = network(x, steps)
        own, characters = len(target_lengths), target_lengths.sum()
        ctc = ctc_loss(output[:, :own], lengths[:own], targets, target_lengths).sum()
        old_output, lengths = self.old(x[:, own:], steps[own:])
        inside = torch.arange(len(old_output)).unsqueeze(1) < lengths
        divergence = ((old_output.exp() * (old_output - output[: len(old_output), own:])).sum(-1) * inside).sum()
        pairs = zip(network.parameters(), self.old.parameters(), strict=True)
        distance = torch.stack([(now - then).square().sum() for now, then in pairs]).sum()
        return ctc + DIVERGENCE_WEIGHT * divergence + DISTANCE_WEIGHT * characters * distance, characters

    def _batches(self) -> Iterator[tuple[Tensor, ...]]:
        """Yield batches of corrected lines, followed by replayed lines.

        A batch has the padded steps (T, B, D) and lengths (B,) of all its lines, and the concatenated targets and their
        lengths of the corrected ones.
        """
        for own, others in zip(self._distorted(self.own, 0), self._distorted(self.replayed, 1), strict=False):
            padded, counts = pad([steps for steps, _ in own + others])
            targets = [self.alphabet.encode(text) for _, text in own]
            yield (
                torch.from_numpy(padded),
                torch.from_numpy(counts),
                torch.from_numpy(np.concatenate(targets)),
                torch.tensor([len(target) for target in targets]),
            )

    def _distorted(self, lines: Sequence[Example], part: int) -> Iterator[list[tuple[NDArray[np.float32], str]]]:
        """Yield batches of lines of similar length, endlessly: steps and text of a distorted copy of each."""
        lengths = [expected_steps(ink, text) for ink, text in lines]
        for turn in range(self.updates):
            for chosen in plan_by_length(lengths, BATCH, self.seed + part, turn):
                batch = []
                for number in chosen:
                    random = np.random.default_rng([self.seed, part, turn, number])
                    steps = self.encoder.steps(*lines[number], random)
                    assert steps is not None  # lines that are too short for their text are left out
                    batch.append((steps, lines[number][1]))
                yield batch


class ShareSelector:
    """Selects the share of the way from the old weights to the new ones, using lines that were not trained on."""

    def __init__(
        self,
        network: RecognizerNetwork,
        alphabet: Alphabet,
        features: FeatureConfig,
        held: Sequence[Example],
        guards: Sequence[Example],
    ) -> None:
        self.network, self.alphabet = network, alphabet
        self.parts = [
            ([encode(ink, features).steps for ink, _ in part], [t for _, t in part]) for part in (held, guards)
        ]
        self.table: list[tuple[float, float, float]] = []
        """Rows of share, loss on the held-out lines and loss on the guard lines, in nats per character."""

    def best(self, old: Mapping[str, Tensor], new: Mapping[str, Tensor]) -> float:
        """Return the share with the lowest loss on the held-out lines, among those that do not forget other hands."""
        self.table = [(share, *self._losses(between(old, new, share))) for share in (0.0, *SHARES)]
        most = self.table[0][2] * (1 + MAX_FORGETTING)
        return min((own, share) for share, own, others in self.table if others <= most or share == 0)[1]

    def _losses(self, weights: Mapping[str, Tensor]) -> tuple[float, float]:
        self.network.load_state_dict(weights)
        own, others = (self._loss(steps, texts) for steps, texts in self.parts)
        return own, others

    @torch.no_grad()
    def _loss(self, steps: Sequence[NDArray[np.float32]], texts: Sequence[str]) -> float:
        padded, lengths = (torch.from_numpy(array) for array in pad(steps))
        targets = [torch.from_numpy(self.alphabet.encode(text)) for text in texts]
        sizes = torch.tensor([len(target) for target in targets])
        output, lengths = self.network.eval()(padded, lengths)
        return float(ctc_loss(output, lengths, torch.cat(targets), sizes).sum() / sizes.sum())


def _usable(lines: Sequence[Line], alphabet: Alphabet, encoder: ExampleEncoder) -> tuple[list[Example], dict[str, str]]:
    """Return ink and text of the usable lines, and the reason for exclusion of the others, by id.

    If the same ink has several texts, the last one is used.
    """
    usable: dict[str, Example] = {}
    left_out: dict[str, str] = {}
    for line in lines:
        if unknown := "".join(sorted(set(line.text) - set(alphabet.characters))):
            left_out[line.id] = f"the recognizer does not know {unknown[:10]!r}"
        elif _fits(encoder, line.ink, line.text):
            usable[fingerprint(line.ink)] = line.ink, line.text
        else:
            left_out[line.id] = "its ink is too short for its text"
    return list(usable.values()), left_out


def _fits(encoder: ExampleEncoder, ink: Ink, text: str) -> bool:
    """Return whether the ink has enough steps for CTC to spell the text."""
    return encoder.steps(ink, text, np.random.default_rng(0)) is not None


def _split(lines: Sequence[Example], seed: int) -> tuple[list[Example], list[Example]]:
    """Split lines into those to train on and those to hold out."""
    order = np.random.default_rng([seed, 4]).permutation(len(lines))
    count = max(2, round(HELD_OUT_SHARE * len(lines)))
    held, own = ([lines[i] for i in sorted(part)] for part in (order[:count], order[count:]))
    return own, held


def _card(
    base: Checkpoint, network: RecognizerNetwork, inks: Sequence[Ink], details: Mapping[str, Any]
) -> dict[str, Any]:
    """Return the card of ``base`` with details of the adaptation, without figures and decoder of the old weights."""
    card = {name: value for name, value in base.card.items() if name not in ("format", "figures", "head")}
    trained_on = {**card.get("trained_on", {}), **fingerprints(inks, base)}
    adapted = {"lines": len(inks), "from": base.folder.name, **details}
    return {
        **card,
        "network": asdict(network.config),
        "trained_on": trained_on,
        "adapted": adapted,
        "terms": terms([OWN_TERMS], base),
    }


def _cer(reader: Recognizer, lines: Sequence[Example]) -> float:
    outputs = [found.text for found in reader.best_paths([ink for ink, _ in lines])]
    return metrics.score([(text, output) for (_, text), output in zip(lines, outputs, strict=True)]).cer
