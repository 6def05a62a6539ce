"""The primer of a style is computed once."""

from __future__ import annotations

from dataclasses import replace

from handwriting.rendering.hershey import write
from handwriting.synthesis import primers
from handwriting.synthesis.primers import PrimerCache
from handwriting.synthesis.styles import Sample, Style


def style(text: str, seed: int = 0) -> Style:
    return Style(text, (Sample(text, write(text, seed=seed)),))


def test_the_same_samples_are_primed_once_under_any_name_and_size():
    computed = []
    cache = PrimerCache(lambda style: computed.append(style.name) or object())
    first = cache.primer(style("ink"))
    assert cache.primer(replace(style("ink"), name="renamed", size=0.5)) is first
    assert cache.primer(style("ink", seed=1)) is not first
    assert cache.primer(replace(style("ink"), samples=(Sample("pen", write("ink")),))) is not first
    assert computed == ["ink"] * 3


def test_the_least_recently_used_primer_is_dropped(monkeypatch):
    monkeypatch.setattr(primers, "MAX_PRIMERS", 2)
    computed = []
    cache = PrimerCache(lambda style: computed.append(style.name) or object())
    for name in ("a", "b", "a", "c", "a", "b"):
        cache.primer(style(name))
    assert computed == ["a", "b", "c", "b"]
