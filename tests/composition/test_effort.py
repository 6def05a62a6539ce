"""The progress of a text: what is shown is the share of the work, worked out by hand and with a counted clock."""

from __future__ import annotations

import pytest

from handwriting.composition.effort import READING_COST, REDRAWING_COST, REDRAWN_SHARE, Effort


def told(characters: int) -> tuple[Effort, list[float]]:
    shares: list[float] = []
    return Effort(lambda done, total: shares.append(done / total), characters), shares


def test_drawing_reading_and_drawing_again_count_by_their_cost():
    effort, shares = told(100)
    expected = 100 * (1 + READING_COST + REDRAWING_COST * REDRAWN_SHARE)
    progress = effort.first(100)
    progress(50, 100)
    assert shares[-1] == pytest.approx(50 / expected)
    progress(100, 100)
    effort.read(100)
    assert shares[-1] == pytest.approx(100 * (1 + READING_COST) / expected)
    # 10 characters are drawn again and 5 may follow: less than was expected
    effort.redraw(10, 5)(10, 10)
    assert shares[-1] == pytest.approx(
        (100 * (1 + READING_COST) + 10 * REDRAWING_COST) / (100 * (1 + READING_COST) + 15 * REDRAWING_COST)
    )
    effort.settled()
    assert shares[-1] == 1
    effort.finished()
    assert shares[-1] == 1


def test_more_work_than_expected_stops_the_bar_and_never_moves_it_back():
    effort, shares = told(10)
    effort.first(10)(10, 10)
    effort.read(10)
    before = shares[-1]
    effort.redraw(100, 100)(1, 100)
    assert shares[-1] == before


@pytest.mark.parametrize("misread", [0.05, 0.2, 0.4])
def test_the_bar_is_near_the_share_of_the_time_that_has_passed(misread):
    """A clock that counts the work: each round draws half of its words once more, twice as often."""
    clock, seen = 0.0, []
    effort = Effort(lambda done, total: seen.append((clock, done / total)), 1500)
    work = effort.first(1500)
    for done in range(0, 1501, 100):
        clock = float(done)
        work(done, 1500)
    clock += READING_COST * 1500
    effort.read(1500)
    for later in (2, 1, 0):
        begin, characters = clock, round(misread * 1500)
        work = effort.redraw(characters, characters * later)
        for done in range(0, characters + 1, 10):
            clock = begin + REDRAWING_COST * done
            work(done, characters)
    effort.settled()
    assert max(abs(passed / clock - share) for passed, share in seen) <= 0.26
    assert [share for _, share in seen] == sorted(share for _, share in seen)
