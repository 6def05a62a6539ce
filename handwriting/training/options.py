"""All training hyper-parameters with their default values and meanings.

This module imports neither torch nor NumPy, so that the command line can quickly load its options, defaults and help
texts from here. Each field's metadata describes its option; see :func:`option`.
"""

from __future__ import annotations

from collections.abc import Set
from dataclasses import asdict, dataclass, field, replace
from typing import TYPE_CHECKING, Any, Literal

from handwriting.errors import InkError

if TYPE_CHECKING:
    from handwriting.checkpoint import Checkpoint
    from handwriting.features import FeatureConfig
    from handwriting.training.augment import Augmentation


VARIANTS = ("1997", "1997-truncated", "forget", "peephole")
"""LSTM variants that can be trained and exported: see ``networks/cells.py``."""


def option(
    default: Any,
    help: str,
    *,
    least: float | None = None,
    most: float | None = None,
    choices: tuple[str, ...] = (),
    name: str | None = None,
) -> Any:
    """Return a dataclass field that is offered on the command line.

    ``help`` describes it, ``least`` and ``most`` are its bounds, ``choices`` its only values; ``name`` is its name on
    the command line and in a configuration file if it differs from the field's.
    """
    metadata = {"help": help, "least": least, "most": most, "choices": choices, "name": name}
    if isinstance(default, list):
        return field(default_factory=lambda: list(default), metadata=metadata)
    return field(default=default, metadata=metadata)


@dataclass(frozen=True)
class TrainingOptions:
    """Training options that apply to any network."""

    epochs: int = option(80, "Number of passes over the training examples.", least=1)
    batch_size: int = option(64, "Examples per update, over all processes.", least=1)
    accumulate: int = option(
        1, "Number of parts into which a batch is split to save memory (gradient accumulation).", least=1
    )
    rate: float = option(3e-3, "Peak learning rate.", least=1e-9)
    schedule: str = option("one-cycle", "Learning-rate schedule.", choices=("one-cycle", "constant"))
    warmup_steps: int | None = option(
        None, "Warm-up updates of the learning rate.  [default: a tenth of all for one-cycle, 0 for constant]", least=0
    )
    weight_decay: float = option(0.01, "Decoupled weight decay (AdamW) of the matrices.", least=0)
    clip: float = option(3.0, "Maximum norm of the gradient of the mean loss.", least=1e-9)
    average: float = option(
        0.998, "Decay of the moving average of the weights; the average is evaluated and saved.", least=0, most=0.99999
    )
    seed: int = option(1, "Seed of the initial weights, the order of the examples and the augmentation.", least=0)
    precision: str = option("bf16", "Precision of the matrix products.", choices=("bf16", "fp32"))
    device: str = option(
        "auto", "Device to train on; auto uses the GPU if there is one.", choices=("auto", "cpu", "cuda")
    )
    evaluate_every: int = option(4, "Epochs between evaluations; there is always one after the last epoch.", least=1)
    patience: int | None = option(
        None, "Stop after this many evaluations in a row without a better checkpoint.  [default: never]", least=1
    )
    target: float | None = option(
        None, "Stop once the first figure on the development set is this low.  [default: never]"
    )
    save_every: float = 60.0
    """Seconds between saved states."""
    max_minutes: float | None = option(None, "Stop after this many minutes; the run can be resumed.", least=0)
    loaders: int = option(
        1, "Worker processes that prepare batches; 0 prepares them in the training process itself.", least=0
    )
    freeze: list[str] = option(
        [], "Freeze the weights whose names start with this, e.g. convolutions or lstm.cells.0; repeatable."
    )
    log: str = option("none", "Additional log of the learning curve.", choices=("none", "tensorboard"))
    weight_noise: float = option(
        0.0,
        "Adaptive weight noise (Graves 2011): initial standard deviation, e.g. 0.075; 0 is off. "
        "Combine it with --weight-decay 0.",
        least=0,
    )
    truncate: int | None = option(
        None,
        "Truncate back-propagation through time to blocks of this many steps.  [default: exact]",
        least=1,
    )


SYNTHESIZER_TRAINING = TrainingOptions(epochs=16, batch_size=32, rate=2.5e-3, clip=1.0, loaders=0)
"""Default training options of synthesizers and prediction networks."""


def _augmentation() -> Augmentation:
    from handwriting.training.augment import Augmentation

    return Augmentation()


