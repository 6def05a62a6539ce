"""The folder of the exported site: complete, small, the same each time, and never in the place of other files."""

from __future__ import annotations

import dataclasses
import json
import re
import sys

import pytest

from handwriting.cli.main import main
from handwriting.errors import InkError
from handwriting.recognition.recognizer import Recognizer
from handwriting.site import export
from handwriting.site.export import PAGE, export_site, site_files
from handwriting.site.models import files as model_files
from handwriting.synthesis.synthesizer import Synthesizer


@pytest.fixture(scope="module")
def models():
    return Recognizer.load(), Synthesizer.load()


@pytest.fixture(scope="module")
def files(site):
    return {path.relative_to(site).as_posix(): path.read_bytes() for path in site.rglob("*") if path.is_file()}


@pytest.fixture
def small(monkeypatch):
    """Exports two files, in an instant."""
    written = {"index.html": b"<!doctype html>", "service-worker.js": b"// kept " + b"-" * 10**6}
    monkeypatch.setattr(export, "site_files", lambda recognizer, synthesizer: written)


def test_it_holds_the_whole_page_and_weighs_little(files):
    page = {path.relative_to(PAGE).as_posix() for path in PAGE.rglob("*") if path.is_file()}
    assert page < set(files)
    assert sum(map(len, files.values())) <= 30e6
    changed = {name for name in page if files[name] != (PAGE / name).read_bytes()}
    assert changed == {"index.html", "shell/backend.js"}


def test_the_service_worker_keeps_every_file_that_the_page_loads(files):
    kept = json.loads(re.search(r"FILES = (\[.*\]);", files["service-worker.js"].decode())[1])
    assert set(kept) == {"./", *files} - {"service-worker.js", *export.UNUSED}
    assert set(export.UNUSED) == {"index.html", "runtime/LICENSE", "models/TERMS.txt"}


def test_every_file_that_the_markup_the_manifest_and_the_modules_name_is_there(files):
    for name in re.findall(r'(?:href|src)="([\w./-]+)"', files["index.html"].decode()):
        assert name in files or name == "openapi.json"
    for icon in json.loads(files["manifest.webmanifest"])["icons"]:
        assert icon["src"] in files
    for name in (name for name in files if name.endswith(".js")):
        for path in re.findall(r'(?:from |import\()"([^"]+)"', files[name].decode()):
            parts = [*name.split("/")[:-1], *path.split("/")]
            while ".." in parts:
                at = parts.index("..")
                del parts[at - 1 : at + 1]
            assert "/".join(part for part in parts if part != ".") in files, (name, path)


def test_every_text_of_the_engine_exists_in_every_language(files):
    source = "".join(data.decode() for name, data in files.items() if name.startswith("engine/"))
    keys = set(re.findall(r'(?:Refusal|\bt)\("([\w.]+)"', source))
    assert {"site.files", "letters.nothing"} < keys
    for language in ("en", "de"):
        strings = files[f"strings/{language}.js"].decode()
        assert not [key for key in keys if f'"{key}": ' not in strings]


def test_the_same_models_give_the_same_bytes_and_another_version_another_cache(files, models, monkeypatch):
    again = site_files(*models)
    assert again == files
    monkeypatch.setattr(export, "HEAD", export.HEAD + "<!-- changed -->")
    changed = site_files(*models)
    assert {name for name in files if changed[name] != files[name]} == {"index.html", "service-worker.js"}


def test_the_terms_of_the_models_are_with_them(files, models):
    terms = files["models/TERMS.txt"].decode()
    assert models[0].checkpoint.card["terms"] in terms
    assert models[1].card["terms"] in terms
    assert files["runtime/LICENSE"].startswith(b"onnxruntime-web 1.30.0")


def test_the_character_lstm_is_there_if_the_language_model_has_one(files, models):
    cards = json.loads(files["models/models.json"])
    assert files["models/lstm.onnx"] == models[0].language.lstm.path.read_bytes()
    assert cards["language"]["lstm"] == [1, 512] and cards["language"]["weights"]["lstm"] > 0
    without = model_files(Recognizer.load("recognizer-open"), models[1])
    assert "lstm.onnx" not in without and json.loads(without["models.json"])["language"]["lstm"] is None


def test_an_earlier_export_is_replaced_and_other_files_are_not(small, models, tmp_path):
    folder = tmp_path / "site"
    export_site(folder, *models)
    (folder / "of-an-older-version.js").touch()
    export_site(folder, *models)
    assert not (folder / "of-an-older-version.js").exists()
    assert [path.name for path in tmp_path.iterdir()] == ["site"]
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").touch()
    with pytest.raises(InkError, match="holds other files; give a new folder"):
        export_site(tmp_path / "mine", *models)
    assert [path.name for path in (tmp_path / "mine").iterdir()] == ["thesis.txt"]
    with pytest.raises(InkError, match="this is a file; give a folder"):
        export_site(tmp_path / "mine" / "thesis.txt", *models)
    with pytest.raises(InkError, match="there is no folder"):
        export_site(tmp_path / "missing" / "site", *models)


def test_a_damaged_engine_is_refused(models, tmp_path, monkeypatch):
    export._runtime.cache_clear()
    monkeypatch.setitem(export.RUNTIME_SHA256, "ort.wasm.bundle.min.mjs", "0" * 64)
    with pytest.raises(InkError, match="its checksum is wrong; reinstall handwriting"):
        export_site(tmp_path / "site", *models)
    assert list(tmp_path.iterdir()) == []


def test_a_recognizer_that_reads_points_is_refused(models, tmp_path, monkeypatch):
    recognizer, synthesizer = models
    monkeypatch.setattr(recognizer, "features", dataclasses.replace(recognizer.features, encoding="points"))
    with pytest.raises(InkError, match="use a recognizer trained with --encoding bezier"):
        export_site(tmp_path / "site", recognizer, synthesizer)


def test_the_command_says_how_large_the_site_is(small, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["handwriting", "page", "export", str(tmp_path / "site")])
    main()
    assert re.fullmatch(rf"{re.escape(str(tmp_path))}/site: 2 files, 1\.0 MB\n", capsys.readouterr().out)
    assert (tmp_path / "site" / "index.html").is_file()
