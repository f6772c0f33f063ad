# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""Input and output of a render, as plain data.

``engine`` (templates to text) and ``manifests`` (text to objects) share it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from ..aliases import JsonObject
from ..chart.model import Chart

if TYPE_CHECKING:
    from dataclasses import dataclass, field
else:
    from ..plain import dataclass, field

#: lookup(api_version, kind, namespace, name) -> object, a list object when name is empty, {} when there is none
Lookup = Callable[[str, str, str, str], JsonObject]


@dataclass
class HookExecution:
    """``last_run``: times as RFC 3339 text, empty where there was none.

    ``phase``: Unknown, Running, Succeeded, Failed or ''.
    """

    started_at: str = ""
    completed_at: str = ""
    phase: str = ""


@dataclass
class Hook:
    """One object that a release runs at an event.

    ``path`` is prefixed with the chart's name, ``manifest`` its YAML text.
    """

    name: str
    kind: str
    path: str
    manifest: str
    events: list[str] = field(default_factory=list)
    last_run: HookExecution = field(default_factory=HookExecution)
    weight: int = 0
    delete_policies: list[str] = field(default_factory=list)
    output_log_policies: list[str] = field(default_factory=list)
    extra: JsonObject = field(default_factory=dict)  # unknown keys of a stored hook


@dataclass
class ClusterQueries:
    """The questions of templates to the cluster, whose answers are inputs of the release.

    ``api_versions``: each ``.Capabilities.APIVersions.Has`` argument and its answer, or ``{"*": True}`` when the list itself
    was read. ``kube_version``: whether the version was read. ``lookups``: distinct (apiVersion, kind, namespace, name).
    ``unrepeatable``: called functions whose results differ between calls.
    """

    api_versions: dict[str, bool] = field(default_factory=dict)
    kube_version: bool = False
    lookups: list[tuple[str, str, str, str]] = field(default_factory=list)
    unrepeatable: set[str] = field(default_factory=set)


@dataclass(frozen=True)
class ReleaseOptions:
    """``.Release`` as templates see it."""

    name: str
    namespace: str = "default"
    revision: int = 1
    is_install: bool = True
    is_upgrade: bool = False


@dataclass(frozen=True)
class Manifest:
    """One object of a release: its file, its text as rendered, its metadata."""

    path: str  # "chart/templates/x.yaml"
    text: str
    api_version: str
    kind: str
    name: str


@dataclass
class Rendered:
    """A rendered chart.

    ``files``: path -> text of every template that was run (NOTES too). ``manifests`` in install order, ``hooks`` in stored
    order; ``manifest`` is the text a release stores and ``helm template`` prints (``---``, ``# Source:``, text, each).
    ``crds``: (path, text) of the files below ``crds/`` in Helm's order, where they were requested; ``manifest`` begins with them then.
    ``chart``: the chart as it was rendered (dependencies chosen, values imported), which is what Helm records.
    """

    files: dict[str, str]
    manifests: list[Manifest]
    hooks: list[Hook]
    notes: str
    manifest: str
    crds: list[tuple[str, str]] = field(default_factory=list)
    queries: ClusterQueries = field(default_factory=ClusterQueries)
    warnings: list[str] = field(default_factory=list)
    chart: Chart | None = None
