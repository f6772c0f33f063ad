# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""The newest record of each release of one or all namespaces, filtered as by ``helm list``.

Names, revisions, states and labels are in a record's metadata. So metadata is read first, of all revisions, and then only the records
that are shown: those of a state in one list, or one by one where they are few among many. Older revisions, which are most of the records
of a namespace, are not read, and one record at a time is decoded. ``metadata_only`` reads nothing more: the result then has no chart and
no times.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ..._engine.errors import OptionError, ReleaseError, ReleaseNotFound
from ..._engine.objects.selector import selector
from ..._engine.ports import Record, Scope, Store
from ..._engine.release.history import record_status
from ..._engine.release.model import Status
from ..._engine.release.records import from_record, user_labels
from ..task import Result, Task
from .outcomes import brief_status

#: how many records of a list take as long as one that is read alone
_LISTED = 4


def listed(task: Task, store: Store, namespace: Scope) -> Result:
    """``releases``. Raises ``OptionError`` for a faulty filter, ``ClusterError``."""
    states = [str(state) for state in task["release_state"]]
    labels = selector(str(task.get("label_selector", "")))
    name = _regex(task.get("name_regex"))
    chart = task.get("chart_name")
    records = store.list_metadata(namespace)
    wanted = [
        record
        for record in _newest(records)
        if name.search(record.release) and labels(record.labels) and passes(record_status(record), states)
    ]
    if task["metadata_only"]:
        if chart:
            raise OptionError(
                "chart_name and metadata_only are mutually exclusive, since the metadata does not contain the chart; remove one of them.",
                option="chart_name",
            )
        return {"changed": False, "releases": [metadata_result(record) for record in wanted]}
    found = {}
    for record in _whole(store, namespace, records, wanted):
        try:
            release = from_record(record)
        except ReleaseError as error:
            task.warn(error.message)
            if not chart:
                found[record.namespace, record.release] = metadata_result(record)
            continue
        if passes(release.info.status, states) and chart in (None, "", release.chart_name):
            found[record.namespace, record.release] = brief_status(release)
    return {"changed": False, "releases": [found[place] for place in sorted(found)]}


def passes(state: Status, filters: list[str]) -> bool:
    """Whether a release passes the filters of ``helm list``.

    None, or ``all``, lets everything through; ``pending`` is each of the three pending states.
    """
    if not filters or "all" in filters:
        return True
    return state.value in filters or ("pending" in filters and state.is_pending)


def _regex(text: str | None) -> re.Pattern[str]:
    try:
        return re.compile(text or "")
    except re.error as error:
        raise OptionError(f"name_regex {text!r} is not a valid regular expression: {error}.", option="name_regex") from None


def _newest(records: list[Record]) -> list[Record]:
    newest = {(record.namespace, record.release): record for record in records}  # ascending within a release
    return [newest[key] for key in sorted(newest)]


def _whole(store: Store, namespace: Scope, records: list[Record], wanted: list[Record]) -> Iterator[Record]:
    """The wanted records with their payloads, in any order.

    A record that was deleted meanwhile is left out.
    """
    for status in sorted({record.status for record in wanted}):
        lacking = {(record.namespace, record.key): record for record in wanted if record.status == status and not record.payload}
        yield from (record for record in wanted if record.status == status and record.payload)
        if len(lacking) * _LISTED > sum(record.status == status for record in records):
            for record in store.list(namespace, labels={"status": status}):
                if lacking.pop((record.namespace, record.key), None) is not None:
                    yield record
        for record in lacking.values():
            try:
                yield store.get(record.namespace, record.release, record.revision)
            except ReleaseNotFound:
                continue


def metadata_result(record: Record) -> Result:
    """The facts about a release in a record's metadata."""
    return {
        "name": record.release,
        "namespace": record.namespace,
        "revision": str(record.revision),
        "revision_number": record.revision,
        "status": record_status(record).value,
        "labels": user_labels(record.labels),
    }
