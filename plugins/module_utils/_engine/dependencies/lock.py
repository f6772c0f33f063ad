# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""Lock files: their names, texts and digests.

Helm: ``internal/resolver``, ``pkg/downloader/manager.go``.

The digest of a lock covers the dependencies that the chart declares, with the URLs of repositories in place of their names, and those of
the lock. Helm 2 computed it from the declared dependencies alone; charts of format v1 may still have such a lock.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from ..aliases import Json
from ..chart.metadata import dependency_tree, lock_tree
from ..chart.model import Chart, Dependency, Lock, Metadata
from ..errors import ChartLoadError
from ..gotypes.values import Members
from ..yamlio.dump import dumps
from ..yamlio.gojson import json_dumps


def lock_name(metadata: Metadata) -> str:
    """The name of the lock file of a chart."""
    return "requirements.lock" if metadata.api_version == "v1" else "Chart.lock"


def declared_in(metadata: Metadata) -> str:
    """The file in which a chart declares its dependencies."""
    return "requirements.yaml" if metadata.api_version == "v1" else "Chart.yaml"


def lock_digest(required: Sequence[Dependency] | None, locked: Sequence[Dependency] | None) -> str:
    """The digest of a lock (Helm: ``HashReq``).

    ``None`` is a list that does not exist, which is not the same as an empty one.
    """
    return _digest([_trees(required), _trees(locked)])


def helm2_digest(required: Sequence[Dependency] | None) -> str:
    """The digest that Helm 2 wrote (Helm: ``HashV2Req``), of dependencies as they are declared."""
    return _digest({"dependencies": _trees(required)})


def check_lock(chart: Chart, resolved: Sequence[Dependency]) -> None:
    """Raises ``ChartLoadError`` for a lock that does not belong to the declared dependencies.

    :param resolved: the declared dependencies, with URLs in place of the names of repositories.
    """
    metadata, lock = chart.metadata, chart.lock or Lock()
    digest = lock_digest(given(metadata, resolved), lock.dependencies if lock.has_dependencies or lock.dependencies else None)
    if digest == lock.digest:
        return
    legacy = metadata.api_version == "v1"
    if legacy and helm2_digest(given(metadata, metadata.dependencies)) == lock.digest:
        return
    file, declared = lock_name(metadata), declared_in(metadata)
    hint = "" if legacy else " with 'helm dependency update'"
    raise ChartLoadError(
        f"{file} of {chart.name} is out of sync with the dependencies in {declared}. Resolve them again with state: latest.",
        helm=f"the lock file ({file}) is out of sync with the dependencies file ({declared}). Please update the dependencies{hint}",
        chart=chart.name,
        file=file,
        digest=lock.digest,
        expected=digest,
    )


def given(metadata: Metadata, dependencies: Sequence[Dependency]) -> Sequence[Dependency] | None:
    """The dependencies, or ``None`` for a chart without a list of them."""
    return dependencies if metadata.has_dependencies else None


def lock_file(lock: Lock) -> bytes:
    """The text of a lock file."""
    return dumps(lock_tree(lock)).encode("utf-8", "surrogateescape")


def _trees(dependencies: Sequence[Dependency] | None) -> Json:
    return None if dependencies is None else [Members(dependency_tree(one)) for one in dependencies]


def _digest(tree: Json) -> str:
    return f"sha256:{hashlib.sha256(json_dumps(tree).encode('utf-8', 'surrogatepass')).hexdigest()}"
