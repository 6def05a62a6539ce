"""``corpus`` and ``prepare``."""

from __future__ import annotations

import shutil

from command_line import (
    assert_one_line,
)


def test_corpus_prints_what_was_found(run, iamondb_dir):
    code, out, _ = run("corpus", iamondb_dir)
    assert code == 0
    assert "trainset" in out
    assert "problems" in out


def test_nothing_is_packed_without_a_list(run, iamondb_dir, tmp_path):
    shutil.copytree(iamondb_dir, tmp_path / "copy", ignore=shutil.ignore_patterns("*.txt"))
    (tmp_path / "copy" / "ascii").mkdir(exist_ok=True)
    code, _, err = run("prepare", tmp_path / "copy", "-o", tmp_path / "x.pack")
    assert_one_line(code, err, "no split list", "give lists")
    assert not (tmp_path / "x.pack").exists()
