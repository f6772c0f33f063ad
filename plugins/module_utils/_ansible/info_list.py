# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""The releases of a namespace, or of all: the newest record of each, filtered as ``helm list`` filters.

Names, states and labels stand in a record's metadata. Where one of them is asked for, metadata is read first, and then only the
records that are shown (one request each, up to some; else all at once). ``metadata_only`` reads nothing more: chart, versions and times are
then not told.
"""

from __future__ import annotations

import re

from .._engine.errors import OptionError
from .._engine.ports import Record, Store
from .._engine.release.history import record_status
from .._engine.release.model import Status
from .._engine.release.records import from_record, user_labels
from .._engine.release.selector import selector
from .results import brief_status
from .task import Result, Task

#: records fetched one by one; for more, a list with everything in it takes less time
_FEW = 32


def listed(task: Task, store: Store, namespace: str | None) -> Result:
    """``releases``. Raises ``OptionError`` for a faulty filter, ``ClusterError``."""
    states = [str(state) for state in task["release_state"]]
    labels = selector(str(task.get("label_selector", "")))
    name = _regex(task.get("name_regex"))
    chart = task.get("chart_name")
    heads_first = bool(task["metadata_only"] or task.get("name_regex") or task.get("label_selector") or (states and "all" not in states))
    records = store.heads(namespace) if heads_first else store.list(namespace)
    wanted = [
        record
        for record in _newest(records)
        if name.search(record.release) and labels(record.labels) and passes(record_status(record), states)
    ]
    if task["metadata_only"]:
        if chart:
            raise OptionError("chart_name needs what metadata does not tell; leave out metadata_only.", option="chart_name")
        return {"changed": False, "releases": [_head(record) for record in wanted]}
    releases = [from_record(record) for record in _whole(store, namespace, wanted)]
    shown = [release for release in releases if passes(release.info.status, states) and chart in (None, "", release.chart_name)]
    return {"changed": False, "releases": [brief_status(release) for release in shown]}


def passes(state: Status, filters: list[str]) -> bool:
    """``helm list``'s filters: none, or ``all``, lets everything through; ``pending`` is each of the three pending states."""
    if not filters or "all" in filters:
        return True
    return state.value in filters or ("pending" in filters and state.is_pending)


def _regex(text: str | None) -> re.Pattern[str]:
    try:
        return re.compile(text or "")
    except re.error as error:
        raise OptionError(f"name_regex {text!r} is no regular expression: {error}.", option="name_regex") from None


def _newest(records: list[Record]) -> list[Record]:
    newest = {(record.namespace, record.release): record for record in records}  # ascending within a release
    return [newest[key] for key in sorted(newest)]


def _whole(store: Store, namespace: str | None, heads: list[Record]) -> list[Record]:
    """The records with their payloads."""
    lacking = [record for record in heads if not record.payload]
    if not lacking:
        return heads
    if len(lacking) <= _FEW:
        return [record if record.payload else store.get(record.namespace, record.release, record.revision) for record in heads]
    known = {(record.namespace, record.key): record for record in store.list(namespace)}
    return [known[place] for record in heads if (place := (record.namespace, record.key)) in known]


def _head(record: Record) -> Result:
    return {
        "name": record.release,
        "namespace": record.namespace,
        "revision": str(record.revision),
        "revision_number": record.revision,
        "status": record_status(record).value,
        "labels": user_labels(record.labels),
    }
