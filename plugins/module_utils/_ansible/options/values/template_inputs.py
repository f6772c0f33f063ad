# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""Inputs of ``chart_template``: the name of the release, and the cluster with ``dry_run: server``.

Helm: ``pkg/cmd/template.go`` and ``Install.NameAndChart``. With a cluster templates see its version and its kinds, ``lookup`` finds its
objects, and the objects of the chart must not belong to another owner. Nothing is written.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...._engine.errors import OptionError
from ...._engine.render.capabilities import Capabilities
from ...._engine.render.model import Lookup, Rendered
from ...task import Task

if TYPE_CHECKING:
    from ...._engine.ports import Reader

#: what Helm calls a release that is only rendered, with ``--generate-name`` too
DEFAULT_NAME = "release-name"


def release_name_of(task: Task) -> str:
    """The name of the release, not validated yet.

    Raises ``OptionError``: two options set it, or ``name_template`` fails.
    """
    for option in ("name_template", "generate_name"):
        if task.get(option) and task.get("release_name") is not None:
            raise OptionError(
                f"release_name and {option} are mutually exclusive; set one of them.",
                helm=f"cannot set --{option.replace('_', '-')} and also specify a name",
                option=option,
            )
    if task.get("name_template"):
        from ...._adapters.clock import SystemClock, SystemRandom
        from ...._engine.render.release_name import name_from_template  # late: hardly any task has one

        return name_from_template(str(task["name_template"]), SystemRandom(), SystemClock())
    return str(task.get("release_name", DEFAULT_NAME))


def cluster_of(task: Task) -> Reader | None:
    """The cluster to render with, ``None`` without ``dry_run: server``. No request is sent.

    :raises OptionError: options that only apply without a cluster. :raises ClusterConfigError: no cluster is configured.
    """
    if task.get("dry_run") != "server":
        return None
    for option in ("kube_version", "api_versions"):
        if task.get(option):
            raise OptionError(
                f"{option} and dry_run: server are mutually exclusive, since the cluster determines the API versions; remove one of them.",
                option=option,
            )
    from ...._adapters.kube.client import connect
    from ...._adapters.kube.config.options import from_params

    return connect(from_params(task.params, task.environ))


def capabilities_of(task: Task, cluster: Reader | None) -> Capabilities:
    """The content of ``.Capabilities``."""
    if cluster is not None:
        return Capabilities.of_cluster(cluster)
    versions = tuple(str(version) for version in task.get("api_versions", []))
    return Capabilities.default(kube_version=task.get("kube_version"), api_versions=versions)


def lookup_of(cluster: Reader | None) -> Lookup | None:
    """The function behind ``lookup``; without a cluster it finds nothing."""
    if cluster is None:
        return None
    from ...._engine.apply.lookups import lookup_result

    return lambda api_version, kind, namespace, name: lookup_result(cluster, api_version, kind, namespace, name)


def check_objects(task: Task, cluster: Reader, rendered: Rendered, name: str, namespace: str) -> None:
    """Refuses what an installation would refuse. For an upgrade Helm makes no such check.

    :raises ReleaseError: an object belongs to another owner. :raises UnknownKind: the server does not know a kind.
    """
    from ...._engine.apply.build import build
    from ...._engine.apply.observe import observe

    built = build(cluster, rendered.manifest, namespace)
    if not task["is_upgrade"]:
        observe(cluster, built, name, namespace, take_ownership=bool(task["take_ownership"]))
