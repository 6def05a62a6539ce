"""Who of UNIPEN's donors trains and who validates, how labels are read, and what training leaves out.

All of it is data, with reasons: ``unipen_known_bad.toml``.
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
    """Leaves out of training what all of its conditions are true of; an empty one is true of everything."""

    reason: str
    donors: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    quality: str = ""
    label: str = ""
    """A regular expression that is found in the text."""
    ids: frozenset[str] = frozenset()
    points_below: float = 0.0
    """Fewer points than this for each character that is no space."""
    narrower_than: float = 0.0
    """Width over height of the ink, for each character."""
    several_lines: bool = False
    """The pen went back to the left and down to a line below."""

    def applies(self, donor: str, category: str, quality: str, line: Line) -> bool:
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
    """The data file."""

    donors: Mapping[str, str]
    """Donor to ``valid`` or ``test``; all others train."""
    deleted: Mapping[str, str]
    """Donor to a regular expression of what stands in labels and was not written."""
    bad: tuple[Rule, ...] = field(default=())

    def who(self, donor: str) -> str:
        """``train``, ``valid`` or ``test``."""
        return self.donors.get(donor, "train")

    def label(self, donor: str, text: str) -> str:
        """A label as the text that was written."""
        return raw(re.sub(self.deleted[donor], "", text) if donor in self.deleted else text)

    def unfit(self, donor: str, category: str, quality: str, line: Line) -> str | None:
        """Why training leaves a segment out; None when it does not."""
        if not line.text:
            return "no text"
        return next((rule.reason for rule in self.bad if rule.applies(donor, category, quality, line)), None)


@lru_cache(1)
def rules() -> Rules:
    """The rules of ``unipen_known_bad.toml``."""
    path = Path(__file__).with_name("unipen_known_bad.toml")
    data = tomllib.loads(path.read_text("utf-8"))
    who: dict[str, str] = dict.fromkeys(data["donors"]["valid"], "valid")
    who |= dict.fromkeys(data["donors"]["test"], "test")
    return Rules(
        who,
        {str(donor): str(entry["pattern"]) for entry in data.get("deleted", ()) for donor in entry["donors"]},
        tuple(_rule(entry) for entry in data.get("bad", ())),
    )


def _rule(entry: Mapping[str, Any]) -> Rule:
    values = dict(entry)
    values |= {name: tuple(entry[name]) for name in ("donors", "categories") if name in entry}
    return Rule(**{**values, "ids": frozenset(entry.get("ids", ()))})


def _aspect(line: Line) -> float:
    """Width over height of the ink, for each character of the text."""
    left, top, right, bottom = line.ink.bounds
    return float((right - left) / max(bottom - top, np.finfo(float).tiny) / max(1, len(line.text)))


def has_several_lines(ink: Ink) -> bool:
    """Whether the pen ever went to a stroke further left and lower by more than the writing is high.

    Dots and bars that are written late stand to the left too, but above.
    """
    left, top, right, bottom = ink.boxes
    heights = bottom - top
    height = float(np.median(heights[heights >= 0.3 * heights.max()]))
    back = right[:-1] - left[1:] > 2.0 * height
    down = np.diff((top + bottom) / 2) > 1.2 * height
    return height > 0 and bool((back & down).any())
