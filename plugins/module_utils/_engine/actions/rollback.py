# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""Rolls a release back to an earlier revision (Helm: ``pkg/action/rollback.go``).

Nothing is rendered: the new revision is a copy of the old one's chart, values, manifest, hooks, notes and labels, and is applied like an
upgrade from the newest revision's manifest. Revision 0 is the one before the newest, whatever its status, as Helm counts.

A rollback ignores a pending revision, so that it can repair a release whose writer died. When the newest revision is deployed, has the
target's content, and its objects exist, nothing is done (Helm makes one more revision of the same); with revision 0 there is always
something to do, since "the one before" moves with each rollback.

When it fails, Helm marks the deployed revision as superseded although no other revision replaces it; here its status stays, so that
history still shows which revision worked last.
"""

from __future__ import annotations

from copy import deepcopy
from functools import partial

from ..access.permissions import check_namespaces, check_records, events_of, record_verbs
from ..apply.build import build
from ..apply.client_side import client_side, method_of, replaced
from ..apply.hook_owners import check_hook_owners
from ..apply.missing import find_missing
from ..apply.observe import Observed, Older, observe
from ..apply.preflight import preflight
from ..chart.names import validate_namespace, validate_release_name
from ..errors import EngineError, OptionError, ReleaseNotFound
from ..lock.session import enter, locked, settle
from ..plain import replace
from ..plan.build import Situation, build_release
from ..plan.model import Outcome, Ports, RollbackRequest
from ..plan.operation import Plan
from ..plan.state import Name, State, after_inputs, before_inputs
from ..release.codec import go_time
from ..release.compare import same_chart, same_values
from ..release.history import History, record_status
from ..release.inputs import ANNOTATION
from ..release.model import Info, Release, Status
from ..release.records import from_record
from ..release.size import check_size
from ..release.status import GOOD
from .cleanup import clean_up, is_updating
from .execute import Execution, predict
from .failure import failed, mark_failed
from .journal import Journal
from .options import check_description, check_server_side, one_of
from .undo import undo_of

_FAILURE = 'Rollback "{name}" failed: {error}'


def rollback(request: RollbackRequest, ports: Ports, *, check: bool = False) -> Outcome:
    """Rolls a release back to an earlier revision, which becomes its next one.

    :param check: decide and plan, ask the server, write nothing.
    :raises ReleaseNotFound: no such release, or no such revision.
    :raises ClusterError: a step failed; the new revision is recorded as failed. Fields as in ``converge``.
    """
    validate_release_name(request.name)
    validate_namespace(request.namespace)
    return locked(ports, request.namespace, request.name, request.locking, lambda inner: _rollback(request, inner, check))


def _rollback(request: RollbackRequest, ports: Ports, check: bool) -> Outcome:
    check_server_side(request.server_side)
    check_description(request.description)
    one_of("on_failure", request.on_failure, ("keep", "rollback"))
    if request.revision < 0:
        raise OptionError("revision cannot be negative; 0 is the one before the newest", helm="invalid release revision", option="revision")
    history, vanished = settle(ports, History.read(ports.store, request.namespace, request.name), check, over_helms=True)
    number = request.revision or _before(request, history)
    target_record = history.get(number)
    readable, unread = history.newest_readable()
    newest = history.decode(readable) if readable else None
    target = from_record(target_record)  # a separate copy: hooks are noted in it
    if newest is None:
        raise OptionError("a release without records cannot be rolled back", option="revision")
    if request.revision and not unread and not _differs(ports, newest, target):
        state = after_inputs(request.name, request.namespace, newest.version, "", [])
        reason = f"Revision {newest.version} is deployed and equal to revision {number}, and all its objects exist"
        return Outcome(False, Plan("none", state.name.value, reason), newest, newest)
    release = _pending(request, ports, history, newest, target)
    check_size(release, ports.store)
    if not request.disable_hooks:
        check_hook_owners(ports.cluster, release.hooks, ("pre-rollback", "post-rollback"), release)
    built = build(ports.cluster, release.manifest, request.namespace)
    older, faults = _older(history, newest)
    observed = observe(ports.cluster, built, request.name, request.namespace, older, unowned=True, action="rollback")
    running = [] if request.disable_hooks else events_of(release.hooks, "rollback")
    there = [ref for ref, live in observed.live_objects.items() if live is not None]
    left = {item.ref for item in built} - {target.ref for target in observed.targets}
    check_namespaces(ports.cluster, [item for item in built if item.ref not in left], there, running, request.namespace)
    check_records(ports, request.namespace, request.name, record_verbs(check=check, pruned=bool(history.prune(request.history_max))))
    observed.warnings += [
        f"{fault.rstrip('.')}. Objects that only this revision created are unknown and are not deleted" for fault in faults
    ]
    observed.removals = [ref for ref in observed.removals if ref not in request.spared]
    if request.force:
        observed.targets = replaced(observed.targets)
    elif release.apply_method == "csa":
        observed.targets = client_side(observed, {item.ref: item.object for item in built}, request.policy, force=request.force_conflicts)
    observed.targets = preflight(ports.cluster, observed, request.policy, force=request.force_conflicts)
    steps = build_release(_situation(request, history, release, observed))
    plan = Plan("rollback", Name.INTERRUPTED.value if vanished else _state_name(request, newest), f"Revision {number} was requested", steps)
    if check:
        predict(ports, plan, observed.live_objects, skip={})
        return Outcome(True, plan, newest, release.with_status(Status.DEPLOYED), warnings=observed.warnings)
    if not request.revision:
        request = replace(request, revision=number)
    return _execute(ports, request, history, plan, release, observed, newest, target_record.annotations.get(ANNOTATION, ""))


def _before(request: RollbackRequest, history: History) -> int:
    """The revision before the newest, for a request that names none.

    :raises ReleaseNotFound: there is no release, or it has no earlier revision.
    """
    newest = history.newest
    if newest is None or len(history.records) > 1:
        return newest.revision - 1 if newest else 0
    raise ReleaseNotFound(
        f"Release {request.name} has only one revision, there is nothing to roll back to.",
        helm=f"release has no {newest.revision - 1} version",
        release=request.name,
        namespace=request.namespace,
        revision=newest.revision,
        revisions=history.revisions,
    )


def _differs(ports: Ports, newest: Release, target: Release) -> bool:
    if newest.info.status is not Status.DEPLOYED:
        return True
    if newest.version != target.version:
        hooks = [(hook.path, hook.manifest) for hook in newest.hooks] == [(hook.path, hook.manifest) for hook in target.hooks]
        same = newest.manifest == target.manifest and same_values(newest.config, target.config) and same_chart(newest.chart, target.chart)
        if not (same and hooks):
            return True
    return bool(find_missing(ports.cluster, newest).missing)


def _state_name(request: RollbackRequest, newest: Release) -> str:
    state = before_inputs(request.name, request.namespace, newest.version, newest.info)
    found = state or State(after_inputs(request.name, request.namespace, newest.version, "another revision was requested", []).name, "", "")
    return found.name.value


def _pending(request: RollbackRequest, ports: Ports, history: History, newest: Release, target: Release) -> Release:
    return replace(
        target,
        version=history.next_revision,
        info=Info(
            first_deployed=newest.info.first_deployed,
            last_deployed=go_time(ports.clock.now()),
            description=request.description or f"Rollback to {target.version}",
            status=Status.PENDING_ROLLBACK,
            rollback_revision=target.version,
            notes=target.info.notes,
        ),
        hooks=deepcopy(target.hooks),
        apply_method=method_of("false" if request.force else request.server_side, target.apply_method),
    )


def _older(history: History, newest: Release) -> tuple[list[Older], list[str]]:
    """The newest manifest, and, if that revision did not succeed, those before it down to one that did.

    Also a sentence for each revision that cannot be read.
    """
    settled = newest.info.status in (Status.DEPLOYED, Status.SUPERSEDED)
    older = [Older(newest.manifest, certain=settled)]
    records = [record for record in history.unsettled() if record.revision != newest.version]
    releases, faults = history.readable(records)
    good = {record.revision for record in records if record_status(record) in GOOD}
    return older + [Older(release.manifest, certain=release.version in good) for release in releases], faults


def _situation(request: RollbackRequest, history: History, release: Release, observed: Observed) -> Situation:
    pruned = history.prune(request.history_max)
    return Situation(
        event="rollback",
        release=release,
        targets=observed.targets,
        removals=observed.removals,
        pruned=pruned,
        superseded=history.all_deployed,
        disable_hooks=request.disable_hooks,
        wait=request.wait or request.on_failure != "keep",
        wait_for_jobs=request.wait_for_jobs,
        timeout=request.timeout,
        force_conflicts=request.force_conflicts,
        waiting=request.waiting,
    )


def _execute(
    ports: Ports, request: RollbackRequest, history: History, plan: Plan, release: Release, observed: Observed, newest: Release, inputs: str
) -> Outcome:
    ports = enter(ports, history)
    journal = Journal(ports, history, release)
    execution = Execution(ports, journal, request.namespace, observed.live_objects, inputs)
    try:
        execution.run(plan)
    except EngineError as error:
        if not execution.recorded and not journal.created_after_all():
            raise
        undo = undo_of(request, ports, history, "rollback", [target.ref for target in observed.targets if target.adopted], rollback)
        clean = None
        if request.cleanup_on_fail and is_updating(execution.step):
            clean = partial(clean_up, ports.cluster, execution.created, release)
        raise failed(journal, error, _FAILURE, undo, clean) from error
    except BaseException as error:
        if execution.recorded or journal.created_after_all():
            mark_failed(journal, _FAILURE.format(name=release.name, error=f"interrupted ({type(error).__name__})"))
        raise
    return Outcome(True, plan, newest, journal.release, executed=True, warnings=observed.warnings, hook_logs=execution.hook_logs)
