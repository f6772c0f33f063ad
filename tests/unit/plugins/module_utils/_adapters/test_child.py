# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Work in a child of this process: its result, or none."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from ansible_collections.windlass.charts.plugins.module_utils._adapters import child

ROOT = Path(__file__).resolve().parents[5]

#: run on its own: the test runner has threads, and then there is no helper
PROGRAM = """
import os, sys
sys.path.insert(0, sys.argv[1])
from module_utils._adapters import child
child._processors = lambda: 2
helper = child.ChildHelper()
def broken():
    raise ValueError("in the child")
def silent():
    os._exit(0)
def killed():
    os.kill(os.getpid(), 9)
first, second = helper.start(lambda: b"a" * 3_000_000), helper.start(lambda: str(os.getpid()).encode())
assert first() == b"a" * 3_000_000
assert second() != str(os.getpid()).encode()
sys.stderr = open(os.devnull, "w")
assert [helper.start(work)() for work in (broken, silent, killed)] == [None, None, None]
sys.stderr = sys.__stderr__
import resource, signal
signal.signal(signal.SIGCHLD, signal.SIG_IGN)
assert helper.start(lambda: b"x")() is None
signal.signal(signal.SIGCHLD, signal.SIG_DFL)
for bound, value in ((resource.RLIMIT_NOFILE, 0), (resource.RLIMIT_NPROC, 0)):
    before = resource.getrlimit(bound)
    resource.setrlimit(bound, (value, before[1]))
    assert helper.start(lambda: b"x")() in ((None,) if bound == resource.RLIMIT_NOFILE else (None, b"x"))  # root may have any number of processes
    resource.setrlimit(bound, before)
child._processors = lambda: 1
assert helper.start(lambda: b"x")() is None
try:
    os.waitpid(-1, os.WNOHANG)
except ChildProcessError:
    print("done, and nobody is left behind")
"""


def test_results_and_failures() -> None:
    done = subprocess.run([sys.executable, "-c", PROGRAM, str(ROOT / "plugins")], capture_output=True, text=True, timeout=60, check=False)
    assert (done.stdout, done.stderr, done.returncode) == ("done, and nobody is left behind\n", "", 0)


def test_no_child_while_threads_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(child, "_processors", lambda: 4)
    stop = threading.Event()
    thread = threading.Thread(target=stop.wait)
    thread.start()
    try:
        assert child.ChildHelper().start(lambda: b"x")() is None
    finally:
        stop.set()
        thread.join()


def test_the_number_of_processors_of_a_machine() -> None:
    assert 1 <= child._processors() <= (os.cpu_count() or 1)
