# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""What an action of ``state: present`` reads before it decides.

The history, the chart and the values.
"""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..aliases import JsonObject
from ..chart.model import Chart, Metadata
from ..lock.session import settle
from ..plain import replace
from ..plan.model import Ports, ReleaseRequest
from ..ports import ObjectRef
from ..release.history import History
from ..release.model import Release, Status

if TYPE_CHECKING:
    from ..apply.drift import Drifted


@dataclass(frozen=True)
class Observation:
    """A release as it was read for a request.

    ``vanished``: why a pending newest revision counts as failed, empty where it does not. ``base``: the revision that an upgrade starts
    from. ``chart`` and ``values``: what to render and to record.
    """

    request: ReleaseRequest
    history: History
    vanished: str
    newest: Release | None
    base: Release | None
    chart: Chart
    values: JsonObject
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True)
class Findings:
    """What deciding has found among the release's live objects.

    ``drift`` is ``None`` where it was not checked.
    """

    drift: list[Drifted] | None = None
    gone: tuple[ObjectRef, ...] = ()
    unserved: tuple[ObjectRef, ...] = ()


def read_release(request: ReleaseRequest, ports: Ports, check: bool) -> Observation:
    """Reads the history and settles a pending newest revision first, see ``locking.settle``.

    :raises ReleaseBusy: the writer of a pending revision may be alive.
    """
    history, vanished = settle(ports, History.read(ports.store, request.namespace, request.name), check)
    newest = history.decode(history.newest) if history.newest else None
    base = _base(history, newest)
    warnings: list[str] = []
    chart, values = _values(request, base, warnings.append)
    return Observation(request, history, vanished, newest, base, chart, values, tuple(warnings))


def _base(history: History, newest: Release | None) -> Release | None:
    """The revision that an upgrade starts from: the deployed one, else the newest.

    Helm: ``prepareUpgrade``.
    """
    deployed = history.deployed
    if deployed is not None:
        return history.decode(deployed)
    if newest is not None and newest.info.status is Status.UNINSTALLED:
        return None
    return newest


def _values(request: ReleaseRequest, base: Release | None, warn: Callable[[str], None]) -> tuple[Chart, JsonObject]:
    """The chart to render and the values to record (Helm: ``reuseValues``)."""
    values = deepcopy(request.values)
    if request.values_mode == "reset" or base is None:
        return request.chart, values
    from ..chart.values import coalesce, merge_tables

    values = merge_tables(values, deepcopy(base.config), "", False, lambda text: warn(str(text)))
    if request.values_mode != "reuse":
        return request.chart, values
    stored = Chart(Metadata(name=base.chart_name), values=deepcopy(base.chart.get("values") or {}))
    frozen, _warnings = coalesce(stored, deepcopy(base.config))
    return replace(request.chart, values=dict(frozen)), values
