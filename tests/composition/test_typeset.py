"""Words set on lines and pages, from widths worked out by hand."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handwriting.composition.typeset import Box, Paragraph, break_lines, paginate
from handwriting.errors import InkError


def paragraph(*widths: float, space: float = 2.0, **options) -> Paragraph:
    return Paragraph(tuple(Box(width, space) for width in widths), **options)


def places(text: Paragraph, width: float) -> list[tuple[float, ...]]:
    return [line.x for line in break_lines(text, 0, width)]


def test_lines_are_filled_with_the_spaces_between_words_and_none_at_the_end():
    assert places(paragraph(10, 10, 10), 22) == [(0, 12), (0,)]
    assert places(paragraph(10, 10, 10), 34) == [(0, 12, 24)]


def test_the_rest_of_a_word_is_on_the_next_line():
    boxes = (Box(10, 2), Box(10, 2, cut=True), Box(10, 2), Box(10, 2))
    assert places(Paragraph(boxes), 46) == [(0, 12), (0, 12)]


@pytest.mark.parametrize(
    ("align", "expected"),
    [
        ("left", [(0, 12), (0,)]),
        ("right", [(8, 20), (20,)]),
        ("center", [(4, 16), (10,)]),
        ("justify", [(0, 20), (0,)]),
    ],
)
def test_alignment(align, expected):
    assert places(paragraph(10, 10, 10, align=align), 30) == expected


def test_the_first_line_is_indented_and_a_list_all_along():
    assert places(paragraph(10, 10, indent=5), 20) == [(5,), (0,)]
    assert places(paragraph(10, 10, left=5), 20) == [(5,), (5,)]


def test_a_word_that_is_too_wide_is_refused():
    with pytest.raises(InkError, match=r"21\.0 mm wide does not fit on a line of 20\.0 mm"):
        break_lines(paragraph(21), 0, 20)


def test_pages_hold_so_many_rows():
    lines = paginate([paragraph(10, 10, 10), Paragraph(()), paragraph(10)], 10, 2)
    # a blank line at the top of a page is dropped
    assert [(line.page, line.row) for line in lines] == [(0, 0), (0, 1), (1, 0), (1, 1), (2, 0)]
    assert [len(line.line.x) for line in lines] == [1, 1, 1, 0, 1]


def test_a_blank_line_at_the_top_of_a_page_is_dropped():
    lines = paginate([paragraph(10, 10), Paragraph(()), paragraph(10)], 10, 2)
    assert [(line.page, line.row, len(line.line.x)) for line in lines] == [(0, 0, 1), (0, 1, 1), (1, 0, 1)]


def test_the_first_line_of_a_paragraph_is_not_left_alone_at_the_bottom():
    lines = paginate([paragraph(10), paragraph(10, 10)], 10, 2)
    assert [(line.page, line.row) for line in lines] == [(0, 0), (1, 0), (1, 1)]


def test_page_breaks_and_space_above():
    lines = paginate([paragraph(10), paragraph(10, before=0.5), paragraph(10, page_break=True, before=0.5)], 10, 9)
    assert [(line.page, line.row) for line in lines] == [(0, 0), (0, 1.5), (1, 0)]


def test_margins_that_leave_no_row_are_refused():
    with pytest.raises(InkError, match="no room for a line"):
        paginate([paragraph(10)], 10, 0)


@given(st.lists(st.floats(0.5, 20), min_size=1, max_size=40), st.floats(0.1, 3), st.sampled_from(["left", "justify"]))
def test_every_word_is_set_once_in_order_and_within_the_line(widths, space, align):
    text = paragraph(*widths, space=space, align=align)
    lines = break_lines(text, 0, 20.0)
    numbers = [line.first + i for line in lines for i in range(len(line.x))]
    assert numbers == list(range(len(widths)))
    for line in lines:
        for i, x in enumerate(line.x):
            assert x + widths[line.first + i] <= 20 + 1e-5
            assert i == 0 or x >= line.x[i - 1] + widths[line.first + i - 1] + space - 1e-9


def test_a_heading_stays_with_what_follows():
    heading = paragraph(10, keep=True)
    lines = paginate([paragraph(10), paragraph(10), heading, paragraph(10, 10)], 10, 4)
    assert [(line.page, line.row) for line in lines] == [(0, 0), (0, 1), (1, 0), (1, 1), (1, 2)]
