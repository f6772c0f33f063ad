# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The oracle: one long-lived process with Helm's packages (``oracle/``) that answers batches of cases.

It is started again when it ends (a stack that overflows ends a Go process) or answers nothing for too long.
"""

from __future__ import annotations

import base64
import json
import os
import queue
import subprocess
import sys
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from fuzz.case import Answer, Case

SECONDS = 5.0
_TIMEOUT = 12.0


def binary() -> str:
    """From ``WINDLASS_ORACLE``, else built or taken from the cache of built programs."""
    given = os.environ.get("WINDLASS_ORACLE")
    if given:
        return given
    sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "cluster"))
    import build

    return str(build.programs(("oracle",))["oracle"])


class Oracle:
    def __init__(self, program: str | None = None) -> None:
        self._program = program or binary()
        self._process: subprocess.Popen[bytes] | None = None
        self._answers: queue.Queue[bytes | None] = queue.Queue()

    def __enter__(self) -> Oracle:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def ask(self, cases: Sequence[Case]) -> list[Answer]:
        return self.collect(self.send(cases))

    def send(self, cases: Sequence[Case]) -> list[bytes]:
        """Sends the cases and returns at once; ``collect`` waits for the answers."""
        lines = [_line(case) for case in cases]
        self._start()
        self._write(lines)
        return lines

    def collect(self, lines: Sequence[bytes]) -> list[Answer]:
        found: list[Answer] = []
        while len(found) < len(lines):
            line = self._next()
            if line is not None:
                found.append(_answer(json.loads(line)))
                if found[-1].state != "late":
                    continue
            else:
                hangs = self._process is not None and self._process.poll() is None
                found.append(Answer("late") if hangs else Answer("crashed", "the process ended"))
            self.close()  # it ended at this one, or works on
            self._start()
            self._write(lines[len(found) :])
        return found

    def _start(self) -> None:
        if self._process is not None and self._process.poll() is None:
            return
        env = {"PATH": os.environ.get("PATH", ""), "HOME": "/nonexistent", "TZ": "UTC", "GOMEMLIMIT": "1GiB", "GOGC": "200"}
        pipe = subprocess.PIPE
        self._process = subprocess.Popen([self._program], env=env, stdin=pipe, stdout=pipe, stderr=subprocess.DEVNULL)
        self._answers = queue.Queue()
        threading.Thread(target=_read, args=(self._process, self._answers), daemon=True).start()

    def _write(self, lines: Sequence[bytes]) -> None:
        threading.Thread(target=_feed, args=(self._process, list(lines)), daemon=True).start()

    def _next(self) -> bytes | None:
        try:
            return self._answers.get(timeout=_TIMEOUT)
        except queue.Empty:
            return None


def _read(process: subprocess.Popen[bytes], answers: queue.Queue[bytes | None]) -> None:
    assert process.stdout is not None
    for line in process.stdout:
        answers.put(line)
    answers.put(None)


def _feed(process: subprocess.Popen[bytes], lines: list[bytes]) -> None:
    assert process.stdin is not None
    try:
        for line in lines:
            process.stdin.write(line)
        process.stdin.flush()
    except OSError:  # it has ended; who waits for answers notices
        return


def _line(case: Case) -> bytes:
    request: dict[str, Any] = {
        "kind": case.kind,
        "files": [{"name": name, "data": _coded(text)} for name, text in case.all_files().items()],
        "values": [_coded(text) for text in case.values],
        "sets": [{"kind": kind, "text": _coded(text)} for kind, text in case.sets],
        "text": _coded(case.text),
        "seconds": SECONDS,
    }
    return json.dumps(request).encode() + b"\n"


def _coded(text: str) -> str:
    return base64.b64encode(text.encode("utf-8", "surrogateescape")).decode()


def _answer(row: dict[str, Any]) -> Answer:
    if row.get("timeout"):
        return Answer("late")
    if row.get("panic"):
        return Answer("crashed", row["panic"])
    if row["refused"]:
        return Answer("refused", _decoded(row.get("err")))
    return Answer("out", _decoded(row.get("out")))


def _decoded(data: str | None) -> str:
    return base64.b64decode(data or "").decode("utf-8", "surrogateescape")
