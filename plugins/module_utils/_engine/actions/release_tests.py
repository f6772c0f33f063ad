# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""Runs the tests of a release: the hooks of the event ``test`` of its newest revision.

Helm: ``pkg/action/release_testing.go``. They run by weight, then name, and the first failure ends the run, as in Helm; the record notes
each result. Logs are read when all have ended and before anything is deleted. Unlike Helm, the name of a test that does not exist is an
error, logs of Jobs are read as well, and a release that is uninstalled is refused.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from ..access.permissions import check_records
from ..aliases import JsonObject
from ..apply.hook_owners import check_hook_owners
from ..chart.names import validate_namespace, validate_release_name
from ..errors import EngineError, OptionError, ReleaseError
from ..lock.session import enter, locked, settle
from ..plan.build import hooks as hook_steps
from ..plan.build import record_update
from ..plan.model import Locking, Outcome, Ports
from ..plan.operation import Plan
from ..plan.state import Name, before_inputs
from ..release.history import History
from ..release.model import Release, Status
from ..release.records import from_record
from ..render.model import Hook
from .failure import reworded
from .hooks import HookRunner
from .journal import Journal

EVENT = "test"


@dataclass(frozen=True)
class ReleaseTestRequest:
    """A request to run tests.

    ``only``: names of tests to run, empty: all. ``without``: names to leave out. ``logs``: read their output.
    """

    name: str
    namespace: str
    only: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    logs: bool = False
    timeout: float = 300.0
    locking: Locking = field(default_factory=Locking)


def run_tests(request: ReleaseTestRequest, ports: Ports, *, check: bool = False) -> Outcome:
    """Runs the tests of a release.

    ``Outcome.tests``: each with ``name``, ``kind``, ``phase``, ``started_at``, ``completed_at``, ``logs``.

    :param check: list the tests that would run; write nothing.
    :raises ReleaseNotFound: no such release. :raises OptionError: a name that no test has.
    :raises ClusterError: a test failed; ``fields["tests"]`` holds each result, ``fields["objects"]`` the reasons.
    """
    validate_release_name(request.name)
    validate_namespace(request.namespace)
    return locked(ports, request.namespace, request.name, request.locking, lambda inner: _run_tests(request, inner, check))


def _run_tests(request: ReleaseTestRequest, ports: Ports, check: bool) -> Outcome:
    history, _vanished = settle(ports, History.read(ports.store, request.namespace, request.name), check, over_helms=True)
    record = history.newest or history.get(0)
    release = from_record(record)  # a separate copy: hooks are noted in it
    if release.info.status is Status.UNINSTALLED:
        raise ReleaseError(
            f"Release {request.name} in namespace {request.namespace} is uninstalled (revision {release.version}); it cannot be tested",
            release=request.name,
            namespace=request.namespace,
            revision=release.version,
            status=release.info.status.value,
        )
    chosen = _chosen(request, release)
    state = before_inputs(request.name, request.namespace, release.version, release.info)
    name = (state.name if state else Name.IN_SYNC).value
    if not chosen:
        why = "has no tests" if not _tests(release) else "has no tests that are not excluded"
        return Outcome(False, Plan("none", name, f"Revision {release.version} {why}"), release, release)
    check_hook_owners(ports.cluster, chosen, (EVENT,), release)
    steps = hook_steps(chosen, EVENT, request.timeout, False)
    steps.append(record_update(release.version, release.info.status, release.info.description))
    plan = Plan("test", name, f"Revision {release.version} has {len(chosen)} tests to run", steps)
    if check:
        check_records(ports, request.namespace, request.name, ["update"])
        return Outcome(True, plan, release, release, tests=[_entry(hook, ran=False) for hook in chosen])
    ports = enter(ports, history)
    return _Run(request, ports, Journal(ports, history, release), release, chosen).run(plan)


def _tests(release: Release) -> list[Hook]:
    return [hook for hook in release.hooks if EVENT in hook.events]


def _chosen(request: ReleaseTestRequest, release: Release) -> list[Hook]:
    tests = _tests(release)
    names = {hook.name for hook in tests}
    unknown = sorted(set(request.only) - names)
    if unknown:
        there = ", ".join(sorted(names)) or "none"
        raise OptionError(
            f"Release {request.name} has no test {', '.join(unknown)}; its tests are: {there}", option="filters", known=sorted(names)
        )
    chosen = [hook for hook in tests if hook.name not in request.without and (not request.only or hook.name in request.only)]
    return sorted(chosen, key=lambda hook: (hook.weight, hook.name))


class _Run:
    """One run over the tests of a release."""

    def __init__(self, request: ReleaseTestRequest, ports: Ports, journal: Journal, release: Release, chosen: list[Hook]) -> None:
        self._request = request
        self._ports = ports
        self._journal = journal
        self._release = release
        self._chosen = chosen
        self._ran: list[Hook] = []
        self._runner = HookRunner(ports, journal, request.namespace)

    def run(self, plan: Plan) -> Outcome:
        fault: EngineError | None = None
        for step, hook in zip(plan.operations, self._chosen, strict=False):  # the step after them is the record's
            self._ran.append(hook)
            try:
                self._runner.run(step.detail, tidy=False)
            except EngineError as error:
                fault = error
                break
        self._note(fault)
        tests = [self._test_result(hook) for hook in self._chosen]
        self._finish(fault)
        if fault is not None:
            raise self._failed(fault, tests) from fault
        release = self._release
        return Outcome(True, plan, release, release, executed=True, tests=tests, hook_logs=self._runner.logs)

    def _note(self, fault: EngineError | None) -> None:
        try:
            self._journal.touch()
        except EngineError:
            if fault is None:
                raise  # otherwise report the test's own failure

    def _finish(self, fault: EngineError | None) -> None:
        self._runner.finish(EVENT, self._request.timeout, all_well=fault is None)

    def _test_result(self, hook: Hook) -> JsonObject:
        entry = _entry(hook, ran=hook in self._ran)
        if self._request.logs and hook in self._ran:
            for ref in self._runner.refs(hook):
                entry["logs"] += self._runner.logs_of(hook, ref, init=True)
        return entry

    def _failed(self, error: EngineError, tests: list[JsonObject]) -> EngineError:
        release = self._release
        fields = {
            **error.fields,
            "release": release.name,
            "namespace": release.namespace,
            "revision": release.version,
            "release_status": release.info.status.value,
            "tests": tests,
        }
        message = f"The tests of release {release.name} failed: {error.message}"
        return reworded(error, message, error.helm_message, fields)


def _entry(hook: Hook, *, ran: bool) -> JsonObject:
    last = hook.last_run
    return {
        "name": hook.name,
        "kind": hook.kind,
        "weight": hook.weight,
        "phase": last.phase if ran else "",
        "started_at": last.started_at if ran else "",
        "completed_at": last.completed_at if ran else "",
        "logs": [],
    }
