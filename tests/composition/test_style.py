"""Styles made of ink files."""

from __future__ import annotations

import numpy as np
import pytest
from tiny import synthesizer

from handwriting import formats
from handwriting.composition.style import style_from_files
from handwriting.errors import InkError
from handwriting.ink import Ink
from handwriting.rendering.hershey import write
from handwriting.synthesis.codes import Code
from handwriting.synthesis.synthesizer import Synthesizer


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    folder = tmp_path_factory.mktemp("ink")
    paths = [folder / f"{n}.json" for n in range(3)]
    for n, path in enumerate(paths):
        formats.save(write(f"line {'abc'[n]}", seed=n), path)
    return paths


@pytest.fixture(scope="module")
def hands(tmp_path_factory):
    return Synthesizer(synthesizer(tmp_path_factory.mktemp("hands"), code=6, writers=9, controls=2))


TEXTS = ("line a", "line b", "line c")


def test_several_files_make_one_style_with_a_code(files, hands):
    style = style_from_files(hands, files, TEXTS, "mine", 0.9)
    assert [sample.text for sample in style.samples] == list(TEXTS) and style.size == 0.9
    expected = hands.code_of([sample.ink for sample in style.samples], TEXTS)
    assert style.code is not None and np.array_equal(style.code.numbers, expected.numbers)


def test_an_estimate_of_ones_own_takes_the_place_of_the_instant_one(files, hands):
    given = Code(np.arange(6, dtype=np.float32), hands.codes.name)
    assert style_from_files(hands, files, TEXTS, estimate=lambda samples: given).code is given


def test_as_many_texts_as_files(files, hands):
    with pytest.raises(
        InkError, match="3 files with 3 lines of ink and 2 texts; give texts once for each file or each line"
    ):
        style_from_files(hands, files, TEXTS[:2])


def test_a_network_without_codes_takes_the_ink_and_refuses_a_fit(files, tmp_path):
    plain = Synthesizer(synthesizer(tmp_path))
    assert style_from_files(plain, files, TEXTS).code is None
    with pytest.raises(InkError, match="no hand codes"):
        style_from_files(plain, files, TEXTS, estimate=lambda samples: None)


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    """A page of nine lines that does not tell what they say, in a file."""
    path, strokes = tmp_path_factory.mktemp("page") / "page.json", []
    for n in range(9):
        line = write(f"line number {n} of the page" + n * " on", seed=n)
        strokes += [stroke + (0, 2.5 * 200 * n) for stroke in np.split(line.xy * 200 / np.ptp(line.y), line.starts[1:])]
    formats.save(Ink.from_strokes(strokes), path)
    return path


def test_a_page_is_split_into_lines_and_the_longest_are_kept(page, hands):
    texts, estimated = [f"text {n}" + n * "." for n in range(9)], []
    expected = Code(np.arange(6, dtype=np.float32), hands.codes.name)

    def estimate(samples):
        estimated.extend(samples)
        return expected

    style = style_from_files(hands, [page], texts, estimate=estimate)
    assert [sample.text for sample in style.samples] == texts[1:] and [s.text for s in estimated] == texts
    heights = [np.ptp(sample.ink.y) for sample in estimated]
    assert max(heights) < 2.5 * 200 and style.code is expected


def test_what_nobody_said_is_read_and_a_line_may_be_left_out(page, files, hands):
    asked = []

    def read(inks):
        asked.extend(inks)
        return [None if n == 3 else "read " + "abcdefghij"[n] for n in range(len(inks))]

    style = style_from_files(hands, [page, files[0]], read=read)
    assert len(asked) == 9 and "read d" not in {s.text for s in style.samples} and len(style.samples) == 8
    with pytest.raises(InkError, match=r"page\.json: the file has no transcript of its ink; give texts"):
        style_from_files(hands, [page])
    with pytest.raises(InkError, match="at least one line of ink with a known text"):
        style_from_files(hands, [page], read=lambda inks: [None] * len(inks))
