# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""Makes the engine's ports from a task's connection options."""

from __future__ import annotations

from .._adapters.clock import SystemClock, SystemRandom, process_name
from .._adapters.compiled_cache import compiled_cache
from .._adapters.kube.client import connect
from .._adapters.kube.config.options import from_params
from .._engine.errors import OptionError
from .._engine.plan.model import Ports
from .options.durations import DEFAULT_SECONDS, seconds
from .options.storage import driver_of, store_of
from .task import Task

_SHORTEST_REQUEST = 5.0


def request_seconds(task: Task) -> float:
    """The longest time of one request, retries included: the task's ``timeout``, at least 5 seconds."""
    try:
        given = seconds(str(task.params.get("timeout") or DEFAULT_SECONDS))
    except OptionError:  # the function that uses the option reports it
        given = DEFAULT_SECONDS
    return max(given or DEFAULT_SECONDS, _SHORTEST_REQUEST)


def ports_of(task: Task) -> Ports:
    """The ports of a task; no request is sent.

    :raises ClusterConfigError: a mistake in the options or files of this host. :raises OptionError: an unknown store.
    """
    who = process_name() if driver_of(task) != "memory" else ""
    shared = task.shared
    if shared is None:
        cluster = connect(from_params(task.params, task.environ), request_seconds(task))
    else:
        shared.cluster = cluster = shared.cluster or connect(from_params(task.params, task.environ), request_seconds(task))
    ports = Ports(
        store_of(task, cluster),
        cluster,
        SystemClock(),
        SystemRandom(),
        compiled_cache(task.environ),
        who=who,
        report_progress=task.report_progress,
    )
    return task.ports_within(ports) if task.ports_within is not None else ports
