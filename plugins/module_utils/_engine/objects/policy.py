# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""The user's policy for writing objects: fields to ignore or to take over, objects to recreate.

Every default is Helm's behaviour, except for fields that an autoscaler owns: those are left to it.
Nothing here acts; ``preflight`` and ``drift`` read it.
"""

from __future__ import annotations

from collections.abc import Mapping
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from ..ports import ObjectRef
from .paths import Pattern, matches_any

if TYPE_CHECKING:
    from dataclasses import dataclass, field
else:
    from ..plain import dataclass, field

#: what can be made again without losing data
RECREATE_KINDS = ("Job",)


@dataclass(frozen=True)
class Selector:
    """Which objects. Shell patterns (``*``, ``web-?``); empty: any.

    ``kind`` may be ``Deployment`` or ``apps/Deployment``.
    """

    kind: str = ""
    name: str = ""
    namespace: str = ""

    def covers(self, ref: ObjectRef) -> bool:
        group = ref.api_version.rpartition("/")[0]
        kinds = (ref.kind, f"{group}/{ref.kind}", f"{ref.api_version}/{ref.kind}")
        return (
            (not self.kind or any(fnmatchcase(kind, self.kind) for kind in kinds))
            and (not self.name or fnmatchcase(ref.name, self.name))
            and (not self.namespace or fnmatchcase(ref.namespace, self.namespace))
        )


@dataclass(frozen=True)
class IgnoreRule:
    """Differences to ignore. Without ``paths`` whole objects."""

    selector: Selector = Selector()
    paths: tuple[Pattern, ...] = ()


@dataclass(frozen=True)
class KeepSource:
    """One entry of ``keep_generated``.

    ``keys``: paths, for Secrets and ConfigMaps ``("*", key)``; empty: all.
    """

    selector: Selector
    keys: tuple[Pattern, ...] = ()

    def __str__(self) -> str:
        return " ".join(part for part in (self.selector.kind, f"{self.selector.namespace}/{self.selector.name}".lstrip("/")) if part)


@dataclass(frozen=True)
class ApplyPolicy:
    """A user's policy. ``drift``: ignore, report, missing (create missing objects again) or correct.

    ``force_managers``, ``force_paths``: managers whose fields, and fields that, may be taken over. ``adopt``: none, listed
    (``adopt_objects``) or any. ``on_immutable``: fail, or recreate for ``recreate_kinds``. ``crds``: skip, create or create_replace on
    every action; empty: as in Helm, created by an install alone.
    """

    drift: str = "missing"
    drift_ignore: tuple[IgnoreRule, ...] = ()
    force_managers: tuple[str, ...] = ()
    force_paths: tuple[Pattern, ...] = ()
    adopt: str = "none"
    adopt_objects: tuple[Selector, ...] = ()
    on_immutable: str = "fail"
    recreate_kinds: tuple[str, ...] = RECREATE_KINDS
    crds: str = ""
    namespace_labels: Mapping[str, str] = field(default_factory=dict)
    namespace_annotations: Mapping[str, str] = field(default_factory=dict)

    def ignores(self, ref: ObjectRef, path: tuple[str | int, ...] | None = None) -> bool:
        """Whether a difference is ignored; without a path: whether the object is skipped."""
        for rule in self.drift_ignore:
            if rule.selector.covers(ref) and (not rule.paths or (path is not None and matches_any(rule.paths, path))):
                return True
        return False

    def inputs(self) -> dict[str, str]:
        """What belongs to a release's inputs: when it changes there is something to do.

        Empty for Helm's own ways.
        """
        return {"crds": self.crds} if self.crds in ("create", "create_replace") else {}

    def may_adopt(self, ref: ObjectRef) -> bool:
        return self.adopt == "any" or (self.adopt == "listed" and any(item.covers(ref) for item in self.adopt_objects))

    def may_take(self, manager: str, path: tuple[str | int, ...]) -> bool:
        """Whether a field of that manager may be taken over."""
        return any(fnmatchcase(manager, name) for name in self.force_managers) or matches_any(self.force_paths, path)
