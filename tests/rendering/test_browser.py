"""SVG files as people see them: in a headless Chromium, against the same drawings as matplotlib draws them."""

import shutil
import subprocess

import numpy as np
import pytest
from matplotlib.image import imread

from handwriting.rendering.animation import animated_svg, schedule
from handwriting.rendering.hershey import write
from handwriting.rendering.layout import PageLayout, compose
from handwriting.rendering.plotter import plot
from handwriting.rendering.png import png
from handwriting.rendering.svg import markup, svg

ROW = 250
"""Pixels from one picture to the next; a browser has 96 to an inch."""


@pytest.fixture(scope="module")
def browser():
    for name in ("chromium", "chromium-browser", "google-chrome"):
        if path := shutil.which(name):
            return path
    pytest.skip("no chromium and no google-chrome here; install one to see the drawings in a browser")


def screenshot(browser, page, *options, height=1000):
    """Shape (height, 800): where ink, not rulings, is on the page."""
    picture = page.with_suffix(".png")
    command = [browser, "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars"]
    command += [f"--user-data-dir={page.parent / 'profile'}", f"--window-size=800,{height + 200}", *options]
    # Two hundred more than is looked at: a window without a screen has a title bar all the same.
    subprocess.run([*command, f"--screenshot={picture}", page.as_uri()], check=True, capture_output=True, timeout=120)
    return ink(picture)[:height]


def ink(picture):
    return imread(picture)[..., :3].mean(axis=-1) < 0.45


def same(seen, drawn):
    """Whether each pixel of ink in one picture has one next to it in the other."""

    def grown(picture):
        padded = np.pad(picture, 1)
        shifts = [padded[i : i + picture.shape[0], j : j + picture.shape[1]] for i in range(3) for j in range(3)]
        return np.logical_or.reduce(shifts)

    return bool(drawn.any() and (seen <= grown(drawn)).all() and (drawn <= grown(seen)).all())


def lines():
    for text in ("Seen in a browser,", "i. and j: twice."):
        ink = write(text, seed=7)
        yield ink.moved_to((ink.x - ink.bounds[0]) / 100, (ink.y - ink.y[0]) / 100)


@pytest.fixture(scope="module")
def drawing():
    return compose(list(lines()), PageLayout(width_mm=200, margin_mm=15, paper="ruled", color="navy", stroke_mm=0.8))


@pytest.fixture(scope="module")
def drawn(drawing, tmp_path_factory):
    """The page as matplotlib draws it."""
    path = tmp_path_factory.mktemp("drawn") / "page.png"
    png(drawing, path, dpi=96)
    return ink(path)


def test_pictures_show_the_ink_where_it_belongs(browser, drawing, drawn, tmp_path):
    alone = compose([next(lines())], PageLayout(width_mm=None, margin_mm=5, stroke_mm=0.8))
    svg(drawing, tmp_path / "page.svg")
    svg(alone, tmp_path / "line.svg")
    plot(drawing, tmp_path / "plot.svg")
    png(alone, tmp_path / "alone.png", dpi=96)
    names = ("page.svg", "plot.svg", "line.svg")
    images = (f'<img src="{name}" style="position:absolute;left:0;top:{i * ROW}px">' for i, name in enumerate(names))
    (tmp_path / "shown.html").write_text(f"<!doctype html><body>{''.join(images)}", encoding="utf-8")
    seen = screenshot(browser, tmp_path / "shown.html")
    height, width = drawn.shape
    assert same(seen[:height, :width], drawn)
    assert same(seen[ROW : ROW + height, :width], drawn)
    height, width = ink(tmp_path / "alone.png").shape
    assert same(seen[2 * ROW : 2 * ROW + height, :width], ink(tmp_path / "alone.png"))


def test_a_file_opened_by_itself(browser, drawing, drawn, tmp_path):
    (tmp_path / "page.svg").write_text(markup(drawing), encoding="utf-8")
    height, width = drawn.shape
    assert same(screenshot(browser, tmp_path / "page.svg")[:height, :width], drawn)


def test_the_animation_begins_empty_and_ends_finished(browser, drawing, drawn, tmp_path):
    """The same file at four times of its own clock, which a script holds still."""
    total = list(schedule(drawing.inks))[-1].begin
    moments = [0, total * 0.2, total * 0.8, total + 60]
    svg = animated_svg(drawing).split("?>")[1]
    copies = "".join(
        f'<div data-time="{moment}" style="position:absolute;top:{i * ROW}px">{svg}</div>'
        for i, moment in enumerate(moments)
    )
    script = """for (const box of document.querySelectorAll("div")) {
        const svg = box.firstElementChild; svg.pauseAnimations(); svg.setCurrentTime(Number(box.dataset.time)) }"""
    page = tmp_path / "moments.html"
    page.write_text(
        f'<!doctype html><meta charset="utf-8"><body style="margin:0">{copies}<script>{script}</script>',
        encoding="utf-8",
    )
    height, width = drawn.shape

    def pictures(*options):
        seen = screenshot(browser, page, *options)
        return [seen[i * ROW : i * ROW + height, :width] for i in range(len(moments))]

    start, early, late, end = pictures()
    assert not start.any()
    assert same(end, drawn)
    assert 0.05 < early.sum() / drawn.sum() < late.sum() / drawn.sum() < 0.95
    assert (early <= late).all() and (late <= end).all()
    # The first line comes first.
    middle = round((drawing.inks[0].bounds[3] + drawing.inks[1].bounds[1]) / 2 / 25.4 * 96)
    assert early[:middle].any() and not early[middle:].any() and late[middle:].any()
    for still in pictures("--force-prefers-reduced-motion"):
        assert same(still, drawn)
