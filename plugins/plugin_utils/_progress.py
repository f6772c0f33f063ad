# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Private: shows the progress of a wait, and a failure's evidence as lines.

A wait runs in a worker that Ansible has forked from the process of the callbacks, and Ansible calls no callback before a task has ended.
Two things reach the worker or the parent: the parent's state at the fork (so the callback ``progress`` calls ``want_progress`` when it is
loaded, and every later worker finds that), and ``Display``, which sends its lines to the parent at once. Tasks that run as modules have
neither: they are other processes, whose only output is their result; their evidence is shown when they have ended.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping

from ..module_utils._engine.aliases import Json

#: calls a function after some seconds; returns what cancels that
Later = Callable[[float, Callable[[], None]], Callable[[], None]]

#: whether progress is shown; set by the callback plugin in the parent process, inherited by every worker
_WANTED = {"progress": False}

_WORDS = {"wait": "ready", "hook": "done", "delete": "gone", "copy": "copied"}
_INTERVAL = 2.0
_MOST = 3
_SPACE = "    "


def want_progress() -> None:
    """Called by the callback when it is loaded."""
    _WANTED["progress"] = True


def progress_printer(
    label: str, print_line: Callable[[str], object], clock: Callable[[], float] = time.monotonic, later: Later | None = None
) -> Progress | None:
    """The function that shows the progress of a task's waits; ``None``: no callback is loaded for it.

    :param label: which release, for a task of one. :param print_line: prints a line.
    :param clock: seconds. :param later: calls a function after some seconds, unless the returned function is called before.
    """
    return Progress(label, print_line, clock, later or _after) if _WANTED["progress"] else None


def _after(seconds: float, call: Callable[[], None]) -> Callable[[], None]:
    timer = threading.Timer(seconds, call)
    timer.daemon = True
    timer.start()
    return timer.cancel


class Progress:
    """Prints a line for each release whenever it has changed, every two seconds at most.

    A line that comes earlier is printed when its time has come, or replaced by a newer one until then; ``close`` prints the last one.
    Called by several threads for the releases of one task.
    """

    def __init__(self, label: str, print_line: Callable[[str], object], clock: Callable[[], float], later: Later) -> None:
        self._label, self._print_line, self._clock, self._later = label, print_line, clock, later
        self._lines: dict[str, _Line] = {}
        self._guard = threading.Lock()

    def __call__(self, state: Mapping[str, Json]) -> None:
        """Shows the progress of a wait.

        :param state: as ``ReportProgress`` of the engine has it; ``release``: the release, in a task of several.
        """
        label = str(state.get("release") or self._label)
        text = progress_line(label, state)
        with self._guard:
            line = self._lines.setdefault(label, _Line())
            if text in (line.pending, line.printed):
                line.pending = "" if text == line.printed else text
                return
            wait = line.at + _INTERVAL - self._clock()
            if wait <= 0 or state["ready"] == state["total"]:
                self._print(line, text)
                return
            line.pending = text
            if line.cancel is None:
                try:
                    line.cancel = self._later(wait, lambda: self._due(line))
                except RuntimeError:  # no thread can be started: the line is printed with the next change, or at the end
                    pass

    def close(self) -> None:
        """Print what was not printed yet."""
        with self._guard:
            for line in self._lines.values():
                if line.pending:
                    self._print(line, line.pending)

    def _due(self, line: _Line) -> None:
        with self._guard:
            if line.pending:
                self._print(line, line.pending)

    def _print(self, line: _Line, text: str) -> None:
        if line.cancel is not None:
            line.cancel()
        line.at, line.printed, line.pending, line.cancel = self._clock(), text, "", None
        self._print_line(text)


class _Line:
    """The last printed line of one release, its time, and the line to be printed next."""

    def __init__(self) -> None:
        self.at = -_INTERVAL
        self.printed = ""
        self.pending = ""
        self.cancel: Callable[[], None] | None = None


def progress_line(label: str, state: Mapping[str, Json]) -> str:
    """``shop/web: 2 of 3 ready after 12 s; Deployment shop/web: Available: 1/2``."""
    text = f"{label}: {state['ready']} of {state['total']} {_WORDS.get(state['what'], 'ready')} after {state['seconds']:.0f} s"
    left = [f"{name}: {words}" for name, words in state["left"][:_MOST]]
    if len(state["left"]) > _MOST:
        left.append(f"and {len(state['left']) - _MOST} more")
    return "; ".join([text, *left])


