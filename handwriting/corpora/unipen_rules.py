"""Rules for UNIPEN: groups of donors, corrections of labels, and what training leaves out.

The rules are read from ``unipen_known_bad.toml``, which gives the reasons.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from handwriting.corpora.corpus import Line
from handwriting.ink import Ink
from handwriting.text import raw


@dataclass(frozen=True)
class Rule:
    """Excludes segments from training that meet all its conditions; a condition that is not set is always met."""

    reason: str
    donors: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    quality: str = ""
    label: str = ""
    """Regular expression that matches somewhere in the text."""
    ids: frozenset[str] = frozenset()
    points_below: float = 0.0
    """Applies to fewer points than this per character, not counting spaces."""
    narrower_than: float = 0.0
    """Applies to a lower ratio of width to height of the ink, per character."""
    several_lines: bool = False
    """Applies to ink of more than one line of writing."""

    def applies(self, donor: str, category: str, quality: str, line: Line) -> bool:
        """Return whether a segment meets all conditions."""
        return (
            (not self.donors or donor in self.donors)
            and (not self.categories or category in self.categories)
            and (not self.quality or quality == self.quality)
            and (not self.label or re.search(self.label, line.text) is not None)
            and (not self.ids or line.id in self.ids or line.form in self.ids)
            and (not self.points_below or len(line.ink) < self.points_below * len(line.text.replace(" ", "")))
            and (not self.narrower_than or _aspect(line) < self.narrower_than)
            and (not self.several_lines or has_several_lines(line.ink))
        )


@dataclass(frozen=True)
class Rules:
    """Contents of ``unipen_known_bad.toml``."""

    donors: Mapping[str, str]
    """Group of each donor that is excluded from training: ``valid`` or ``test``."""
    deleted: Mapping[str, str]
    """Regular expressions, by donor, for parts of labels that were not written."""
    capitals: frozenset[str] = frozenset()
    """Files, as stems such as ``"sta/sta1/hpb1-ja"``, written in capitals and labelled in lower case."""
    bad: tuple[Rule, ...] = field(default=())
    """Rules for segments that training leaves out."""

    def group(self, donor: str) -> str:
        """Return the group of a donor: ``train``, ``valid`` or ``test``."""
        return self.donors.get(donor, "train")

    def label(self, stem: str, text: str) -> str:
        """Return the text that was written, given the label of a segment and the stem of its file."""
        donor = stem.partition("/")[0]
        if donor in self.deleted:
            text = re.sub(self.deleted[donor], "", text)
        return raw(text.upper() if stem in self.capitals else text)

    def unfit(self, donor: str, category: str, quality: str, line: Line) -> str | None:
        """Return the reason why training leaves a segment out, or None if it does not."""
        if not line.text:
            return "no text"
        return next((rule.reason for rule in self.bad if rule.applies(donor, category, quality, line)), None)


@lru_cache(1)
def rules() -> Rules:
    """Return the rules of ``unipen_known_bad.toml``."""
    path = Path(__file__).with_name("unipen_known_bad.toml")
    data = tomllib.loads(path.read_text("utf-8"))
    groups: dict[str, str] = dict.fromkeys(data["donors"]["valid"], "valid")
    groups |= dict.fromkeys(data["donors"]["test"], "test")
    return Rules(
        groups,
        {str(donor): str(entry["pattern"]) for entry in data.get("deleted", ()) for donor in entry["donors"]},
        frozenset(str(stem) for entry in data.get("capitals", ()) for stem in entry["files"]),
        tuple(_rule(entry) for entry in data.get("bad", ())),
    )


def _rule(entry: Mapping[str, Any]) -> Rule:
    values = dict(entry)
    values |= {name: tuple(entry[name]) for name in ("donors", "categories") if name in entry}
    return Rule(**{**values, "ids": frozenset(entry.get("ids", ()))})


def _aspect(line: Line) -> float:
    """Return the ratio of width to height of the ink, per character of the text."""
    left, top, right, bottom = line.ink.bounds
    return float((right - left) / max(bottom - top, np.finfo(float).tiny) / max(1, len(line.text)))


def has_several_lines(ink: Ink) -> bool:
    """Return whether a stroke begins further left and lower than the one before it by more than the writing height.

    Delayed dots and bars are further left as well, but not lower.
    """
    left, top, right, bottom = ink.boxes
    heights = bottom - top
    height = float(np.median(heights[heights >= 0.3 * heights.max()]))
    back = right[:-1] - left[1:] > 2.0 * height
    down = np.diff((top + bottom) / 2) > 1.2 * height
    return height > 0 and bool((back & down).any())
