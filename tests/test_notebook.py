"""The notebook of the documentation: its cells run, one after the other."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from command_line import needs_weights

ROOT = Path(__file__).parents[1]
NOTEBOOK = ROOT / "docs" / "lstm.ipynb"


def cells(kind: str) -> list[str]:
    notebook = json.loads(NOTEBOOK.read_text(encoding="utf-8"))
    return ["".join(cell["source"]) for cell in notebook["cells"] if cell["cell_type"] == kind]


@needs_weights
def test_every_cell_runs(monkeypatch, capsys):
    monkeypatch.chdir(ROOT)
    values: dict[str, object] = {"__name__": "notebook"}
    try:
        for number, cell in enumerate(cells("code")):
            exec(compile(cell, f"{NOTEBOOK.name}, cell {number}", "exec"), values)
        folder = values["folder"]
        assert {path.name for path in (folder / "reading").iterdir()} >= {"ctc.png", "gates-on-ink.png"}
        assert "a line of handwriting" in capsys.readouterr().out
    finally:
        if "folder" in values:
            shutil.rmtree(values["folder"])


def test_it_holds_no_outputs_that_could_be_stale():
    notebook = json.loads(NOTEBOOK.read_text(encoding="utf-8"))
    assert all(not cell.get("outputs") and cell.get("execution_count") is None for cell in notebook["cells"])
