# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""``state: present``: observe, decide, plan, execute (Helm: ``upgrade --install``).

    observe   the history (one request); where the newest revision is deployed: its inputs, and whether its objects exist
    decide    a named state (``plan/state.py``) and with it the action: none, repair, install, upgrade
    plan      render, read each object, build the steps; in check mode ask the server what each apply would change
    execute   the steps; a failure is recorded, and undone where that was requested

All checks that can refuse the task run before the first write: names, labels, options, the chart, its values, objects of other owners,
a missing namespace.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ..apply.missing import find_missing
from ..chart.dependencies import check_dependencies, check_installable
from ..chart.names import validate_namespace, validate_release_name
from ..lock.session import locked
from ..objects.ownership import taken_over_warning
from ..plan.model import Outcome, Ports, ReleaseRequest
from ..plan.operation import Plan
from ..plan.state import Name, State, after_inputs, before_inputs
from ..ports import ObjectRef
from ..release.inputs import ANNOTATION, Inputs
from ..release.model import Release, Status
from ..release.records import check_labels, merge_labels
from .observation import Findings, Observation, read_release
from .options import check_description, check_server_side, one_of
from .renderer import Renderer

if TYPE_CHECKING:
    from ..apply.drift import Drifted
    from ..render.model import ReleaseOptions
    from .change import Change


def converge(request: ReleaseRequest, ports: Ports, *, check: bool = False) -> Outcome:
    """Brings a release to the state of the request.

    :param check: decide and plan, ask the server, write nothing.
    :raises OperatorError, ChartError, RemoteError: nothing was written, or the record says ``failed``; a failed release's error has the
        fields ``release``, ``revision``, ``release_status`` and, where it was undone, ``rollback``.
    """
    _refuse(request)
    return locked(ports, request.namespace, request.name, request.locking, lambda inner: _converge(request, inner, check))


def _converge(request: ReleaseRequest, ports: Ports, check: bool) -> Outcome:
    return Convergence(read_release(request, ports, check), ports, check).run()


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
    """The decision about a release, from an observation. ``change`` does the rest."""

    def __init__(self, observation: Observation, ports: Ports, check: bool) -> None:
        self.observation = observation
        self.request = observation.request
        self.history = observation.history
        self.newest = observation.newest
        self.renderer = Renderer(observation, ports)
        self.ports = ports
        self.check = check
        self.warnings = list(observation.warnings)
        self.drift: list[Drifted] | None = None
        self.gone: list[ObjectRef] = []
        self.unserved: list[ObjectRef] = []

    def run(self) -> Outcome:
        outcome = self._run()
        if self.observation.vanished and self.newest is not None:
            from ..plan.build import record_update

            outcome.plan.operations.insert(0, record_update(self.newest.version, Status.FAILED, self.observation.vanished))
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

        findings = Findings(self.drift, tuple(self.gone), tuple(self.unserved))
        return Change(self.observation, findings, self.renderer, self.ports, self.check, self.warnings)

    def _state(self) -> State:
        request, newest = self.request, self.newest
        revision = newest.version if newest else 0
        if self.observation.vanished:
            return State(Name.INTERRUPTED, request.name, request.namespace, revision, detail=self.observation.vanished)
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
        """Objects that are missing, or that another release has taken over and this task may take back."""
        found = find_missing(self.ports.cluster, newest)
        missing, lost, self.unserved = found.missing, found.taken_over, found.unserved
        may_adopt = self.request.policy.may_adopt
        back = [ref for ref in lost if self.request.take_ownership or may_adopt(ref)]
        self.warnings += [taken_over_warning(ref, owner) for ref, owner in lost.items() if ref not in back]
        self.gone = missing + back
        return self.gone

    def _defined_again(self, unserved: Sequence[ObjectRef]) -> str:
        """The reason to upgrade if kinds of objects are not served.

        The task creates CRDs, and a repair does not.
        """
        if not unserved or self.request.policy.crds not in ("create", "create_replace"):
            return ""
        return f"the server no longer serves the kinds of {', '.join(str(ref) for ref in unserved)}"

    def _by_drift(self, newest: Release) -> State:
        from ..apply.drift import drift_state

        state, self.drift, warnings = drift_state(self.ports.cluster, newest, self.request.policy)
        self.warnings += warnings
        difference = "" if state.report_only else self._defined_again([item.ref for item in self.drift or () if item.unserved])
        return after_inputs(self.request.name, self.request.namespace, newest.version, difference, []) if difference else state

    def _difference(self, newest: Release) -> str:
        """The difference between a deployed newest revision and the request, as text.

        Empty where there is none.
        """
        record = self.history.newest
        wanted = merge_labels(newest.labels, self.request.labels)
        if wanted != newest.labels:
            return "its labels differ"
        if self.request.server_side == "true" and newest.apply_method != "ssa":
            return "it was applied client-side, and server_side: true requests server-side apply"
        if self.request.server_side == "false" and newest.apply_method == "ssa":
            return "it was applied server-side, and server_side: false requests client-side apply"
        inputs = Inputs.load(record.annotations.get(ANNOTATION)) if record else None
        if inputs is None:
            return self._different_contents(newest) or self._different_output(newest)
        # with the chart and the values of the revision itself, old defaults are those of the chart
        renderer, reuses = self.renderer, self.request.values_mode == "reuse"
        if inputs.digest != renderer.digest() and not (reuses and inputs.digest == renderer.digest(frozen=False)):
            return self._different_contents(newest) or "files of its subcharts or relevant options differ"
        cluster = self.ports.cluster
        if not inputs.still_answered(cluster.api_versions, lambda: cluster.version().git_version):
            return "the Kubernetes version or API versions that the chart uses have changed"
        return self._different_output(newest) if inputs.lookups else ""

    def _different_contents(self, newest: Release) -> str:
        stored = self.renderer.chart_json()
        meta = stored["metadata"]
        if (newest.chart_name, newest.chart_version) != (meta.get("name", ""), meta.get("version", "")):
            return f"its chart is {newest.chart_name}-{newest.chart_version}, not {meta.get('name', '')}-{meta.get('version', '')}"
        from ..release.compare import same_chart, same_values

        if not same_values(newest.config, self.observation.values):
            return "its values differ"
        if same_chart(newest.chart, stored):
            return ""
        if self.observation.chart is not self.request.chart and same_chart(newest.chart, self.renderer.given_chart_json()):
            return ""
        return "the files of its chart differ"

    def _different_output(self, newest: Release) -> str:
        from ..release.compare import same_output

        options = self._options_of(newest)
        first = self.renderer.render(options, self.ports.cluster)
        if same_output(newest, first, lambda: self.renderer.render(options, self.ports.cluster)):
            return ""
        return "the chart renders different objects"

    def _options_of(self, newest: Release) -> ReleaseOptions:
        """The options with which a recorded revision was rendered.

        A rollback holds the rendering of its target; a new install counts as revision 1.
        """
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
