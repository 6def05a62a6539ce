"""Options that were given but have no effect are refused, and defaults are not."""

from __future__ import annotations

import pytest
from command_line import assert_one_line


@pytest.mark.parametrize(
    ("arguments", "option", "needed"),
    [
        (["generate", "hi", "-o", "a.csv", "--color", "red"], "--color", "a .svg, .png or .pdf output"),
        (["generate", "hi", "-o", "a.json", "--width", "3"], "--width", "a .svg, .png or .pdf output"),
        (["generate", "hi", "-o", "a.xopp", "--paper", "ruled"], "--paper", "a .svg, .png or .pdf output"),
        (["generate", "hi", "-o", "a.svgz", "--pen", "marker"], "--pen", "a .svg, .png or .pdf output"),
        (
            ["generate", "hi", "-o", "a.csv", "--page-width", "99", "--page-height", "99"],
            "--page-height",
            "a .svg, .png or .pdf output",
        ),
        (["generate", "--unconditional", "-o", "a.inkml", "--color", "red"], "--color", "a .svg, .png or .pdf output"),
        (["generate", "hi", "-o", "a.svg", "--plotter", "--paper", "ruled"], "--paper", "--plotter"),
        (["letter", "hi", "-o", "d.json", "--margin-line"], "--margin-line", "a .svg, .png or .pdf output"),
        (["letter", "hi", "-o", "d.gcode", "--pen", "marker"], "--pen", "a .svg, .png or .pdf output"),
        (["letter", "hi", "-o", "d.plt", "--color", "red"], "--color", "a .svg, .png or .pdf output"),
        (["letter", "hi", "-o", "e.pdf", "--paper", "ruled", "--lively", "1"], "--lively", "--paper ruled"),
        (["letter", "hi", "-o", "e.pdf", "--paper", "seyes", "--spacing", "0.5"], "--spacing 0.5", "1 or more"),
        (["evaluate", "pages", "--data", ".", "--split", "x", "--every", "2"], "--every", "--drawings"),
        (["evaluate", "pages", "--data", ".", "--split", "x", "--drawings", "all", "--columns"], "--columns", "--draw"),
        (["evaluate", "pages", "--data", ".", "--split", "x", "--only-lines", "--threads", "1"], "--threads", "--only"),
    ],
)
def test_an_option_without_effect_is_refused(run, tmp_path, monkeypatch, arguments, option, needed):
    monkeypatch.chdir(tmp_path)
    code, _, err = run(*arguments)
    assert_one_line(code, err, f"{option} has no effect with", needed)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    "arguments",
    [
        ["generate", "hi", "-o", "a.json", "--pen", "fountain", "--page-width", "99", "--page-height", "99"],
        ["generate", "hi", "-o", "a.svg", "--animate", "--paper", "ruled", "--color", "red"],
        ["letter", "hi", "-o", "a.xopp", "--pen", "marker"],
        ["letter", "hi", "-o", "a.pdf", "--paper", "ruled", "--spacing", "1", "--lively", "0", "--margin-line"],
        ["letter", "hi", "-o", "a.gcode"],
    ],
)
def test_an_option_with_an_effect_is_accepted(run, scribbler, tmp_path, monkeypatch, arguments):
    monkeypatch.chdir(tmp_path)
    code, _, err = run(*arguments, "--checkpoint", scribbler, "--best-of", "1")
    assert (code, err) == (0, "")