@dataclass(frozen=True)
class RecognizerOptions:
    """Sizes, features and augmentation of a recognizer."""

    encoding: str | None = option(
        None,
        "Encoding of a step: a resampled point or a Bézier curve.  [default: bezier]",
        choices=("points", "bezier"),
    )
    spacing: float | None = option(
        None, "Distance between resampled points, in writing heights.  [default: 0.06]", least=0.01
    )
    tolerance: float | None = option(
        None, "Largest distance between ink and curve, in writing heights.  [default: 0.03]", least=0.001
    )
    hidden_size: int = option(256, "Cells of each LSTM layer and direction.", least=1)
    num_layers: int = option(3, "LSTM layers.", least=1, name="layers")
    variant: str = option("forget", "Equations of the LSTM.", choices=VARIANTS)
    channels: list[int] = option([128], "Output channels of the convolutions, separated by commas; empty for none.")
    strides: list[int] = option([1], "Strides of the convolutions, separated by commas.")
    dropout: float = option(0.35, "Dropout probability between LSTM layers and before the output.", least=0, most=0.9)
    head: str = option(
        "ctc",
        "Output head: ctc, or a decoder LSTM that reads the encoder's outputs with attention (seq2seq) or only "
        "their summary (seq2seq-plain).",
        choices=("ctc", "seq2seq", "seq2seq-plain"),
    )
    seed: int = 1
    augmentation: Augmentation = field(default_factory=_augmentation)

    @property
    def features(self) -> FeatureConfig:
        """Feature settings that these options select."""
        from handwriting.features import FeatureConfig

        values = {name: getattr(self, name) for name in FEATURES}
        return FeatureConfig(**{name: value for name, value in values.items() if value is not None})

    def like(self, init: Checkpoint, given: Set[str] = frozenset()) -> RecognizerOptions:
        """Return these options with the sizes and features of a checkpoint, except for the fields ``given``.

        Raises :class:`InkError` if the checkpoint's card has features that this version does not know.
        """
        network, features = init.card["network"], init.card["features"]
        if unknown := features.keys() - set(FEATURES):
            raise InkError(f"{init.folder}/card.json: unknown features {', '.join(unknown)}; use a newer version")
        values = {name: network[name] for name in SIZES if name in network} | features
        return replace(self, **{name: value for name, value in values.items() if name not in given})

    def identity(self) -> dict[str, Any]:
        """Return all effective options; JSON-serialisable."""
        values = {name: value for name, value in asdict(self).items() if name not in FEATURES}
        if not self.augmentation.plotted:  # so that trainings from before this option can be resumed
            del values["augmentation"]["plotted"]
        return values | {"features": asdict(self.features)}


@dataclass(frozen=True)
class LanguageOptions:
    """Sizes of a character language model, and of the pieces of text that it is trained on."""

    hidden_size: int = option(512, "Cells of each LSTM layer.", least=1)
    num_layers: int = option(1, "LSTM layers.", least=1, name="layers")
    embedding: int = option(64, "Size of the embedding of a character.", least=1)
    dropout: float = option(0.1, "Dropout probability between layers and before the output.", least=0, most=0.9)
    steps: int = option(192, "Characters per piece of text.", least=2)
    examples: int = option(8192, "Pieces per epoch.", least=1)
    seed: int = 1


LANGUAGE_TRAINING = TrainingOptions(epochs=24, batch_size=64, rate=2e-3, clip=1.0, weight_decay=0.0, loaders=1)
"""Default training options of character language models."""


SIZES = ("hidden_size", "num_layers", "variant", "channels", "strides")
"""Options that are fixed by a checkpoint's weights."""
FEATURES = ("encoding", "spacing", "tolerance")


@dataclass(frozen=True)
class SynthesizerOptions:
    """Lists and sizes of a synthesizer, or of a prediction network."""

    kind: Literal["synthesizer", "prediction"] = "synthesizer"
    train: tuple[str, ...] = ("trainset", "testset_t")
    """Lists to train on."""
    develop: str = "testset_v"
    hidden_size: int = option(400, "Cells of each LSTM layer.", least=1)
    num_layers: int = option(3, "LSTM layers.", least=1, name="layers")
    mixtures: int = option(20, "Mixture components of the output.", least=1)
    components: int = option(10, "Components of the window, in a synthesizer.", least=1)
    variant: str = option("forget", "Equations of the LSTM.", choices=VARIANTS)
    dropout: float = option(0.0, "Dropout probability between LSTM layers.", least=0, most=0.9)
    code: int = option(46, "Size of a hand code, with --unipen.", least=4, most=256)
    examples: int = option(4800, "Lines per epoch, with --unipen.", least=1)
    seed: int = 1


@dataclass(frozen=True)
class HandTuning:
    """Options for tuning the hands of a synthesizer; see ``training/hand_tuning.py``."""

    real: int = option(700, "Number of real lines, evenly spaced over the split.", least=2)
    lines: int = option(1400, "Number of sentences, and of strings, to write in random hands in each round.", least=2)
    rounds: int = option(2, "Number of corrections of the random hands.", least=1)
    hands: int = option(900, "Number of hands to write in, for estimating hands from lines.", least=2)
    lines_per_hand: int = option(3, "Number of lines to write in each of these hands.", least=1)
    seed: int = option(10_000, "Seed of the hands and the strings.", least=0)
