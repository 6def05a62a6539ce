"""The plugin of Xournal++, run by Lua with a stand-in for the program's interface."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from handwriting.rendering.hershey import write

ROOT = Path(__file__).parents[2]
PLUGIN = ROOT / "integrations" / "xournalpp" / "Handwriting" / "main.lua"
LUA = next((path for name in ("lua5.4", "lua5.3", "lua") if (path := shutil.which(name))), None)
pytestmark = pytest.mark.skipif(LUA is None, reason="Lua is not installed")

STAND_IN = """
app = {
  registerUi = function(options) print("menu " .. options.menu .. " " .. options.callback) end,
  getStrokes = function(kind) print("strokes " .. kind) return STROKES[kind] or error("no " .. kind) end,
  addTexts = function(options)
    local text = options.texts[1]
    print(string.format("text %.1f %.1f %.1f %s", text.x, text.y, text.font.size, text.text))
  end,
  refreshPage = function() print("refresh") end,
  uiAction = function(options) print("action " .. options.action) end,
  openDialog = function(message) print("dialog " .. message) end,
}
"""

OLDER = """
app.addTexts = nil
app.openDialog = nil
app.msgbox = function(message, buttons) print("question " .. message .. " " .. buttons[1]) return 1 end
"""


def lua_strokes(strokes, tool="pen") -> str:
    drawn = (
        f'{{tool="{tool}", x={{{",".join(map(str, s[:, 0]))}}}, y={{{",".join(map(str, s[:, 1]))}}}}}' for s in strokes
    )
    return "{" + ",".join(drawn) + "}"


def run(tmp_path, strokes: dict[str, str], command: str, change: str = "") -> list[str]:
    table = "STROKES = {" + ",".join(f"{kind}={value}" for kind, value in strokes.items()) + "}"
    script = tmp_path / "test.lua"
    script.write_text(f"{STAND_IN}\n{table}\n{change}\ndofile('{PLUGIN}')\ninitUi()\ntranscribe()\n")
    done = subprocess.run(
        [LUA, script],
        capture_output=True,
        text=True,
        check=True,
        env={"HANDWRITING_COMMAND": command, "PATH": f"{tmp_path}/bin:/usr/bin:/bin"},
    )
    menu, *lines = done.stdout.splitlines()
    assert menu == "menu Transcribe handwriting transcribe"
    return lines


@pytest.fixture
def command(tmp_path) -> str:
    """The command line, at a path that must be quoted."""
    path = tmp_path / "it's here"
    path.mkdir()
    (path / "handwriting").write_text(f'#!/bin/sh\nexec "{sys.executable}" "{ROOT / "app.py"}" "$@"\n')
    (path / "handwriting").chmod(0o755)
    return str(path / "handwriting")


def test_the_selection_is_transcribed_below_its_ink(tmp_path, command):
    ink = write("number", seed=3)
    strokes = [(s - (ink.x.min(), ink.y.min())) * (30 / (ink.y.max() - ink.y.min())) + (50, 100) for s in ink.strokes]
    lines = run(tmp_path, {"selection": lua_strokes(strokes), "layer": "{}"}, command)
    assert lines == ["strokes selection", "text 50.0 136.0 15.0 number", "refresh"]


def test_the_layer_is_transcribed_when_nothing_is_selected(tmp_path):
    fake = tmp_path / "fake"
    fake.write_text(f'#!/bin/sh\ncp "$2" {tmp_path}/seen.json\nprintf "two\\nlines\\n"\n')
    fake.chmod(0o755)
    pen = "{tool='pen', x={1.5, 2}, y={3, 83}}"
    layer = f"{{{pen}, {{tool='highlighter', x={{1}}, y={{500}}}}}}"
    lines = run(tmp_path, {"layer": layer}, str(fake))
    assert lines == ["strokes selection", "strokes layer", "text 1.5 89.0 20.0 two", "lines", "refresh"]
    points = [{"x": 1.5, "y": 3}, {"x": 2, "y": 83}]
    assert json.loads((tmp_path / "seen.json").read_text()) == {"units": "pt", "strokes": [{"points": points}]}


@pytest.mark.parametrize("program", ["xclip", "wl-copy", None])
def test_older_versions_paste_the_text(tmp_path, program):
    (tmp_path / "bin").mkdir()
    tools = {"fake": "echo 'two words'", "wl-copy": "exit 1", "xclip": "exit 1", "xsel": "exit 1", "pbcopy": "exit 1"}
    tools |= {program: f"cat > {tmp_path}/clipboard"} if program else {}
    for name, script in tools.items():
        (tmp_path / "bin" / name).write_text(f"#!/bin/sh\n{script}\n")
        (tmp_path / "bin" / name).chmod(0o755)
    lines = run(tmp_path, {"layer": "{{x={1}, y={2}}}"}, "fake", OLDER)
    if program:
        assert lines[2:] == ["question two words Insert", "action ACTION_PASTE"]
        assert (tmp_path / "clipboard").read_text() == "two words"
    else:
        assert lines[2].startswith("question Install wl-clipboard, xclip or xsel") and lines[3] == "two words OK"


@pytest.mark.parametrize(
    ("script", "layer", "message"),
    [
        ("echo text", "{}", "There is no handwriting"),
        ("exit 0", "{{x={1}, y={2}}}", "could not be read as text"),
        ("echo 'error: bad file' >&2; exit 2", "{{x={1}, y={2}}}", "was not transcribed: error: bad file"),
        (None, "{{x={1}, y={2}}}", "was not transcribed: "),
    ],
)
def test_what_fails_is_told(tmp_path, script, layer, message):
    fake = tmp_path / "fake"
    if script is not None:
        fake.write_text(f"#!/bin/sh\n{script}\n")
        fake.chmod(0o755)
    *_, last = run(tmp_path, {"layer": layer}, str(fake))
    assert last.startswith("dialog ") and message in last
