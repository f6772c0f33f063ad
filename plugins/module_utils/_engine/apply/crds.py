# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""The CRDs of ``crds/``, and a cluster that serves their kinds before they exist.

Helm creates them before it renders, so that ``.Capabilities`` knows their kinds, and leaves them behind when the chart then does not
render. Here the render uses the cluster *as it will be*: a port to the real one that adds the kinds of those CRDs. So check mode renders
what the run renders, and a chart that fails leaves nothing. Existing CRDs are not changed (as in Helm), unless a task requests it: an
upgrade of a CRD affects every custom resource in the cluster, not only this release.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager

from ..aliases import Json, Object
from ..errors import ManifestError, UnknownKind
from ..objects.diff import object_changes
from ..objects.managers import after_migration, needs_migration
from ..plan.build import Target
from ..ports import Cluster, Event, ObjectRef, Reader, Resource, ServerVersion, Writer


def _never(_ref: ObjectRef, _live: Object) -> bool:
    return False


def crds_to_create(
    cluster: Writer, files: Sequence[tuple[str, str]], *, replace_too: bool = False, foreign: Callable[[ObjectRef, Object], bool] = _never
) -> list[Target]:
    """The CRDs to create or replace, in the order of the files. One read each.

    :param files: path and text, as ``render.manifests.crds`` gives them.
    :param replace_too: also those that exist and differ from the file; one more request each, a dry run, which also finds out what the
        server refuses (a version that objects are stored in cannot be removed).
    :param foreign: whether an existing CRD belongs to another release and must not be replaced.
    """
    from ..render.objects import parse_manifest

    targets: list[Target] = []
    for path, text in files:
        for _source, obj in parse_manifest(text):
            metadata = obj["metadata"]
            if not metadata.get("name"):
                raise ManifestError(f"{path} contains a {obj['kind']} without metadata.name", template=path)
            ref = ObjectRef(str(obj["apiVersion"]), str(obj["kind"]), "", str(metadata["name"]))
            if cluster.resource(ref.api_version, ref.kind).namespaced:
                raise ManifestError(
                    f"{path} contains a {obj['kind']}, but crds/ can only contain CustomResourceDefinitions and other cluster-wide "
                    "objects; move it to templates/",
                    template=path,
                )
            live = cluster.read(ref, metadata_only=not replace_too)
            if live is None:
                targets.append(Target(ref, obj))
            elif replace_too and not foreign(ref, live) and _differs(cluster, obj, live):
                targets.append(Target(ref, obj, live, needs_migration(live), force=True))
    return targets


def _differs(cluster: Writer, obj: Object, live: Object) -> bool:
    answer = cluster.apply(obj, force=True, dry_run=True)
    return bool(object_changes(live, after_migration(live, answer, obj)))


class WithCrds(Cluster):
    """A cluster as it will be when those CRDs exist; writes pass through.

    :param crds: as ``crds_to_create`` gives them.
    """

    def __init__(self, cluster: Cluster, crds: Sequence[Target]) -> None:
        self._cluster = cluster
        self._kinds: dict[tuple[str, str], Resource] = {}
        for target in crds:
            for resource in _resources(target.object):
                if target.live is not None and _served(cluster, resource):
                    continue
                self._kinds[(resource.api_version, resource.kind)] = resource

    def coming(self, ref: ObjectRef) -> bool:
        """Whether an object's kind is one of those that do not exist yet."""
        return (ref.api_version, ref.kind) in self._kinds

    def api_versions(self) -> frozenset[str]:
        new = {text for version, kind in self._kinds for text in (version, f"{version}/{kind}")}
        return self._cluster.api_versions() | new

    def unavailable_versions(self) -> frozenset[str]:
        return self._cluster.unavailable_versions()

    def resource(self, api_version: str, kind: str) -> Resource:
        return self._kinds.get((api_version, kind)) or self._cluster.resource(api_version, kind)

    def read(self, ref: ObjectRef, *, metadata_only: bool = False) -> Object | None:
        return None if self.coming(ref) else self._cluster.read(ref, metadata_only=metadata_only)

    def list(self, api_version: str, kind: str, namespace: str | None, *, labels: str = "", fields: str = "") -> tuple[list[Object], str]:
        if (api_version, kind) in self._kinds:
            return [], ""
        return self._cluster.list(api_version, kind, namespace, labels=labels, fields=fields)

    def version(self) -> ServerVersion:
        return self._cluster.version()

    def invalidate_discovery(self) -> None:
        self._cluster.invalidate_discovery()

    def within(self, seconds: float) -> AbstractContextManager[None]:
        return self._cluster.within(seconds)

    def create(self, obj: Object, *, dry_run: bool = False) -> Object:
        return self._cluster.create(obj, dry_run=dry_run)

    def apply(self, obj: Object, *, force: bool = False, dry_run: bool = False) -> Object:
        return self._cluster.apply(obj, force=force, dry_run=dry_run)

    def replace(self, obj: Object, *, dry_run: bool = False) -> Object:
        return self._cluster.replace(obj, dry_run=dry_run)

    def patch(self, ref: ObjectRef, body: Json, *, kind: str = "merge", dry_run: bool = False) -> Object:
        return self._cluster.patch(ref, body, kind=kind, dry_run=dry_run)

    def delete(self, ref: ObjectRef, *, propagation: str = "Background", dry_run: bool = False, version: str = "") -> bool:
        return self._cluster.delete(ref, propagation=propagation, dry_run=dry_run, version=version)

    def watch(
        self, api_version: str, kind: str, namespace: str, *, fields: str = "", resource_version: str = "", seconds: float
    ) -> Iterator[Event]:
        return self._cluster.watch(api_version, kind, namespace, fields=fields, resource_version=resource_version, seconds=seconds)

    def create_token(self, namespace: str, service_account: str, seconds: int) -> Object:
        return self._cluster.create_token(namespace, service_account, seconds)

    def logs(self, namespace: str, pod: str, container: str, *, lines: int = 20) -> str:
        return self._cluster.logs(namespace, pod, container, lines=lines)


def _served(cluster: Reader, resource: Resource) -> bool:
    try:
        cluster.resource(resource.api_version, resource.kind)
    except UnknownKind:
        return False
    return True


def _resources(crd: Object) -> Iterator[Resource]:
    spec = crd.get("spec") or {}
    names = spec.get("names") or {}
    group, kind, plural = str(spec.get("group", "")), str(names.get("kind", "")), str(names.get("plural", ""))
    if crd.get("kind") != "CustomResourceDefinition" or not (group and kind):
        return
    for version in spec.get("versions") or []:
        if version.get("served"):
            yield Resource(f"{group}/{version.get('name')}", kind, plural, spec.get("scope") == "Namespaced")
