"""What tests of the command line share."""

from __future__ import annotations


def assert_one_line(code: int, err: str, *parts: str) -> None:
    assert code == 2
    assert err.count("\n") == 1
    assert err.startswith("error: ")
    for part in parts:
        assert part in err
