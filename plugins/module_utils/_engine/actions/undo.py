# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""Does what ``on_failure`` says about a failed release.

Helm: ``--rollback-on-failure``, older ``--atomic``. A rollback that fails is undone like an upgrade, by another rollback to the revision
that worked last.

========= ============================= ===================================================
           a first install               an upgrade
========= ============================= ===================================================
keep      stays as it is, failed        stays as it is, failed; the older revision is deployed
rollback  is uninstalled, as Helm does  is rolled back to the last revision that worked
uninstall is uninstalled                is uninstalled
========= ============================= ===================================================

The evidence of the failure is collected before, since a rollback deletes it. Objects that the failed revision adopted are not removed
with it, by an uninstall or by a rollback: they stay, as the failed revision left them, and are named in ``remaining``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from ..aliases import JsonObject
from ..errors import OptionError
from ..plan.model import Outcome, Ports, ReleaseRequest, RollbackRequest, UninstallRequest
from ..ports import ObjectRef
from ..release.history import History
from .failure import Undo

#: executes a rollback (``rollback.rollback``)
RollBack = Callable[[RollbackRequest, Ports], Outcome]


def undo_of(
    request: ReleaseRequest | RollbackRequest,
    ports: Ports,
    history: History,
    event: str,
    adopted: Iterable[ObjectRef],
    roll_back: RollBack,
) -> Undo | None:
    """The function to call when the release has failed; ``None``: leave it as it is.

    :param history: as it was before. :param event: install, upgrade or rollback.
    :param adopted: objects that existed and did not belong to the release. :param roll_back: executes a rollback.
    """
    if request.on_failure == "keep":
        return None
    spared = list(adopted)
    if request.on_failure == "rollback" and event != "install":
        return lambda: _back(request, ports, history, spared, roll_back)
    return lambda: _away(request, ports, spared)


def _away(request: ReleaseRequest | RollbackRequest, ports: Ports, spared: list[ObjectRef]) -> JsonObject:
    from .uninstall import uninstall

    uninstall(
        UninstallRequest(
            request.name,
            request.namespace,
            wait=True,
            timeout=request.timeout,
            disable_hooks=request.disable_hooks,
            waiting=request.waiting,
            spared=frozenset(spared),
            locking=request.locking,
        ),
        ports,
    )
    return _with_remaining({"action": "uninstall"}, spared)


def _with_remaining(facts: JsonObject, remaining: list[ObjectRef]) -> JsonObject:
    return {**facts, "kept": [str(ref) for ref in sorted(remaining)]} if remaining else facts


def _back(
    request: ReleaseRequest | RollbackRequest, ports: Ports, history: History, spared: list[ObjectRef], roll_back: RollBack
) -> JsonObject:
    good = history.last_good()
    if good is None:
        raise OptionError(
            "there is no earlier successful revision",
            helm="unable to find a previously successful release when attempting to rollback",
        )
    if isinstance(request, RollbackRequest) and good.revision == request.revision:
        raise OptionError(f"revision {good.revision} is the last successful revision, and is the one that was rolled back to")
    back = RollbackRequest(
        request.name,
        request.namespace,
        revision=good.revision,
        wait=True,
        wait_for_jobs=request.wait_for_jobs,
        timeout=request.timeout,
        disable_hooks=request.disable_hooks,
        history_max=request.history_max,
        server_side=request.server_side,
        force_conflicts=request.force_conflicts,
        force=request.force,
        waiting=request.waiting,
        policy=request.policy,
        spared=frozenset(spared),
        locking=request.locking,
    )
    outcome = roll_back(back, ports)
    facts = {"action": "rollback", "to": good.revision, "revision": outcome.release.version if outcome.release else 0}
    deleted = {step.ref for step in outcome.plan.operations if step.verb == "delete"}
    return _with_remaining(facts, [ref for ref in spared if ref not in deleted])
