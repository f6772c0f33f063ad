# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""Requests to the engine and its results: plain data, no Ansible."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from ..aliases import Json, JsonObject, Object
from ..chart.model import Chart
from ..errors import ReleaseBusy
from ..objects.policy import ApplyPolicy, KeepSource
from ..ports import Clock, Cluster, CompiledCache, ObjectRef, Random, Record, ReportProgress, Store
from ..release.history import History
from ..release.model import Release
from ..render.post_render import PostRendering
from .operation import Plan


def _hide_nothing(texts: Json) -> None:
    """The default of ``hide``: the secret texts are not recorded."""


@dataclass(frozen=True)
class Ports:
    """The ports that an action needs.

    ``who``: this process (``HOST/PID``), shown to other clients that meet its lock; empty: no lock is taken (a store of one process).
    ``lease_seconds``: seconds until a lock without renewal expires. ``lock``: that of the action under way.
    ``report_progress``: called with the progress of a wait (``ports.ReportProgress``), whenever that has changed.
    """

    store: Store
    cluster: Cluster
    clock: Clock
    random: Random
    cache: CompiledCache | None = None
    who: str = ""
    lease_seconds: float = 60.0
    lock: LockSession | None = None
    report_progress: ReportProgress | None = None


@dataclass(frozen=True)
class Locking:
    """What to do when another client works on the same release.

    ``if_busy``: wait, up to ``lock_timeout`` seconds, or fail. ``pending_expiry``: seconds without a change after which a pending revision
    of helm counts as left behind; 0: never.
    """

    if_busy: str = "wait"
    lock_timeout: float = 300.0
    pending_expiry: float = 3600.0


class LockSession(ABC):
    """The lock of one release during one action, acquired or not (``locking``).

    ``entered``: the action has reached its first write. ``assumed_gone``: in check mode, the pending record whose writer is gone.
    """

    options: Locking
    entered: bool = False
    assumed_gone: str = ""

    @property
    @abstractmethod
    def holder(self) -> str:
        """The id of this action while it holds the lock, else empty."""

    @property
    @abstractmethod
    def held(self) -> bool:
        """Whether this action holds the lock."""

    @property
    @abstractmethod
    def unavailable(self) -> bool:
        """Whether Leases cannot be used in this namespace."""

    @property
    @abstractmethod
    def cluster(self) -> Cluster:
        """The cluster to write through: it renews the lock."""

    @abstractmethod
    def acquire(self, history: History, owner: Record | None = None) -> bool:
        """Acquires the lock, and leaves a gap for helm where that is due.

        Returns whether another task held it.

        :param owner: the record whose deletion ends the release, in an uninstall, which leaves no gap.
        :raises ReleaseBusy: another task holds it.
        """

    @abstractmethod
    def acquire_later(self) -> None:
        """Take the lock as soon as this action has created the namespace."""

    @abstractmethod
    def other_lease(self) -> tuple[Object | None, bool]:
        """Another task's Lease, and whether its holder is gone."""

    @abstractmethod
    def wait(self, live: Object) -> None:
        """Wait a little for the holder of a Lease. Raises ``ReleaseBusy`` where waiting is over."""

    @abstractmethod
    def wait_for_record(self, busy: ReleaseBusy) -> None:
        """Wait a little for the writer of a pending record. Raises ``busy`` where waiting is over."""


