"""Train the networks of the checkpoint ``orientation`` on the same inks, and write a card with their figures."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from handwriting.checkpoint import Checkpoint, save_card
from handwriting.corpora import Corpus
from handwriting.errors import InkError
from handwriting.files import atomic, make_folder
from handwriting.ink import Ink
from handwriting.progress import Progress, no_progress
from handwriting.recognition.orientation import KIND, ORDERS, OrientationClassifier
from handwriting.recognition.pen_counts import SIZE
from handwriting.recognition.stroke_directions import FILE as DIRECTIONS_FILE
from handwriting.recognition.stroke_order import StrokeNetworks
from handwriting.recognition.upright import FILE as UPRIGHT_FILE
from handwriting.training.export import save_int8
from handwriting.training.orientation import save_orientation, train_orientation
from handwriting.training.pen_examples import PenExamples
from handwriting.training.stroke_directions import DIRECTIONS_CONFIG, forward_odds, train_directions
from handwriting.training.strokes import DIRECTION_SIZES, ORDER_SIZES, save_strokes, train_strokes
from handwriting.training.upright import UPRIGHT_CONFIG, share_found, train_upright

Phase = Callable[[str], Progress]
"""Called with the name of a part of the work; returns the callback for its progress."""


@dataclass(frozen=True)
class OrientationOptions:
    """Training data and size of the networks."""

    train: Mapping[str, int]
    """Number of inks to train on, by split."""
    develop: Mapping[str, int] = field(default_factory=dict)
    """Number of inks for the figures on the card, by split."""
    hidden: int = 32
    """Cells of the hidden layer of the orientation classifier."""
    updates: int = 3500
    """Updates of each network but the LSTMs."""
    lstm_updates: int = 6000
    """Updates of each LSTM."""
    seed: int = 0

    @staticmethod
    def counted(lists: list[str]) -> dict[str, int]:
        """Parse ``SPLIT=INKS`` for each list. Raises :class:`InkError` for anything else."""
        found: dict[str, int] = {}
        for text in lists:
            split, _, number = text.rpartition("=")
            if not split or not number.isdecimal() or int(number) < 1:
                raise InkError(f"{text!r} is not a split with a number of inks; write SPLIT=INKS")
            found[split] = int(number)
        return found


def train_checkpoint(
    corpus: Corpus,
    options: OrientationOptions,
    folder: Path,
    command: str = "",
    phase: Phase = lambda _: no_progress,
) -> dict[str, Any]:
    """Train all networks on evenly spaced inks of the splits, write the checkpoint, and return its figures."""
    inks = list(_inks(corpus, options.train, phase("reading")))
    examples = PenExamples.of(inks, options.seed)
    classifier = train_orientation(
        examples.counts, options.hidden, options.updates, options.seed, progress=phase("orientation")
    )
    networks = train_strokes(examples, options.updates, options.seed, phase("strokes"))
    directions = train_directions(examples, options.lstm_updates, options.seed, phase("directions"))
    upright = train_upright(inks, classifier, options.lstm_updates, options.seed, phase("upright"))
    figures = {}
    if options.develop:
        tests = list(_inks(corpus, options.develop, phase("evaluating")))
        measures = PenExamples.of(tests, None)
        figures = measured(classifier, networks, measures)
        together = separate_odds(networks, measures) + forward_odds(directions, measures)
        figures["direction_right_with_lstm"] = round(float((together > 0).mean()), 4)
        figures["orientation_found_by_lstm"] = round(share_found(upright, tests), 4)
    save_orientation(classifier, make_folder(folder))
    save_strokes(networks, folder)
    save_int8(directions, folder / DIRECTIONS_FILE)
    save_int8(upright, folder / UPRIGHT_FILE)
    card = {
        "kind": KIND,
        "network": {
            "counts": SIZE, "orientations": len(ORDERS), "hidden": options.hidden,
            "direction": DIRECTION_SIZES, "order": ORDER_SIZES,
            "directions": asdict(DIRECTIONS_CONFIG), "upright": asdict(UPRIGHT_CONFIG),
        },
        "trained_on": _splits(options.train),
        "training": {
            "updates": options.updates, "lstm_updates": options.lstm_updates, "seed": options.seed, "command": command,
        },
        "figures": {"on": _splits(options.develop), **figures},
        "terms": corpus.terms,
    }  # fmt: skip
    save_card(folder, card)
    return figures


def retrain_upright(
    corpus: Corpus,
    options: OrientationOptions,
    folder: Path,
    command: str = "",
    phase: Phase = lambda _: no_progress,
) -> dict[str, Any]:
    """Train only the LSTM that scores doubtful orientations, write it with the other shipped networks, and measure it.

    The sizes and updates of the other networks in ``options`` have no effect. Returns the figures.
    """
    inks = list(_inks(corpus, options.train, phase("reading")))
    upright = train_upright(inks, OrientationClassifier.load(), options.lstm_updates, options.seed, phase("upright"))
    tests = list(_inks(corpus, options.develop, phase("evaluating")))
    figures = {"orientation_found_by_lstm": round(share_found(upright, tests), 4)} if tests else {}
    shipped, folder = Checkpoint.load(None, KIND), make_folder(folder)
    for file in list(shipped.folder.iterdir()):
        if file.name not in (UPRIGHT_FILE, "card.json"):
            with atomic(folder / file.name) as temporary:
                temporary.write_bytes(file.read_bytes())
    card = shipped.card
    save_int8(upright, folder / UPRIGHT_FILE)
    card["network"]["upright"] = asdict(UPRIGHT_CONFIG)
    card["upright"] = {
        "trained_on": _splits(options.train),
        "training": {"lstm_updates": options.lstm_updates, "seed": options.seed, "command": command},
        "figures": {"on": _splits(options.develop), **figures},
        "terms": corpus.terms,
    }
    card["figures"].pop("orientation_found_by_lstm", None)
    save_card(folder, card)
    return figures


def _splits(numbers: Mapping[str, int]) -> list[dict[str, Any]]:
    """Return splits with their numbers of inks as they stand on a card."""
    return [{"split": split, "lines": inks} for split, inks in numbers.items()]


def measured(classifier: OrientationClassifier, networks: StrokeNetworks, examples: PenExamples) -> dict[str, float]:
    """Return the shares of inks, strokes and pairs of strokes that the networks classify correctly by themselves."""
    found = np.array([classifier.scores(counts.astype(np.float64)).argmax() == 0 for counts in examples.counts])
    ahead = networks.order(examples.ahead) - networks.order(examples.behind)
    shares = {
        "orientation_found": found.mean(),
        "direction_right": (separate_odds(networks, examples) > 0).mean(),
        "order_right": (ahead > 0).mean(),
    }
    return {name: round(float(share), 4) for name, share in shares.items()}


def separate_odds(networks: StrokeNetworks, examples: PenExamples) -> NDArray[np.float64]:
    """Return the log-odds that each stroke is drawn forward, inferred one stroke at a time, shape (S,)."""
    odds = networks.direction(examples.forward) - networks.direction(examples.backward)
    return odds + examples.differences @ networks.counts


def _inks(corpus: Corpus, splits: Mapping[str, int], progress: Progress) -> Iterator[Ink]:
    total, done = sum(splits.values()), 0
    for split, number in splits.items():
        ids = corpus.training_ids(split)
        if len(ids) < number:
            raise InkError(f"{split}={number}: the split has {len(ids):,} inks; give a smaller number")
        for place in np.linspace(0, len(ids) - 1, number).astype(int):
            yield corpus.line(ids[place]).ink
            done += 1
            progress(done, total)
