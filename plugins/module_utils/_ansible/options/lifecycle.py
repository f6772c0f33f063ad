# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""Options of several faces about the life of a release.

``on_failure``, description, labels and waits.
"""

from __future__ import annotations

from ..._engine.aliases import JsonObject
from ..._engine.errors import OptionError
from ..task import Task
from .durations import seconds


def on_failure_of(task: Task) -> str:
    """The value of ``on_failure``: keep, rollback or uninstall.

    ``atomic`` is an older option for rollback.

    :raises OptionError: both are given and differ.
    """
    wanted = task.get("on_failure")
    if not task.get("atomic"):
        return str(wanted or "keep")
    if wanted not in (None, "rollback"):
        raise OptionError(
            f"atomic is the same as on_failure: rollback, but on_failure is {wanted}; set on_failure only.",
            option="on_failure",
            on_failure=wanted,
        )
    return "rollback"


def contradictions_of_force(task: Task) -> None:
    """Raises ``OptionError`` for ``force`` together with options of server-side apply."""
    if not task["force"]:
        return
    for other in ("server_side", "force_conflicts"):
        if task.params.get(other) not in (None, False, "false"):
            raise OptionError(
                f"force and {other} are mutually exclusive, since force replaces objects client-side; set one of them.", option=other
            )


def description_of(task: Task) -> str:
    return str(task.get("description", ""))


def labels_of(task: Task) -> dict[str, str]:
    """Labels for the record.

    A label without a value, or with the text ``null``, removes that of an earlier revision.
    """
    labels = task.get("release_labels", {})
    return {str(key): "null" if value is None else _text(value) for key, value in labels.items()}


def _text(value: object) -> str:
    """A label's value as text, in YAML's notation."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def waits(task: Task) -> bool:
    """Whether the task waits for objects: by ``wait``, or by a ``wait_strategy`` that waits.

    :raises OptionError: both are set and differ.
    """
    strategy = task.get("wait_strategy")
    if strategy == "hookOnly" and task.get("wait"):
        raise OptionError(
            "wait: true waits for objects, but wait_strategy: hookOnly waits for hooks only; set one of them.", option="wait_strategy"
        )
    return bool(task.get("wait")) or strategy in ("watcher", "legacy")


def waiting_of(task: Task) -> JsonObject:
    """The rules of a wait as plans hold them; may be empty.

    From ``ready_when``, ``failed_when``, ``fail_fast``, and ``strategy`` for Helm's legacy rules.

    :raises OptionError: an expression or the duration cannot be read.
    """
    rules: JsonObject = {"strategy": "legacy"} if task.get("wait_strategy") == "legacy" else {}
    for option in ("ready_when", "failed_when"):
        if task.get(option):
            rules[option] = {str(kind): str(text) for kind, text in task[option].items()}
    if task.get("fail_fast") is not None:
        rules["fail_fast"] = seconds(str(task["fail_fast"]), "fail_fast")
    if rules.keys() - {"strategy"}:
        from ..._engine.objects.rules import Rules  # late: most tasks say nothing

        Rules(rules)
    return rules