@dataclass(frozen=True)
class ReleaseRequest:
    """``state: present``: this chart with these values, as this release.

    ``values``: the user's values, all sources merged (Helm's ``config``). ``timeout``: seconds, per phase as Helm counts.
    ``values_mode``: reset, reuse or reset_then_reuse. ``on_failure``: keep, rollback (of a first install: uninstall), uninstall.
    ``server_side``: auto (as the last revision was made; new ones server-side), true, false. ``waiting``: the task's own rules for
    its waits, as ``rules.Rules`` reads them. ``force``: existing objects are replaced whole, client-side.
    ``cleanup_on_fail``: objects that a failed upgrade has created are deleted. ``subchart_notes``: those of
    subcharts are part of the release's notes.
    ``keep``: the sources of generated values to preserve (``keep_generated``); ``hide`` is called with those values.
    """

    name: str
    namespace: str
    chart: Chart
    values: JsonObject = field(default_factory=dict)
    values_mode: str = "reset"
    create_namespace: bool = False
    wait: bool = False
    wait_for_jobs: bool = False
    timeout: float = 300.0
    on_failure: str = "keep"
    disable_hooks: bool = False
    skip_crds: bool = False
    skip_schema_validation: bool = False
    subchart_notes: bool = False
    cleanup_on_fail: bool = False
    history_max: int = 10
    take_ownership: bool = False
    server_side: str = "auto"
    force_conflicts: bool = False
    force: bool = False
    description: str = ""
    waiting: Mapping[str, Json] = field(default_factory=dict)
    labels: dict[str, str] = field(default_factory=dict)
    policy: ApplyPolicy = field(default_factory=ApplyPolicy)
    post: PostRendering = field(default_factory=PostRendering)
    keep: tuple[KeepSource, ...] = ()
    hide: Callable[[Json], None] = _hide_nothing
    approve: Callable[[Outcome], None] | None = None  # called with the predicted outcome, before the first write; raises to stop it
    locking: Locking = Locking()


@dataclass(frozen=True)
class RollbackRequest:
    """``revision`` 0: the one before the newest, as Helm counts. ``description``: empty: Helm's words.

    ``spared``: are not deleted. ``force``: objects that are there are replaced whole, client-side. ``on_failure``: keep, or rollback to the
    revision that worked last. ``cleanup_on_fail``: objects that it has created are deleted where applying fails.
    """

    name: str
    namespace: str
    revision: int = 0
    wait: bool = False
    wait_for_jobs: bool = False
    timeout: float = 300.0
    disable_hooks: bool = False
    history_max: int = 10
    server_side: str = "auto"
    force_conflicts: bool = False
    force: bool = False
    on_failure: str = "keep"
    cleanup_on_fail: bool = False
    description: str = ""
    waiting: Mapping[str, Json] = field(default_factory=dict)
    policy: ApplyPolicy = field(default_factory=ApplyPolicy)
    spared: frozenset[ObjectRef] = frozenset()
    locking: Locking = Locking()


@dataclass(frozen=True)
class UninstallRequest:
    """A request to uninstall a release.

    ``keep_history``: the records stay, the newest marked uninstalled, with ``description`` (empty: Helm's words). ``spared``: objects to
    keep. ``cascade``: background, foreground or orphan; empty: foreground with ``wait``, so that it waits for dependents too, else
    background.
    """

    name: str
    namespace: str
    keep_history: bool = False
    wait: bool = False
    timeout: float = 300.0
    disable_hooks: bool = False
    description: str = ""
    cascade: str = ""
    waiting: Mapping[str, Json] = field(default_factory=dict)
    spared: frozenset[ObjectRef] = frozenset()
    locking: Locking = Locking()


@dataclass
class Outcome:
    """The result of an action.

    ``release``: the newest revision afterwards (in check mode: as it would be), ``None`` when there is none.
    ``before``: the newest revision before. ``executed`` is ``False`` in check mode and where there was nothing to do.

    ``regenerated``: objects with values that each run generates again (``plan.saved.object_key``), where that was checked.
    ``drift``: objects that differ from what was applied, ``None`` where that was not requested (``drift.Drifted.data``).
    ``preserved``: where preserved generated values are, ``None`` without ``keep_generated``.

    ``hook_logs``: the output of hooks whose log policy requests it. ``tests``: the results of tests.
    ``leftovers``: what an uninstall leaves behind by design.
    """

    changed: bool
    plan: Plan
    before: Release | None = None
    release: Release | None = None
    executed: bool = False
    warnings: list[str] = field(default_factory=list)
    drift: list[JsonObject] | None = None
    regenerated: tuple[str, ...] = ()
    preserved: list[str] | None = None
    hook_logs: list[JsonObject] = field(default_factory=list)
    tests: list[JsonObject] = field(default_factory=list)
    leftovers: list[dict[str, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.warnings = list(dict.fromkeys([*self.warnings, *self.plan.warnings]))
