"""A command that has nothing to say for a second says that it is at work, to people alone."""

import io
import time
from collections.abc import Callable

import pytest

from rem_dagster.interfaces.cli.output import note, show
from rem_dagster.interfaces.cli.waiting import NOTE, WAITING, Waiting


class Terminal(io.StringIO):
    """A stderr at which somebody sits."""

    def isatty(self) -> bool:
        return True


def at_a_terminal(monkeypatch: pytest.MonkeyPatch) -> Terminal:
    """To be called by a test itself: pytest sets stderr anew after fixtures."""
    told = Terminal()
    monkeypatch.setattr("sys.stderr", told)
    monkeypatch.setenv("TERM", "xterm")
    return told


def test_the_note_comes_when_nothing_else_did_and_goes_again(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = at_a_terminal(monkeypatch)
    waiting = Waiting(0.02)
    waiting.begin()
    deadline = time.monotonic() + 5
    while not terminal.getvalue() and time.monotonic() < deadline:
        time.sleep(0.01)
    assert terminal.getvalue() == NOTE
    waiting.end()
    assert terminal.getvalue() == f"{NOTE}\r\x1b[K"


@pytest.mark.parametrize("say", [show, note])
def test_the_first_word_takes_the_note_s_place(
    monkeypatch: pytest.MonkeyPatch, say: Callable[[str], None]
) -> None:
    terminal = at_a_terminal(monkeypatch)
    monkeypatch.setattr(WAITING, "_after", 0.05)
    WAITING.begin()
    say("Done.")
    time.sleep(0.15)
    assert NOTE not in terminal.getvalue()


@pytest.mark.parametrize("term", ["dumb", ""])
def test_a_terminal_that_cannot_take_a_word_back_gets_none(
    monkeypatch: pytest.MonkeyPatch, term: str
) -> None:
    terminal = at_a_terminal(monkeypatch)
    monkeypatch.setenv("TERM", term)
    waiting = Waiting(0.01)
    waiting.begin()
    time.sleep(0.1)
    waiting.end()
    assert terminal.getvalue() == ""


def test_a_pipe_gets_none(capsys: pytest.CaptureFixture[str]) -> None:
    waiting = Waiting(0.01)
    waiting.begin()
    time.sleep(0.1)
    waiting.end()
    assert capsys.readouterr().err == ""
