# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""``state: present``: observe, decide, plan, execute (Helm: ``upgrade --install``).

    observe   the history (one request); where the newest revision is deployed: its inputs, and whether its objects are there
    decide    a named state (``plan/state.py``) and with it the action: none, repair, install, upgrade
    plan      render, look at each object, build the steps; in check mode ask the server what each apply would change
    execute   the steps; a failure is recorded, and undone where that was asked for

Whatever can be refused is refused before the first write: names, labels, options, the chart, its values, somebody else's objects,
a namespace that is not there.
"""

from __future__ import annotations

from collections.abc import Sequence
from copy import deepcopy
from typing import TYPE_CHECKING, Any

from ..chart.dependencies import check_dependencies, check_installable
from ..chart.digest import chart_digest
from ..chart.model import Chart, Metadata
from ..chart.names import validate_namespace, validate_release_name
from ..plain import replace
from ..plan.operation import Plan
from ..plan.state import Name, State, after_inputs, before_inputs
from ..ports import Clock, Cluster, ObjectRef
from ..release.history import History
from ..release.inputs import ANNOTATION, Inputs, digest_of
from ..release.model import Release, Status
from ..release.records import check_labels, merge_labels
from .heads import look
from .locking import locked, settle
from .lookups import look_up
from .model import Outcome, Ports, ReleaseRequest
from .options import check_description, check_server_side, one_of
from .ownership import taken_over

if TYPE_CHECKING:
    from ..render.draws import Draws
    from ..render.model import Lookup, ReleaseOptions, Rendered
    from .change import Change
    from .drift import Drifted


def converge(request: ReleaseRequest, ports: Ports, *, check: bool = False) -> Outcome:
    """Bring a release to what the request says.

    :param check: decide and plan, ask the server, write nothing.
    :raises OperatorError, ChartError, RemoteError: nothing was written, or the record says ``failed``; a failed release's error has the
        fields ``release``, ``revision``, ``release_status`` and, where it was undone, ``rollback``.
    """
    _refuse(request)
    return locked(ports, request.namespace, request.name, request.locking, lambda inner: Convergence(request, inner, check).run())


def _refuse(request: ReleaseRequest) -> None:
    validate_release_name(request.name)
    validate_namespace(request.namespace)
    check_labels(request.labels)
    check_description(request.description)
    check_server_side(request.server_side)
    one_of("values_mode", request.values_mode, ("reset", "reuse", "reset_then_reuse"))
    one_of("drift", request.policy.drift, ("ignore", "report", "missing", "correct"))
    one_of("on_failure", request.on_failure, ("keep", "rollback", "uninstall"))
    check_installable(request.chart)
    check_dependencies(request.chart)


class Convergence:
    """One run of ``converge``: what was read, and what is decided from it. ``change`` does the rest."""

    def __init__(self, request: ReleaseRequest, ports: Ports, check: bool) -> None:
        self.request = request
        self.ports = ports
        self.check = check
        self.warnings: list[str] = []
        self.history, self.vanished = settle(ports, History.read(ports.store, request.namespace, request.name), check)
        self.newest = self.history.decode(self.history.newest) if self.history.newest else None
        self.base = self._base()
        self.chart, self.values = self._values()
        self.drift: list[Drifted] | None = None
        self.gone: list[ObjectRef] = []
        self.unserved: list[ObjectRef] = []
        self._stored: dict[str, Any] | None = None
        self._lookups: dict[tuple[str, str, str, str], dict[str, Any]] = {}

    # ------------------------------------------------------------------------------------------------ observe, decide

    def run(self) -> Outcome:
        outcome = self._run()
        if self.vanished and self.newest is not None:
            from ..plan.build import record_update

            outcome.plan.operations.insert(0, record_update(self.newest.version, Status.FAILED, self.vanished))
        return outcome

    def _run(self) -> Outcome:
        state = self._state()
        if state.name is Name.LOCKED:
            raise state.refuse()
        if state.action == "none":
            drift = None if self.drift is None else [item.data for item in self.drift]
            plan = Plan("none", state.name.value, state.reason)
            outcome = Outcome(False, plan, self.newest, self.newest, warnings=self.warnings, drift=drift)
            if self.request.approve is not None:
                self.request.approve(outcome)
            return outcome
        if state.action == "repair" and self.newest is not None:
            return self._change().repair(state, self.newest)
        return self._change().release(state)

    def _change(self) -> Change:
        from .change import Change  # most runs change nothing, and none of this is imported then

        return Change(self)

    def _state(self) -> State:
        request, newest = self.request, self.newest
        revision = newest.version if newest else 0
        if self.vanished:
            return State(Name.INTERRUPTED, request.name, request.namespace, revision, detail=self.vanished)
        state = before_inputs(request.name, request.namespace, revision, newest.info if newest else None)
        if state is not None or newest is None:
            return state or State(Name.ABSENT, request.name, request.namespace)
        difference = self._difference(newest)
        if not difference and request.policy.drift != "missing":
            return self._by_drift(newest)
        gone = [] if difference else self._gone(newest)
        if gone and not difference:
            difference = self._defined_again(self.unserved)
        return after_inputs(request.name, request.namespace, revision, difference, gone)

    def _gone(self, newest: Release) -> list[ObjectRef]:
        """What is missing, and what another release has taken over and this task may take back."""
        found = look(self.ports.cluster, newest)
        missing, taken, self.unserved = found.missing, found.taken, found.unserved
        may_adopt = self.request.policy.may_adopt
        back = [ref for ref in taken if self.request.take_ownership or may_adopt(ref)]
        self.warnings += [taken_over(ref, owner) for ref, owner in taken.items() if ref not in back]
        self.gone = missing + back
        return self.gone

    def _defined_again(self, unserved: Sequence[ObjectRef]) -> str:
        """Why an upgrade follows from objects whose kind is not served: the task creates definitions, which a repair does not."""
        if not unserved or self.request.policy.crds not in ("create", "create_replace"):
            return ""
        return f"the server no longer serves the kinds of {', '.join(str(ref) for ref in unserved)}"

    def _by_drift(self, newest: Release) -> State:
        from .drift import drift_state

        state, self.drift, warnings = drift_state(self.ports.cluster, newest, self.request.policy)
        self.warnings += warnings
        difference = "" if state.only_told else self._defined_again([item.ref for item in self.drift or () if item.unserved])
        return after_inputs(self.request.name, self.request.namespace, newest.version, difference, []) if difference else state

    def _base(self) -> Release | None:
        """The revision that an upgrade starts from: the deployed one, else the newest (Helm: ``prepareUpgrade``)."""
        deployed = self.history.deployed
        if deployed is not None:
            return self.history.decode(deployed)
        if self.newest is not None and self.newest.info.status is Status.UNINSTALLED:
            return None
        return self.newest

    def _values(self) -> tuple[Chart, dict[str, Any]]:
        """The chart to render and the values to record (Helm: ``reuseValues``)."""
        request, base = self.request, self.base
        values = deepcopy(request.values)
        if request.values_mode == "reset" or base is None:
            return request.chart, values
        from ..chart.values import coalesce, merge_tables

        values = merge_tables(values, deepcopy(base.config), "", False, lambda text: self.warnings.append(str(text)))
        if request.values_mode != "reuse":
            return request.chart, values
        stored = Chart(Metadata(name=base.chart_name), values=deepcopy(base.chart.get("values") or {}))
        frozen, _warnings = coalesce(stored, deepcopy(base.config))
        return replace(request.chart, values=dict(frozen)), values

    def digest(self, frozen: bool | None = None) -> str:
        """``frozen``: with old defaults under the values, as ``reuse`` has it; the other two modes differ in the values alone."""
        request = self.request
        frozen = request.values_mode == "reuse" if frozen is None else frozen
        own = {"values_mode": "reuse" if frozen else "reset", "disable_hooks": request.disable_hooks}
        if request.subchart_notes:
            own["subchart_notes"] = True
        options = {**own, **request.policy.inputs(), **request.post.inputs()}
        return digest_of(chart_digest(self.request.chart), self.values, options)

    def _difference(self, newest: Release) -> str:
        """What differs between a deployed newest revision and the request, in words; empty: nothing."""
        record = self.history.newest
        wanted = merge_labels(newest.labels, self.request.labels)
        if wanted != newest.labels:
            return "its labels differ"
        if self.request.server_side == "true" and newest.apply_method != "ssa":
            return "it was applied client-side, and server_side: true asks for server-side apply"
        if self.request.server_side == "false" and newest.apply_method == "ssa":
            return "it was applied server-side, and server_side: false asks for client-side apply"
        inputs = Inputs.load(record.annotations.get(ANNOTATION)) if record else None
        if inputs is None:
            return self._different_contents(newest) or self._different_output(newest)
        # with the chart and the values of the revision itself, old defaults are those of the chart
        if inputs.digest != self.digest() and (self.request.values_mode != "reuse" or inputs.digest != self.digest(frozen=False)):
            return self._different_contents(newest) or "files of its subcharts, or options that change what is done, differ"
        cluster = self.ports.cluster
        if not inputs.still_answered(cluster.api_versions, lambda: cluster.version().git_version):
            return "the cluster answers what the chart asks of its version or its kinds otherwise than before"
        return self._different_output(newest) if inputs.lookups else ""

    def _different_contents(self, newest: Release) -> str:
        stored = self.chart_json()
        meta = stored["metadata"]
        if (newest.chart_name, newest.chart_version) != (meta.get("name", ""), meta.get("version", "")):
            return f"its chart is {newest.chart_name}-{newest.chart_version}, not {meta.get('name', '')}-{meta.get('version', '')}"
        from ..release.compare import same_chart, same_values

        if not same_values(newest.config, self.values):
            return "its values differ"
        if same_chart(newest.chart, stored) or (self.chart is not self.request.chart and same_chart(newest.chart, self._unfrozen())):
            return ""
        return "the files of its chart differ"

    def _unfrozen(self) -> dict[str, Any]:
        """The chart as the task gives it: what it was stored as before values were reused."""
        from ..chart.dependencies import process_dependencies
        from ..release.codec import chart_json

        return chart_json(process_dependencies(self.request.chart, deepcopy(self.values)))

    def _different_output(self, newest: Release) -> str:
        from ..release.compare import same_output

        options = self._options_of(newest)
        first = self.render(options, self.ports.cluster)
        if same_output(newest, first, lambda: self.render(options, self.ports.cluster)):
            return ""
        return "the chart renders other objects now"

    def _options_of(self, newest: Release) -> ReleaseOptions:
        """How a recorded revision was rendered. A rollback holds what its target rendered; a new install counts as revision 1."""
        from ..render.model import ReleaseOptions

        revision = newest.version
        release = newest
        for _other in range(len(self.history.records)):
            target = release.info.rollback_revision
            if not target or target not in self.history.revisions:
                break
            release, revision = self.history.decode(self.history.get(target)), target
        install = revision == 1 or release.info.description == "Install complete"
        return ReleaseOptions(newest.name, newest.namespace, 1 if install else revision, install, not install)

    # --------------------------------------------------------------------------------------------------------- render

    def render(self, options: ReleaseOptions, cluster: Cluster, draws: Draws | None = None, clock: Clock | None = None) -> Rendered:
        from ..render.capabilities import Capabilities
        from ..render.engine import render
        from .post_render import post_rendered

        rendered = render(
            self.chart,
            deepcopy(self.values),
            options,
            Capabilities.of_cluster(cluster),
            lookup=self._lookup(cluster),
            random=self.ports.random,
            clock=clock or self.ports.clock,
            store=self.ports.kept,
            skip_schema_validation=self.request.skip_schema_validation,
            subchart_notes=self.request.subchart_notes,
            draws=draws,
        )
        return post_rendered(rendered, self.request.post, self.request.namespace)

    def _lookup(self, cluster: Cluster) -> Lookup:
        """Objects for the template function ``lookup``; one request per distinct question, and all renderings see the same."""

        def look(api_version: str, kind: str, namespace: str, name: str) -> dict[str, Any]:
            question = (api_version, kind, namespace, name)
            if question not in self._lookups:
                self._lookups[question] = look_up(cluster, *question)
            return deepcopy(self._lookups[question])

        return look

    def chart_json(self) -> dict[str, Any]:
        if self._stored is None:
            from ..chart.dependencies import process_dependencies
            from ..release.codec import chart_json

            self._stored = chart_json(process_dependencies(self.chart, deepcopy(self.values)))
        return self._stored
