"""What tests of the command line share."""

from __future__ import annotations

from pathlib import Path

import pytest
from lxml import etree

from handwriting.checkpoint import shipped

ROOT = Path(__file__).parents[1]
LINE_SAMPLE = ROOT / "datasets" / "samples" / "line.xml"

SMALL = ["--epochs", "2", "--batch-size", "4", "--loaders", "0"]
SMALL_RECOGNIZER = ["--hidden-size", "8", "--layers", "1", "--encoding", "bezier", "--channels", "8", "--strides", "1"]
SMALL_RECOGNIZER += SMALL
SMALL_SYNTHESIZER = ["--hidden-size", "8", "--layers", "2", "--mixtures", "2", "--components", "2"]
SMALL_SYNTHESIZER += ["--train", "trainset", *SMALL]

needs_weights = pytest.mark.skipif(
    not all((shipped(kind) / "card.json").is_file() for kind in ("recognizer", "synthesizer")),
    reason="the shipped checkpoints are not here",
)


def assert_one_line(code: int, err: str, *parts: str) -> None:
    assert code == 2
    assert err.count("\n") == 1
    assert err.startswith("error: ")
    for part in parts:
        assert part in err


def line_file(root: Path, id: str = "d05-021u-01") -> Path:
    """The file of a line in an IAM-OnDB folder."""
    return root / "lineStrokes" / id[:3] / id[:7] / f"{id}.xml"


def path_elements(file: Path) -> int:
    """Number of path elements in an SVG file."""
    return len(etree.parse(file).findall(".//{*}path"))
