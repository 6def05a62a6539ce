"""docs/features.md keeps up with the code: every step and feature is named, every picture it shows exists."""

import importlib
import inspect
import re
from pathlib import Path

import pytest

from handwriting.features.bezier import BEZIER_FEATURES
from handwriting.features.points import POINTS_SIZE

DOCS = Path(__file__).parents[2] / "docs"
PAGE = (DOCS / "features.md").read_text(encoding="utf-8")

STEPS = {
    "geometry.normalise": {"normalise", "deskew", "deslant", "resize"},
    "geometry.dots": {"undelayed_order", "dots_and_bars", "delayed"},
    "geometry.resample": {"resample"},
    "features.points": {"encode_points"},
    "features.bezier": {"fit_curves", "encode_bezier"},
}
MEASURES = {"writing_height", "segments", "ink_weights", "slant", "delayed_order"}
"""Public, but what they return is no longer ink, nor input to a network; or a part of a step."""


@pytest.mark.parametrize("step", sorted(set.union(*STEPS.values())))
def test_every_step_is_on_the_page(step):
    assert f"`{step}`" in PAGE


@pytest.mark.parametrize("file", STEPS)
def test_no_public_function_is_forgotten(file):
    module = importlib.import_module(f"handwriting.{file}")
    functions = {
        name
        for name, function in inspect.getmembers(module, inspect.isfunction)
        if function.__module__ == module.__name__ and not name.startswith("_")
    }
    assert functions - MEASURES == STEPS[file]


def test_every_feature_is_in_a_table():
    rows = [line.split("|")[1] for line in PAGE.splitlines() if line.startswith("| ")]
    numbers = [int(number) for row in rows for number in re.findall(r"\d+", row)]
    assert numbers == list(range(POINTS_SIZE))
    assert [name for row in rows for name in re.findall(r"`(\w+)`", row)] == list(BEZIER_FEATURES)


def test_the_pictures_shown_are_those_that_exist():
    shown = re.findall(r"!\[[^]]+\]\(([^)]+)\)", PAGE)
    assert sorted(shown) == sorted(path.relative_to(DOCS).as_posix() for path in (DOCS / "features").iterdir())
    for picture in shown:
        content = (DOCS / picture).read_bytes()
        assert content.startswith(b"\x89PNG") and len(content) <= 60_000, picture
