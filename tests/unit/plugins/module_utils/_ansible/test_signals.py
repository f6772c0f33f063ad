# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Signals end a task in order. Each case is a separate process that prints what happens."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from ansible_collections.windlass.charts.plugins.module_utils._ansible import signals

CODE = """
import importlib.util, signal, sys, time, os
spec = importlib.util.spec_from_file_location("signals", sys.argv[1])
signals = importlib.util.module_from_spec(spec)
spec.loader.exec_module(signals)
signals.GRACE = float(sys.argv[2])
signal.signal(signal.SIGINT, signal.SIG_IGN if sys.argv[3] == "ignored" else signal.default_int_handler)
if sys.argv[3] == "handler":
    signal.signal(signal.SIGTERM, lambda number, frame: (print("theirs", flush=True), os._exit(7)))
with signals.orderly_end():
    try:
        print("ready", flush=True)
        time.sleep(30)
    finally:
        print("tidying", flush=True)
        time.sleep(0.5)
        print("tidy", flush=True)
print("never", flush=True)
"""


def command_of(grace: float, way: str) -> list[str]:
    return [sys.executable, "-c", CODE, str(Path(signals.__file__)), str(grace), way]


def output_of(*numbers: signal.Signals, grace: float = 10.0, handler: bool = False) -> tuple[list[str], int]:
    command = command_of(grace, "handler" if handler else "none")
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        assert process.stdout is not None
        lines = [process.stdout.readline().strip()]
        for number in numbers:
            process.send_signal(number)
            lines.append(process.stdout.readline().strip())
        return [*lines, *process.stdout.read().split()], process.wait(timeout=20)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_the_work_is_undone_and_the_signal_does_what_it_does(number: signal.Signals) -> None:
    assert output_of(number) == (["ready", "tidying", "tidy"], -number)


def test_a_signal_that_is_ignored_stays_ignored() -> None:
    """As in the background of a script, or below nohup."""
    with subprocess.Popen(command_of(10.0, "ignored"), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        process.send_signal(signal.SIGINT)
        with pytest.raises(subprocess.TimeoutExpired):
            process.wait(timeout=1)
        process.send_signal(signal.SIGTERM)
        assert process.stdout.read().split() == ["tidying", "tidy"]
        assert process.wait(timeout=20) == -signal.SIGTERM


def test_the_handler_that_was_there_is_called_at_the_end() -> None:
    assert output_of(signal.SIGTERM, handler=True) == (["ready", "tidying", "tidy", "theirs"], 7)


def test_a_second_signal_a_moment_later_changes_nothing() -> None:
    assert output_of(signal.SIGTERM, signal.SIGTERM) == (["ready", "tidying", "tidy"], -signal.SIGTERM)


def test_a_second_signal_ends_it_when_the_first_had_its_time() -> None:
    assert output_of(signal.SIGTERM, signal.SIGTERM, grace=0.0)[1] == -signal.SIGTERM
    assert "tidy" not in output_of(signal.SIGTERM, signal.SIGTERM, grace=0.0)[0]


def test_without_a_signal_all_is_as_before() -> None:
    before = signal.getsignal(signal.SIGTERM), signal.getsignal(signal.SIGINT)
    with signals.orderly_end():
        assert signal.getsignal(signal.SIGTERM) is not before[0]
    assert (signal.getsignal(signal.SIGTERM), signal.getsignal(signal.SIGINT)) == before


def test_other_threads_are_left_alone() -> None:
    found: list[object] = []

    def run() -> None:
        with signals.orderly_end():
            found.append(signal.getsignal(signal.SIGTERM))

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    assert found == [signal.getsignal(signal.SIGTERM)]
