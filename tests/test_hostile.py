"""A part of the hostile collection (`python -m tests.hostile` runs all of it).

How long it takes is not asserted: what would hang is given up after a minute, and that is.
"""

from pathlib import Path

import pytest

from tests.hostile.inputs import INPUTS, Input, template
from tests.hostile.run import Outcome, run

QUICK = [(item, command) for item in INPUTS if item.quick for command in item.commands[-2:]]


@pytest.mark.parametrize(
    ("item", "command"), QUICK, ids=[f"{item.name}-{command[0]}" for item, command in QUICK]
)
def test_a_hostile_folder_does_no_harm(
    item: Input, command: tuple[str, ...], tmp_path: Path
) -> None:
    outcome = run(item, command, tmp_path)
    assert [*outcome.faults] == [], outcome.output
    if item.wrong:
        assert outcome.code == 1, outcome.output
        assert "error: " in outcome.output


def test_names_in_the_collection_are_used_once() -> None:
    names = [item.name for item in INPUTS]
    assert len(names) == len(set(names)) > 80


# What the listening itself hears, without which the tests above could not fail.


def listened(tmp_path: Path, code: str) -> Outcome:
    """What is heard of a program that a module of the project's folder starts."""
    item = Input("x", template(""), ((code,),))
    return run(item, ("check",), tmp_path, program=code)


@pytest.mark.parametrize(
    ("code", "heard"),
    [
        ("open('../outside/secret.txt').read()", "read "),
        ("import os; os.open('../outside/secret.txt', os.O_RDONLY)", "read "),
        ("open('../other', 'w')", "wrote "),
        ("import os; os.remove('../outside/secret.txt')", "wrote "),
        ("import os; os.rename('content', '../outside/x')", "wrote "),
        ("import subprocess, sys; subprocess.run([sys.executable, '-c', ''])", "started "),
        ("import os; os.system('true')", "started "),
        ("import socket; socket.socket().connect_ex(('127.0.0.1', 9))", "socket.connect"),
        ("import socket; socket.getaddrinfo('localhost', 80)", "socket.getaddrinfo"),
        ("import sys; sys.path.insert(0, '.'); open('x.py', 'w').close(); import x", "read "),
        ("print('\\x1b[31m')", "control characters"),
        ("raise ValueError", "traceback"),
        ("import os; os.kill(os.getpid(), 9)", "exit code"),
        ("x = bytearray(600_000_000)", "MB"),
    ],
)
def test_what_is_listened_for_is_heard(tmp_path: Path, code: str, heard: str) -> None:
    outcome = listened(tmp_path, code)
    assert any(fault.startswith(heard) or heard in fault for fault in outcome.faults), outcome


def test_silence_is_no_fault(tmp_path: Path) -> None:
    outcome = listened(tmp_path, "open('content/x/leaflet.yaml').read()")
    assert [*outcome.faults] == []
