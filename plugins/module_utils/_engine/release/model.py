# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""A release in memory (Helm: ``pkg/release/v1``): plain data.

``codec`` encodes it as a record's text and decodes that.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import Enum

from ..aliases import JsonObject
from ..render.model import Hook


class Status(str, Enum):
    """Helm's words for the state of a revision."""

    UNKNOWN = "unknown"
    DEPLOYED = "deployed"
    UNINSTALLED = "uninstalled"
    SUPERSEDED = "superseded"
    FAILED = "failed"
    UNINSTALLING = "uninstalling"
    PENDING_INSTALL = "pending-install"
    PENDING_UPGRADE = "pending-upgrade"
    PENDING_ROLLBACK = "pending-rollback"

    @property
    def is_pending(self) -> bool:
        return self in (Status.PENDING_INSTALL, Status.PENDING_UPGRADE, Status.PENDING_ROLLBACK)


@dataclass
class Info:
    """Times are RFC 3339 text with nanoseconds, as Go prints them; empty: none."""

    first_deployed: str = ""
    last_deployed: str = ""
    deleted: str = ""
    description: str = ""
    status: Status = Status.UNKNOWN
    rollback_revision: int = 0
    notes: str = ""
    extra: JsonObject = field(default_factory=dict)  # unknown keys of the stored JSON


@dataclass
class Release:
    """One revision.

    ``chart`` is the stored chart as JSON (``codec.chart_json``), kept as it was read, so that no field of Helm's is lost when a record is
    rewritten; ``extra`` keeps unknown top-level keys.
    """

    name: str
    namespace: str
    version: int
    info: Info = field(default_factory=Info)
    chart: JsonObject = field(default_factory=dict)
    config: JsonObject = field(default_factory=dict)
    manifest: str = ""
    hooks: list[Hook] = field(default_factory=list)
    apply_method: str = ""  # "ssa", "csa"; empty: Helm 3, the same as csa
    labels: dict[str, str] = field(default_factory=dict)  # user labels; on the record, not in the JSON
    extra: JsonObject = field(default_factory=dict)

    @property
    def chart_name(self) -> str:
        return str((self.chart.get("metadata") or {}).get("name", ""))

    @property
    def chart_version(self) -> str:
        return str((self.chart.get("metadata") or {}).get("version", ""))

    @property
    def app_version(self) -> str:
        return str((self.chart.get("metadata") or {}).get("appVersion", ""))

    def with_status(self, status: Status, description: str | None = None) -> Release:
        """The same revision in another state."""
        info = replace(self.info, status=status)
        if description is not None:
            info = replace(info, description=description)
        return replace(self, info=info)
