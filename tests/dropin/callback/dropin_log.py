# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Records the outcome of each task for ``tools/dropin.py``, one JSON line each.

No failure ends a file.

A task is identified by its file, and by its name as it is written there; one without a name by the named task before it. ``after`` is the
name of the task before it, for names that several tasks have. If the file itself ignores the errors of a task, it expects them: such a
failure is not counted.
"""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import Any

from ansible.plugins.callback import CallbackBase

DOCUMENTATION = """
name: dropin_log
type: notification
short_description: What became of each task, as JSON lines
description:
  - Writes to the file that DROPIN_LOG names.
"""


class CallbackModule(CallbackBase):
    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "notification"
    CALLBACK_NAME = "dropin_log"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._log = Path(os.environ["DROPIN_LOG"])
        self._top = os.environ["DROPIN_TOP"]
        self._ignored: dict[str, bool] = {}
        self._labels: dict[str, str] = {}
        self._after: dict[str, str] = {}
        self._last = ""

    def v2_playbook_on_task_start(self, task: Any, is_conditional: bool) -> None:
        named = str((getattr(task, "_ds", None) or {}).get("name") or "")
        self._after[task._uuid] = self._last
        self._last = named or self._last
        self._labels[task._uuid] = named or f"{task.action} after: {self._last}"
        self._ignored.setdefault(task._uuid, bool(task.ignore_errors))
        task.ignore_errors = True  # what comes after a failure is of interest as well

    def v2_runner_on_ok(self, result: Any) -> None:
        self._write(result, "changed" if result._result.get("changed") else "ok")

    def v2_runner_on_skipped(self, result: Any) -> None:
        self._write(result, "skipped")

    def v2_runner_on_unreachable(self, result: Any) -> None:
        self._write(result, "failed")

    def v2_runner_on_failed(self, result: Any, ignore_errors: bool = False) -> None:
        self._write(result, "foreseen" if self._ignored.get(result._task._uuid) else "failed")

    def _write(self, result: Any, outcome: str) -> None:
        task, answer = result._task, result._result
        place = str(task.get_path() or "").removeprefix(f"{self._top}/")
        path, _colon, line = place.rpartition(":")
        entry = {
            "file": path,
            "line": int(line or 0),
            "task": self._labels.get(task._uuid, task.get_name()),
            "after": self._after.get(task._uuid, ""),
            "module": task.action,
            "outcome": outcome,
        }
        if outcome in ("failed", "foreseen"):
            what = [str(answer.get(key)) for key in ("msg", "assertion", "stderr") if answer.get(key)]
            what += [str(item.get("msg")) for item in answer.get("results") or [] if isinstance(item, dict) and item.get("failed")]
            entry["why"] = re.sub(r"\s+", " ", "; ".join(what))[:700]
        with self._log.open("a") as file:
            file.write(json.dumps(entry) + "\n")
