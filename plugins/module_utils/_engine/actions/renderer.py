# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""Renders the chart of a request. All renderings of one action use the same results of ``lookup``."""

from __future__ import annotations

from copy import deepcopy
from typing import TYPE_CHECKING

from ..aliases import JsonObject
from ..apply.lookups import lookup_result
from ..chart.digest import chart_digest
from ..plan.model import Ports
from ..ports import Clock, Reader
from ..release.inputs import digest_of
from .observation import Observation

if TYPE_CHECKING:
    from ..render.model import Lookup, ReleaseOptions, Rendered
    from ..render.recorded_calls import CallRecorder


class Renderer:
    """The chart and the values of an observation as manifests, as a record's chart, and as a digest."""

    def __init__(self, observation: Observation, ports: Ports) -> None:
        self._request = observation.request
        self._chart = observation.chart
        self._values = observation.values
        self._ports = ports
        self._stored: JsonObject | None = None
        self._lookups: dict[tuple[str, str, str, str], JsonObject] = {}

    def render(
        self, options: ReleaseOptions, cluster: Reader, recorder: CallRecorder | None = None, clock: Clock | None = None
    ) -> Rendered:
        from ..render.capabilities import Capabilities
        from ..render.engine import render
        from ..render.post_render import post_rendered

        rendered = render(
            self._chart,
            deepcopy(self._values),
            options,
            Capabilities.of_cluster(cluster),
            lookup=self._lookup(cluster),
            random=self._ports.random,
            clock=clock or self._ports.clock,
            cache=self._ports.cache,
            skip_schema_validation=self._request.skip_schema_validation,
            subchart_notes=self._request.subchart_notes,
            recorder=recorder,
        )
        return post_rendered(rendered, self._request.post, self._request.namespace)

    def _lookup(self, cluster: Reader) -> Lookup:
        """Objects for the template function ``lookup``; one request per question, for all renderings."""

        def lookup(api_version: str, kind: str, namespace: str, name: str) -> JsonObject:
            query = (api_version, kind, namespace, name)
            if query not in self._lookups:
                self._lookups[query] = lookup_result(cluster, *query)
            return deepcopy(self._lookups[query])

        return lookup

    def digest(self, frozen: bool | None = None) -> str:
        """The digest of the inputs.

        ``frozen``: with old defaults below the values, as in mode ``reuse``; the other two modes differ in the values alone.
        """
        request = self._request
        frozen = request.values_mode == "reuse" if frozen is None else frozen
        options_of_task = {"values_mode": "reuse" if frozen else "reset", "disable_hooks": request.disable_hooks}
        if request.subchart_notes:
            options_of_task["subchart_notes"] = True
        options = {**options_of_task, **request.policy.inputs(), **request.post.inputs()}
        return digest_of(chart_digest(request.chart), self._values, options)

    def chart_json(self) -> JsonObject:
        """The chart as a record holds it."""
        if self._stored is None:
            from ..chart.dependencies import process_dependencies
            from ..release.codec import chart_json

            self._stored = chart_json(process_dependencies(self._chart, deepcopy(self._values)))
        return self._stored

    def given_chart_json(self) -> JsonObject:
        """The chart of the task, before values are reused."""
        from ..chart.dependencies import process_dependencies
        from ..release.codec import chart_json

        return chart_json(process_dependencies(self._request.chart, deepcopy(self._values)))
