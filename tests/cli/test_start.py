"""Interruptions of the command line."""

from __future__ import annotations

import signal

import pytest

from handwriting.cli import main as application
from handwriting.cli.start import main

SIGNALS = [getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)]


@pytest.fixture(autouse=True)
def handlers():
    """Default handlers during a test, because a process in the background of a shell ignores SIGINT."""
    before = {number: signal.signal(number, signal.SIG_DFL) for number in SIGNALS}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


def interrupted(monkeypatch, number, error=None):
    """Return the exit code of a command that receives a signal, after which it perhaps raises another ``error``."""

    def run():
        try:
            signal.raise_signal(number)
        except BaseException:
            if error is not None:
                raise error from None
            raise

    monkeypatch.setattr(application, "main", run)
    with pytest.raises(SystemExit) as ended:
        main()
    return ended.value.code


@pytest.mark.parametrize("error", [None, ImportError("initialization failed")])
def test_an_interruption_is_one_line(monkeypatch, capsys, error):
    assert interrupted(monkeypatch, signal.SIGINT, error) == 130
    assert capsys.readouterr().err == "interrupted\n"


@pytest.mark.parametrize("error", [None, ImportError("initialization failed")])
def test_a_request_to_terminate_is_obeyed(monkeypatch, capsys, error):
    assert interrupted(monkeypatch, signal.SIGTERM, error) == 143
    assert capsys.readouterr().err == ""


def test_errors_without_an_interruption_are_raised(monkeypatch):
    def run():
        raise ImportError("a defect")

    monkeypatch.setattr(application, "main", run)
    with pytest.raises(ImportError, match="a defect"):
        main()


@pytest.mark.skipif(not hasattr(signal, "SIGHUP"), reason="there is no SIGHUP on Windows")
def test_ignored_signals_stay_ignored(monkeypatch):
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    monkeypatch.setattr(application, "main", lambda: signal.raise_signal(signal.SIGHUP))
    main()
    assert signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
