# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: progress
type: aggregate
short_description: Show how waits go, and why releases failed
version_added: 0.1.0
author:
  - The windlass.charts authors (@windlass-charts)
description:
  - While a task of windlass.charts waits, for objects to become ready, for a hook to end or for objects to go, prints how far it is and
    what it waits for, whenever that has changed, at most every two seconds.
  - When such a task has failed, prints what it found out, which objects were not ready by which rule, their conditions, the states and last
    lines of containers, events, what hooks have printed, and what came of rolling back. The same stands in the result of the task, where
    it is JSON.
  - Works beside any callback for the screen. One that prints a single document, as C(ansible.posix.json) does, would be disturbed.
notes:
  - Progress needs a task that runs in Ansible's own process, see the notes of M(windlass.charts.chart_release). Ansible hears nothing from
    a module before it has ended, so of a task that runs as one only the failure is shown.
requirements:
  - Set C(callbacks_enabled=windlass.charts.progress) in the section C([defaults]) of C(ansible.cfg), or E(ANSIBLE_CALLBACKS_ENABLED).
"""

from ansible.plugins.callback import CallbackBase

from ..plugin_utils._progress import evidence_lines, want_progress


class CallbackModule(CallbackBase):
    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "aggregate"
    CALLBACK_NAME = "windlass.charts.progress"
    CALLBACK_NEEDS_ENABLED = True

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        want_progress()

    def v2_runner_on_failed(self, result, ignore_errors=False):
        self._show(result)

    def v2_runner_item_on_failed(self, result):
        self._show(result)

    def v2_runner_retry(self, result):
        self._show(result)

    def v2_runner_on_async_failed(self, result):
        self._show(result)

    def _show(self, result):
        for line in evidence_lines(result._result):
            self._display.display(line)
