"""Signatures of jSignature in base 30."""

from __future__ import annotations

import json

import pytest
from strangers import read

from handwriting.errors import InkError

TYPE, DATA = "image/jsignature;base30", "3E13Z5Y5_1O24Z66_1O1Z3_1O2Z4"
POINTS = [[100, 50], [101, 52], [104, 56], [99, 50], [104, 44], [50, 50], [51, 52], [48, 48]]


@pytest.mark.parametrize("text", [f"{TYPE},{DATA}", f"data:{TYPE},{DATA}\n", json.dumps([TYPE, DATA])])
def test_numbers_by_hand(text):
    """3E is 3 times 30 plus 10; Z5 goes back by 5, and Y5 forward."""
    ink = read(text)
    assert ink.xy.tolist() == POINTS
    assert ink.starts.tolist() == [0, 5]


@pytest.mark.parametrize("data", ["", "3E13", "3E_1O_2", "3E1_1O", "E3_11", "1" + "u" * 9 + "_1", "1-2_11"])
def test_damage(data):
    with pytest.raises(InkError):
        read(json.dumps([TYPE, data]))
    with pytest.raises(InkError):
        read(f"{TYPE},{data}")
