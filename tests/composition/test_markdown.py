"""Markdown as a person writes it out."""

from __future__ import annotations

import pytest

from handwriting.composition.blocks import Block
from handwriting.composition.markdown import HEADING_SIZES, INDENT, SPACE, parse

TEXT = """# A *big* one

First line
and the same paragraph,
with a break\\
here.

- milk
- _rye_ bread
  and butter
  1. one
10) ten

> said **he, and** so
***
### small \\*star\\* `code` [link](https://example.org)
#### underlined
"""


def texts(blocks: list[Block]) -> list[str]:
    return [" ".join(word.text for word in block.words) for block in blocks]


@pytest.fixture(scope="module")
def blocks() -> list[Block]:
    return parse(TEXT, 10.0)


def test_the_text_is_there_without_its_marks(blocks):
    assert texts(blocks) == [
        "A big one",
        "First line and the same paragraph, with a break",
        "here.",
        "- milk",
        "- rye bread and butter",
        "1. one",
        "10. ten",
        "said he, and so",
        "",
        "small *star* code link",
        "underlined",
    ]


def test_headings_are_larger_and_the_last_ones_underlined(blocks):
    assert [block.size for block in blocks if block.size != 1] == [HEADING_SIZES[0], HEADING_SIZES[2]]
    assert all(word.underlined for word in blocks[-1].words)


def test_emphasis_is_underlined(blocks):
    assert [word.text for block in blocks[:-1] for word in block.words if word.underlined] == [
        "big",
        "rye",
        "he,",
        "and",
    ]
    assert not any(word.underlined for block in parse("snake_case_name 2*3*4", 8) for word in block.words)


def test_items_hang_from_their_marks(blocks):
    items = [block for block in blocks if block.marked]
    assert [block.words[0].text for block in items] == ["-", "-", "1.", "10."]
    assert [block.setting.left for block in items] == pytest.approx([9, 9, 18, 9])
    assert all(block.setting.indent == -10 * INDENT for block in items)


def test_blocks_stand_apart_and_lines_of_one_do_not(blocks):
    assert [block.setting.before for block in blocks[:7]] == [0, SPACE, 0, SPACE, 0, 0, 0]
    assert [block.rule for block in blocks].index(True) == 8


def test_a_form_feed_begins_a_page():
    assert [block.setting.page_break for block in parse("one\n\ftwo\n\nthree", 8)] == [False, True, False]
