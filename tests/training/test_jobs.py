"""Fitting and adapting as the server has them done."""

from __future__ import annotations

import json
from types import SimpleNamespace

import numpy as np
import pytest

pytest.importorskip("torch", reason="training needs torch: pip install 'handwriting[train]'")

from handwriting.checkpoint import own, shipped
from handwriting.ink import Ink
from handwriting.synthesis.codes import Code
from handwriting.synthesis.styles import Sample, Style
from handwriting.training import adapt, fit, jobs


def nothing(done, total):
    """A progress that shows nothing."""


def test_an_adapted_recognizer_is_made_anew_from_the_first_one(monkeypatch, tmp_path):
    monkeypatch.setenv("HANDWRITING_HOME", str(tmp_path))
    made = SimpleNamespace(lines=9, held_out=2, before=0.2, after=0.1, share=0.5, left_out={"a": "short"})
    bases = []

    def learn(base, lines, folder, threads, progress):
        bases.append(base.folder)
        folder.mkdir()
        (folder / "card.json").write_text(
            json.dumps({"format": 1, "kind": "recognizer", "adapted": {"from": "recognizer", "share": made.share}})
        )
        made.folder = folder
        return made

    monkeypatch.setattr(adapt, "adapt", learn)
    said = jobs.adapt_recognizer(nothing, shipped("recognizer"), "anna", [])
    assert said == {
        "name": "anna", "lines": 9, "heldOut": 2, "before": 0.2, "after": 0.1, "share": 0.5, "leftOut": 1
    }  # fmt: skip
    made.share = 0.0
    jobs.adapt_recognizer(nothing, own("anna"), "anna", [])
    assert bases == [shipped("recognizer")] * 2
    card = json.loads((own("anna") / "card.json").read_text())
    assert card["adapted"]["share"] == 0.5  # what reads no better does not take its place


def test_a_fitted_hand_is_a_style_with_its_code(monkeypatch):
    code = Code(np.array([0.5, -0.5], np.float32), "0123456789")
    monkeypatch.setattr(fit, "fit", lambda *arguments, threads, progress: fit.Fitted(code, 1.0, 1.5, 1.25, 4))
    sample = Sample("ink", Ink(np.array([0.0, 1.0]), np.array([0.0, 2.0]), np.array([0])))
    said = jobs.fit_style(nothing, shipped("synthesizer"), "mine", [sample])
    assert (said["before"], said["after"]) == (1.5, 1.25)
    assert said["style"] == Style("mine", (sample,), code=code).record()
