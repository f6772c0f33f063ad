# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: progress
type: aggregate
short_description: Show wait progress and the reasons for failed releases
version_added: 0.2.0
author:
  - The windlass.charts authors (@windlass-charts)
description:
  - While a task of this collection waits for objects, hooks or deletions, prints the progress and the objects that it still waits for.
    Prints only changes, and at most once every two seconds.
  - When such a task fails, prints the collected evidence. This includes the objects that are not ready and the rule that applies to them,
    conditions, container states and last log lines, events, hook output, and the result of a rollback. The result of the task has the same
    data as JSON.
  - Can be combined with any stdout callback, except those that print a single document, such as C(ansible.posix.json).
notes:
  - Progress is only shown for tasks that run in-process, see the notes of M(windlass.charts.chart_release). Ansible receives no output from
    a module before it ends, so in module mode only the failure is shown.
requirements:
  - Set C(callbacks_enabled=windlass.charts.progress) in the section C([defaults]) of C(ansible.cfg), or set E(ANSIBLE_CALLBACKS_ENABLED).
seealso:
  - module: windlass.charts.chart_release
  - ref: ansible_collections.windlass.charts.docsite.guide_troubleshooting
    description: What failures mean and what to do.
"""

from typing import TYPE_CHECKING, Any

from ansible.plugins.callback import CallbackBase

from ..plugin_utils._progress import evidence_lines, want_progress

if TYPE_CHECKING:
    from ansible.executor.task_result import CallbackTaskResult as TaskResult


class CallbackModule(CallbackBase):
    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "aggregate"
    CALLBACK_NAME = "windlass.charts.progress"
    CALLBACK_NEEDS_ENABLED = True

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # Any: the arguments of Ansible's own class
        super().__init__(*args, **kwargs)
        want_progress()

    def v2_runner_on_failed(self, result: TaskResult, ignore_errors: bool = False) -> None:
        self._show(result)

    def v2_runner_item_on_failed(self, result: TaskResult) -> None:
        self._show(result)

    def v2_runner_retry(self, result: TaskResult) -> None:
        self._show(result)

    def v2_runner_on_async_failed(self, result: TaskResult) -> None:
        self._show(result)

    def _show(self, result: TaskResult) -> None:
        for line in evidence_lines(result._result):
            self._display.display(line)
