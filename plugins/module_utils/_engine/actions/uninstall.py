# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""``state: absent``: uninstalls a release (Helm 4: ``pkg/action/uninstall.go``).

Deletes the objects of the newest revision's manifest, in uninstall order. Objects whose manifest says ``helm.sh/resource-policy: keep``
(any case, spaces around it) are kept; those with any other policy are not deleted (as in Helm), nor those whose live annotations name
another owner; each with a warning. An object that cannot be read (its API is down, or RBAC forbids it) may exist: nothing is deleted
then, and the record stays. An object whose kind is no longer served is gone, with a warning. Records are deleted last, so that a removal
that stops halfway is found again: the newest record is then ``uninstalling``, and another run removes the rest.

A pending release can be removed, so that a release whose writer died can be repaired. Without a release there is nothing to do.
"""

from __future__ import annotations

from ..access.permissions import check_records
from ..aliases import Object
from ..apply.build import build_known, read_known, with_fresh_kinds
from ..apply.hook_owners import check_hook_owners
from ..chart.names import validate_namespace, validate_release_name
from ..errors import EngineError, Forbidden, ReleaseError
from ..lock.session import enter, locked, settle
from ..objects.ownership import KEEP, owner_text, ownership_fault, policy_of
from ..plan.build import Removal, build_uninstall, record_delete
from ..plan.model import Outcome, Ports, UninstallRequest
from ..plan.operation import Plan
from ..plan.state import Name, before_inputs
from ..ports import ObjectRef, Record
from ..release.codec import go_time
from ..release.history import History, record_status
from ..release.model import Release, Status
from ..release.records import from_record
from .execute import Execution, predict
from .failure import reworded
from .journal import Journal
from .leftovers import leftovers
from .options import check_description


def uninstall(request: UninstallRequest, ports: Ports, *, check: bool = False) -> Outcome:
    """Uninstalls a release.

    :param check: decide and plan, write nothing.
    :raises ClusterError: a step failed; the record stays ``uninstalling`` and the next run continues.
    """
    validate_release_name(request.name)
    validate_namespace(request.namespace)
    check_description(request.description)
    return locked(ports, request.namespace, request.name, request.locking, lambda inner: _uninstall(request, inner, check))


def _uninstall(request: UninstallRequest, ports: Ports, check: bool) -> Outcome:
    history, vanished = settle(ports, History.read(ports.store, request.namespace, request.name), check, over_helms=True)
    if history.newest is None:
        reason = f"Release {request.name} does not exist in namespace {request.namespace}"
        return Outcome(False, Plan("none", Name.ABSENT.value, reason))
    record, unread = _readable(request, history)
    newest = history.decode(record)
    if newest.info.status is Status.UNINSTALLED:
        return _purge(request, ports, history, newest, check)
    state = before_inputs(request.name, request.namespace, newest.version, newest.info)
    release = _uninstalling(ports, from_record(record))
    if not request.disable_hooks:
        check_hook_owners(ports.cluster, release.hooks, ("pre-delete", "post-delete"), release)
    others, faults = history.readable(other for other in history.unsettled() if other.revision < record.revision)
    older = [other.manifest for other in others]
    unread += faults
    refs, live_objects, warnings = with_fresh_kinds(ports.cluster, lambda fresh: _doomed(ports, release, older, fresh))
    warnings += [f"{fault.rstrip('.')}. Objects that only this revision created are unknown and are not deleted" for fault in unread]
    refs = [ref for ref in refs if ref not in request.spared]
    check_records(ports, request.namespace, request.name, _verbs(request, check))
    removal = Removal(
        release=release,
        refs=refs,
        records=history.records,
        deployed=history.all_deployed,
        keep_history=request.keep_history,
        disable_hooks=request.disable_hooks,
        wait=request.wait,
        timeout=request.timeout,
        description=request.description,
        cascade=request.cascade,
        waiting=request.waiting,
    )
    name = Name.INTERRUPTED if vanished else (state.name if state else Name.IN_SYNC)
    reason = f"Revision {newest.version} is {newest.info.status.value}; the requested state is absent"
    plan = Plan("uninstall", name.value, reason, build_uninstall(removal))
    after = release.with_status(Status.UNINSTALLED, request.description or "Uninstallation complete") if request.keep_history else None
    if check:
        predict(ports, plan, live_objects, skip={})
        left = leftovers(ports.cluster, release, predicted=True, disable_hooks=request.disable_hooks)
        return Outcome(True, plan, newest, after, warnings=warnings, leftovers=left)
    ports = enter(ports, history, owner=record)
    journal = Journal(ports, history, release)
    execution = Execution(ports, journal, request.namespace, live_objects)
    try:
        execution.run(plan)
    except EngineError as error:
        raise _stopped(error, release) from error
    retained = journal.release if request.keep_history else None
    left = leftovers(ports.cluster, release)
    return Outcome(True, plan, newest, retained, executed=True, warnings=warnings, hook_logs=execution.hook_logs, leftovers=left)


def _readable(request: UninstallRequest, history: History) -> tuple[Record, list[str]]:
    """The newest record that can be decoded, and a sentence for each newer one.

    :raises ReleaseError: none can be, or the decoded one does not describe the current release.
    """
    record, faults = history.newest_readable()
    settled = record is None or (faults and record_status(record) is Status.UNINSTALLED)
    if record is None or settled:
        raise ReleaseError(
            f"{faults[0].rstrip('.')}. No other revision lists the objects of the release; delete them and the records manually.",
            release=request.name,
            namespace=request.namespace,
        )
    if faults and request.keep_history:
        raise ReleaseError(
            f"{faults[0].rstrip('.')}. The history of a release whose newest revision cannot be read cannot be retained; set purge: true.",
            release=request.name,
            namespace=request.namespace,
        )
    return record, faults


def _verbs(request: UninstallRequest, check: bool) -> list[str]:
    """The verbs on records to check: those used after objects are deleted; in check mode also the others."""
    return (["update"] if check else []) + ([] if request.keep_history else ["delete"])


def _purge(request: UninstallRequest, ports: Ports, history: History, newest: Release, check: bool) -> Outcome:
    """Deletes the history of a release that is uninstalled already."""
    if request.keep_history:
        reason = f"Revision {newest.version} is already uninstalled and its history is retained"
        return Outcome(False, Plan("none", Name.UNINSTALLED.value, reason), newest, newest)
    plan = Plan(
        "uninstall",
        Name.UNINSTALLED.value,
        f"Revision {newest.version} is already uninstalled, and its history is to be deleted",
        [record_delete(record) for record in history.records],
    )
    if check:
        check_records(ports, request.namespace, request.name, ["delete"])
    else:
        ports = enter(ports, history, owner=history.newest)
        Execution(ports, Journal(ports, history, newest), request.namespace, {}).run(plan)
    return Outcome(True, plan, newest, None, executed=not check)


def _uninstalling(ports: Ports, newest: Release) -> Release:
    release = newest.with_status(Status.UNINSTALLING, "Deletion in progress (or silently failed)")
    release.info.deleted = go_time(ports.clock.now())
    return release


def _doomed(
    ports: Ports, release: Release, older: list[str], fresh: bool
) -> tuple[list[ObjectRef], dict[ObjectRef, Object | None], list[str]]:
    """The objects to delete, in order; those that exist; those that are not deleted, and why.

    :raises KindUnavailable, Forbidden: an object cannot be read and may exist, so its release's record must stay.
    """
    from ..objects.kinds import uninstall_key

    known, gone = build_known(ports.cluster, release.manifest, release.namespace)
    warnings = [f"{item} is gone: the server no longer serves its kind" for item in gone]
    named = {item.ref for item in known}
    for manifest in older:  # the newest revision did not settle: what the ones below it have made may still be there
        known += [item for item in build_known(ports.cluster, manifest, release.namespace)[0] if item.ref not in named]
        named = {item.ref for item in known}
    refs: list[ObjectRef] = []
    live_objects: dict[ObjectRef, Object | None] = {}
    for item in sorted(known, key=lambda item: uninstall_key(item.ref.kind)):
        if not item.ref.name:
            warnings.append(f"{item.path}: a {item.ref.kind} with a generated name is not deleted, since its name was not recorded")
            continue
        policy = policy_of(item.object)
        if policy is not None:
            retained = "was kept" if policy.strip().lower() == KEEP else f"was kept ({policy!r} is not a policy of Helm)"
            warnings.append(f"{item.ref} {retained} because of its annotation helm.sh/resource-policy")
            continue
        try:
            live = read_known(ports.cluster, item.ref, fresh)
        except Forbidden as error:
            message = f"Release {release.name} is not uninstalled, since the owner of {item.ref} cannot be read: {error.message}"
            raise reworded(error, message, error.helm_message, error.fields) from error
        if live is None:
            continue
        fault = ownership_fault(live, release.name, release.namespace)
        if fault:
            warnings.append(f"{item.ref} is not deleted: it {owner_text(live, release.name, release.namespace)}")
            continue
        refs.append(item.ref)
        live_objects[item.ref] = live
    return refs, live_objects, warnings


def _stopped(error: EngineError, release: Release) -> EngineError:
    fields = {
        **error.fields,
        "release": release.name,
        "namespace": release.namespace,
        "revision": release.version,
        "release_status": Status.UNINSTALLING.value,
    }
    message = f"Release {release.name} is only partly uninstalled: {error.message.rstrip('.')}; run the task again to delete the rest"
    return reworded(error, message, f"failed to delete release: {release.name}", fields)