def evidence_lines(result: Mapping[str, Json]) -> list[str]:
    """The evidence of a failed task of this collection as lines, for each failed release.

    Empty for other tasks.
    """
    lines = _evidence(result)
    for release in _maps(result.get("releases")):
        if release.get("failed"):
            lines += _evidence(release)
    return lines


def _evidence(result: Mapping[str, Json]) -> list[str]:
    error = result.get("error")
    fields = error.get("fields") if isinstance(error, Mapping) else None
    if not isinstance(error, Mapping) or not isinstance(fields, Mapping) or not isinstance(error.get("class"), str):
        return []
    lines: list[str] = []
    for found in _maps(fields.get("objects")):
        lines += _object_lines(found)
    for log in _maps(fields.get("hook_logs")):
        lines.append(f"log of {log.get('hook')}, container {log.get('container')} ({log.get('event')})")
        lines += _text(log)
    lines += _afterwards(fields)
    if not lines:
        return []
    where = "/".join(str(fields[key]) for key in ("namespace", "release") if fields.get(key))
    where = where or "/".join(str(result[key]) for key in ("namespace", "name") if result.get(key))
    revision = f", revision {fields['revision']}" if fields.get("revision") else ""
    return [f"windlass.charts: why {where or 'it'}{revision} failed", *(f"  {line}" for line in lines)]


def _maps(value: Json) -> list[Mapping[str, Json]]:
    return [item for item in value if isinstance(item, Mapping)] if isinstance(value, list) else []


def _object_lines(found: Mapping[str, Json]) -> list[str]:
    lines = [f"{found.get('object')}: {found.get('status')}, {found.get('message') or found.get('reason')}"]
    if found.get("rule"):
        lines.append(f"{_SPACE}rule: {found['rule']}")
    for item in _maps(found.get("conditions")):
        words = ": ".join(str(item[key]) for key in ("reason", "message") if item.get(key))
        lines.append(f"{_SPACE}condition {item.get('type')} is {item.get('status')}{f' ({words})' if words else ''}")
    for item in _maps(found.get("finalizers")):
        lines.append(f"{_SPACE}finalizer {item.get('name')}{', ' + str(item['holder']) if item.get('holder') else ''}")
    for pod in _maps(found.get("pods")):
        lines.append(f"{_SPACE}pod {pod.get('name')} is {pod.get('phase')}")
        for item in _maps(pod.get("conditions")):
            lines.append(f"{_SPACE * 2}{item.get('type')} is False ({item.get('reason')}: {item.get('message')})")
        for item in _maps(pod.get("containers")):
            lines.append(f"{_SPACE * 2}container {item.get('name')}: {item.get('reason')} {item.get('message')}".rstrip())
        for log in _maps(pod.get("logs")):
            lines.append(f"{_SPACE * 2}last lines of container {log.get('container')}")
            lines += [f"{_SPACE * 2}{line}" for line in _text(log)]
    for item in _maps(found.get("events")):
        lines.append(f"{_SPACE}event on {item.get('object')}: {item.get('reason')}: {item.get('message')} ({item.get('count')} times)")
    if found.get("evidence"):
        lines.append(f"{_SPACE}incomplete: {found['evidence']}")
    return lines


def _text(log: Mapping[str, Json]) -> list[str]:
    if "log" not in log:
        return [f"{_SPACE}(not available: {log.get('error')})"]
    return [f"{_SPACE}| {line}" for line in str(log["log"]).splitlines()]


def _afterwards(fields: Mapping[str, Json]) -> list[str]:
    undone = fields.get("rollback")
    if not isinstance(undone, Mapping):
        return []
    if not undone.get("done"):
        return [f"undoing it failed as well: {undone.get('error')}"]
    if undone.get("action") == "rollback":
        return [f"then rolled back to revision {undone.get('to')}, as revision {undone.get('revision')}"]
    remaining = ", ".join(str(name) for name in undone.get("kept") or ())
    return ["then uninstalled" + (f"; kept, since they did not belong to the release before: {remaining}" if remaining else "")]
