# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Options about the life of a release."""

from __future__ import annotations

import pytest
from ansible_collections.windlass.charts.plugins.module_utils._ansible.options.lifecycle import labels_of, on_failure_of, waiting_of, waits
from ansible_collections.windlass.charts.plugins.module_utils._ansible.results.command import helm_command
from ansible_collections.windlass.charts.plugins.module_utils._ansible.task import Task
from ansible_collections.windlass.charts.plugins.module_utils._engine.errors import OptionError


@pytest.mark.parametrize(
    ("params", "wanted"),
    [
        ({}, "keep"),
        ({"atomic": False, "on_failure": "uninstall"}, "uninstall"),
        ({"atomic": True}, "rollback"),
        ({"atomic": True, "on_failure": "rollback"}, "rollback"),
    ],
)
def test_atomic_is_the_older_word(params, wanted):
    assert on_failure_of(Task(params, {})) == wanted


@pytest.mark.parametrize("other", ["keep", "uninstall"])
def test_two_that_differ_are_refused(other):
    with pytest.raises(OptionError, match=f"on_failure is {other}"):
        on_failure_of(Task({"atomic": True, "on_failure": other}, {}))


def test_labels_become_text_and_none_takes_one_away():
    assert labels_of(Task({"release_labels": {"a": 1, "b": True, "c": None, "d": "x"}}, {})) == {"a": "1", "b": "true", "c": "null", "d": "x"}
    assert labels_of(Task({}, {})) == {}


WAITS = [
    ({}, False, {}, ""),
    ({"wait": True}, True, {}, " --wait"),
    ({"wait_strategy": "hookOnly"}, False, {}, " --wait=hookOnly"),
    ({"wait_strategy": "watcher"}, True, {}, " --wait=watcher"),
    ({"wait": True, "wait_strategy": "legacy"}, True, {"strategy": "legacy"}, " --wait=legacy"),
    ({"wait_strategy": "legacy", "fail_fast": "9s"}, True, {"strategy": "legacy", "fail_fast": 9.0}, " --wait=legacy"),
]


@pytest.mark.parametrize(("params", "wanted", "rules", "flag"), WAITS)
def test_wait_strategies(params, wanted, rules, flag):
    task = Task(params, {})
    assert (waits(task), waiting_of(task)) == (wanted, rules)
    assert helm_command(task, ["upgrade"], ("wait", "wait_strategy")) == f"helm upgrade{flag}"


def test_a_wait_for_hooks_alone_is_none_for_objects():
    with pytest.raises(OptionError, match="set one of them"):
        waits(Task({"wait": True, "wait_strategy": "hookOnly"}, {}))
