"""Output files appear complete or not at all, and never in the place of an input."""

from __future__ import annotations

import os
import stat
import threading

import pytest

from handwriting.errors import InkError, printable
from handwriting.files import atomic, check_writable, is_stream, refuse_input


def write(path, data=b"new"):
    with atomic(path) as temporary:
        temporary.write_bytes(data)


def test_nothing_changes_when_the_block_fails(tmp_path):
    path = tmp_path / "a.txt"
    path.write_bytes(b"old")
    with pytest.raises(KeyError), atomic(path) as temporary:
        temporary.write_bytes(b"half")
        raise KeyError
    assert path.read_bytes() == b"old"
    assert os.listdir(tmp_path) == ["a.txt"]


def test_permissions_of_an_existing_file_stay(tmp_path):
    path = tmp_path / "a.txt"
    path.write_bytes(b"old")
    path.chmod(0o640)
    write(path)
    assert path.read_bytes() == b"new" and stat.S_IMODE(path.stat().st_mode) == 0o640
    umask = os.umask(0o027)
    try:
        write(tmp_path / "b.txt")
    finally:
        os.umask(umask)
    assert stat.S_IMODE((tmp_path / "b.txt").stat().st_mode) == 0o640


def test_a_link_stays_and_the_file_that_it_means_is_written(tmp_path):
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "real.txt").write_bytes(b"old")
    (tmp_path / "link.txt").symlink_to(tmp_path / "folder" / "real.txt")
    (tmp_path / "dangling.txt").symlink_to(tmp_path / "folder" / "later.txt")
    for name, target in (("link", "real"), ("dangling", "later")):
        write(tmp_path / f"{name}.txt")
        assert (tmp_path / f"{name}.txt").is_symlink()
        assert (tmp_path / "folder" / f"{target}.txt").read_bytes() == b"new"
    assert sorted(os.listdir(tmp_path / "folder")) == ["later.txt", "real.txt"]


def test_a_device_or_pipe_takes_the_bytes_and_stays(tmp_path):
    write("/dev/null")
    assert stat.S_ISCHR(os.stat("/dev/null").st_mode)
    os.mkfifo(tmp_path / "pipe")
    assert is_stream(tmp_path / "pipe") and is_stream("/dev/stdout") and not is_stream(tmp_path / "none")
    got = []
    reader = threading.Thread(target=lambda: got.append((tmp_path / "pipe").read_bytes()))
    reader.start()
    write(tmp_path / "pipe")
    reader.join(10)
    assert got == [b"new"] and stat.S_ISFIFO(os.stat(tmp_path / "pipe").st_mode)


def test_the_longest_name_of_a_file_can_be_written(tmp_path):
    write(check_writable(tmp_path / ("n" * 250 + ".json")))
    with pytest.raises(InkError, match="too long"):
        check_writable(tmp_path / ("n" * 256))


@pytest.mark.parametrize("make", [os.link, os.symlink, lambda source, path: None])
def test_an_output_that_is_an_input_is_refused(tmp_path, make):
    (tmp_path / "a.json").write_bytes(b"ink")
    make(tmp_path / "a.json", tmp_path / "b.json")
    output = tmp_path / ("b.json" if (tmp_path / "b.json").exists() else "a.json")
    with pytest.raises(InkError, match="is an input and would be overwritten; choose another"):
        refuse_input(output, ["nowhere.json", str(tmp_path / "a.json")])
    refuse_input(tmp_path / "c.json", [tmp_path / "a.json", "-"])
    refuse_input("/dev/null", ["/dev/null"])


def test_messages_are_one_line_that_any_terminal_can_show():
    assert printable("a\n b\t\x1b]0;title\x07") == r"a b \x1b]0;title\x07"
    assert printable(os.fsdecode(b"\xff.json")) == r"\xff.json"
    assert printable("\u202egnp.exe") == r"\u202egnp.exe"
    assert printable("naïve – “日本”") == "naïve – “日本”"
    assert str(InkError("x\r\ny: \x00")) == r"x y: \x00"
