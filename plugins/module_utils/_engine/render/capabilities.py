# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""``.Capabilities``: version and APIs of the cluster (Helm 4: ``pkg/chart/common/capabilities.go``).

Without a cluster it is what Helm 4 assumes: the Kubernetes version and the groups that its client library knows, to which the user may add.
With a cluster no request is made before a template needs the answer: the version takes one request, the list two. Every question is
recorded in ``ClusterQueries``, one by one, since its answer is an input of the release; only a template that reads the list itself
depends on the whole list.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from copy import copy
from typing import ClassVar

from ..aliases import GoValue, Json, JsonObject
from ..errors import OptionError
from ..gotypes.function import Function
from ..gotypes.values import GoObject, Members, Slice
from ..patterns import late
from ..ports import Reader
from .model import ClusterQueries

#: what Helm assumes without a cluster: the minor of its client library (k8s.io/client-go v0.37)
DEFAULT_KUBE_VERSION = "v1.37.0"
HELM_VERSION = "v4.3.2"

#: scheme.PrioritizedVersionsAllGroups() of client-go 0.37, in its order, and apiextensions
DEFAULT_API_VERSIONS = (
    "v1",
    "admissionregistration.k8s.io/v1",
    "admissionregistration.k8s.io/v1alpha1",
    "admissionregistration.k8s.io/v1beta1",
    "internal.apiserver.k8s.io/v1alpha1",
    "apps/v1",
    "apps/v1beta1",
    "apps/v1beta2",
    "authentication.k8s.io/v1",
    "authentication.k8s.io/v1alpha1",
    "authentication.k8s.io/v1beta1",
    "authorization.k8s.io/v1",
    "authorization.k8s.io/v1beta1",
    "autoscaling/v1",
    "autoscaling/v2",
    "batch/v1",
    "batch/v1beta1",
    "certificates.k8s.io/v1",
    "certificates.k8s.io/v1beta1",
    "certificates.k8s.io/v1alpha1",
    "coordination.k8s.io/v1alpha2",
    "coordination.k8s.io/v1beta1",
    "coordination.k8s.io/v1",
    "discovery.k8s.io/v1",
    "discovery.k8s.io/v1beta1",
    "events.k8s.io/v1",
    "events.k8s.io/v1beta1",
    "extensions/v1beta1",
    "flowcontrol.apiserver.k8s.io/v1",
    "flowcontrol.apiserver.k8s.io/v1beta1",
    "flowcontrol.apiserver.k8s.io/v1beta2",
    "flowcontrol.apiserver.k8s.io/v1beta3",
    "lifecycle.k8s.io/v1alpha1",
    "networking.k8s.io/v1",
    "networking.k8s.io/v1beta1",
    "node.k8s.io/v1",
    "node.k8s.io/v1alpha1",
    "node.k8s.io/v1beta1",
    "policy/v1",
    "policy/v1beta1",
    "rbac.authorization.k8s.io/v1",
    "rbac.authorization.k8s.io/v1beta1",
    "rbac.authorization.k8s.io/v1alpha1",
    "resource.k8s.io/v1",
    "resource.k8s.io/v1beta2",
    "resource.k8s.io/v1beta1",
    "resource.k8s.io/v1alpha3",
    "scheduling.k8s.io/v1alpha3",
    "scheduling.k8s.io/v1beta1",
    "scheduling.k8s.io/v1",
    "storage.k8s.io/v1beta1",
    "storage.k8s.io/v1",
    "storage.k8s.io/v1alpha1",
    "storagemigration.k8s.io/v1",
    "storagemigration.k8s.io/v1beta1",
    "apiextensions.k8s.io/v1beta1",
    "apiextensions.k8s.io/v1",
)

_GENERIC = late(r"\s*v?([0-9]+(?:\.[0-9]+)*).*\Z", re.DOTALL)


class KubeVersion(GoObject):
    """``.Capabilities.KubeVersion``.

    ``normalized`` is what prints and what a chart's ``kubeVersion`` is held against.
    """

    GO_TYPE: ClassVar[str] = "common.KubeVersion"
    GO_FIELDS: ClassVar[Mapping[str, str]] = {"Version": "version", "Major": "major", "Minor": "minor"}
    GO_PRINTED: ClassVar[Mapping[str, str]] = {"Version": "version", "normalizedVersion": "normalized", "Major": "major", "Minor": "minor"}

    def __init__(self, version: str, normalized: str, major: str, minor: str) -> None:
        self.version = version
        self.normalized = normalized
        self.major = major
        self.minor = minor

    def text(self) -> str:
        """Its String().

        The receiver is a pointer: an action that prints the field finds it, ``printf "%v"`` of the value does not.
        """
        return self.normalized or self.version

    go_addressed_string = text

    def go_json(self) -> JsonObject:
        return Members(Version=self.version, Major=self.major, Minor=self.minor)


_KUBE_VERSION_METHODS: JsonObject = {
    "String": Function.of("String", (), KubeVersion.text),
    "GitVersion": Function.of("GitVersion", (), lambda version: version.version),
}
KubeVersion.GO_METHODS = _KUBE_VERSION_METHODS


def parse_kube_version(text: str) -> KubeVersion:
    """A version that a user gives.

    Raises ``OptionError``: two or three numbers with dots are needed, anything may follow.
    """
    match = _GENERIC.match(text)
    numbers = match.group(1).split(".") if match else []
    reason = ""
    if not match:
        reason = f'could not parse "{text}" as version'
    elif len(numbers) < 2:
        reason = f'illegal version string "{text}"'
    elif numbers[0] != "0" and numbers[0].startswith("0"):
        reason = f'illegal zero-prefixed version component "{numbers[0]}" in "{text}"'
    if reason:
        raise OptionError(
            f"{text!r} is not a Kubernetes version; use a version such as 1.36 or v1.36.3.",
            helm=f"invalid kube version '{text}': {reason}",
            option="kube_version",
        )
    normalized = "v" + ".".join(str(int(number)) for number in numbers)
    return KubeVersion(text if text.startswith("v") else f"v{text}", normalized, str(int(numbers[0])), str(int(numbers[1])))


class HelmVersion(GoObject):
    """``.Capabilities.HelmVersion``: the Helm release that this engine follows, without its Git commit."""

    GO_TYPE: ClassVar[str] = "version.BuildInfo"
    GO_FIELDS: ClassVar[Mapping[str, str]] = {
        "Version": "version",
        "GitCommit": "git_commit",
        "GitTreeState": "git_tree_state",
        "GoVersion": "go_version",
        "KubeClientVersion": "kube_client_version",
    }

    version = HELM_VERSION
    git_commit = ""
    git_tree_state = "clean"
    go_version = "go1.26.8"
    kube_client_version = DEFAULT_KUBE_VERSION.rpartition(".")[0]

    def go_json(self) -> JsonObject:
        return Members(
            version=self.version,
            git_tree_state=self.git_tree_state,
            go_version=self.go_version,
            kube_client_version=self.kube_client_version,
        )


class Capabilities:
    """What templates can read about the cluster. Make one with ``default`` or ``of_cluster``."""

    def __init__(self, version: KubeVersion | None, api_versions: Sequence[str] | None, cluster: Reader | None) -> None:
        self._version = version
        self._api_versions = api_versions
        self._served: frozenset[str] | None = None
        self._cluster = cluster

    @classmethod
    def default(cls, kube_version: str | None = None, api_versions: Iterable[str] = ()) -> Capabilities:
        """The capabilities without a cluster. Raises ``OptionError`` for an invalid version.

        :param kube_version: in the user's notation; Helm's own without one.
        :param api_versions: added to the ones that Helm assumes.
        """
        version = parse_kube_version(kube_version or DEFAULT_KUBE_VERSION)
        return cls(version, (*DEFAULT_API_VERSIONS, *api_versions), None)

    @classmethod
    def of_cluster(cls, cluster: Reader) -> Capabilities:
        """The capabilities of a cluster, read when a template first needs them.

        Errors of the port pass through.
        """
        return cls(None, None, cluster)

    @property
    def kube_version(self) -> KubeVersion:
        if self._version is None and self._cluster is not None:
            found = self._cluster.version()
            self._version = KubeVersion(found.git_version, "", found.major, found.minor)
        if self._version is None:
            raise ValueError("capabilities of nothing")
        return self._version

    def api_versions(self) -> list[str]:
        """All served versions and kinds.

        In Helm's order without a cluster, by name with one (Helm's order is then random).
        """
        if self._api_versions is None:
            self._api_versions = sorted(self._cluster.api_versions()) if self._cluster is not None else ()
        return list(self._api_versions)

    def has(self, api_version: str) -> bool:
        """Whether ``group/version`` or ``group/version/Kind`` is served."""
        if self._served is None:
            self._served = frozenset(self.api_versions())
        return api_version in self._served


class VersionSet(Slice):
    """``.Capabilities.APIVersions``: a list that is filled at the first read, and records what is read."""

    __slots__ = ("_capabilities", "_filled", "_is_part", "_queries")

    def __init__(self, capabilities: Capabilities, queries: ClusterQueries) -> None:
        super().__init__((), "string")
        self._capabilities = capabilities
        self._queries = queries
        self._filled = False
        self._is_part = False

    @property
    def go_type(self) -> str:
        return "common.VersionSet"

    def of_same_type(self, items: Iterable[Json], is_nil: bool = False) -> VersionSet:
        """A part or a copy, which has been read: it uses its own items."""
        part = VersionSet(self._capabilities, self._queries)
        part._filled = part._is_part = True
        part.extend(items)
        return part

    def has(self, api_version: str) -> bool:
        if self._is_part:
            return api_version in self
        answer = self._capabilities.has(api_version)
        self._queries.api_versions[api_version] = answer
        return answer

    def _fill(self) -> None:
        if not self._filled:
            self._filled = True
            self._queries.api_versions["*"] = True
            self.extend(self._capabilities.api_versions())

    def __iter__(self) -> Iterator[Json]:
        self._fill()
        return super().__iter__()

    def __reversed__(self) -> Iterator[Json]:
        self._fill()
        return super().__reversed__()

    def __len__(self) -> int:
        self._fill()
        return super().__len__()

    def __getitem__(self, index: GoValue) -> GoValue:
        self._fill()
        return super().__getitem__(index)

    def __contains__(self, item: object) -> bool:
        self._fill()
        return super().__contains__(item)

    GO_METHODS: ClassVar[Mapping[str, Function]] = {"Has": Function.of("Has", ("string",), lambda versions, name: versions.has(name))}


class TemplateCapabilities(GoObject):
    """``.Capabilities`` itself: a pointer to a struct, so that an unknown field is an error."""

    GO_TYPE: ClassVar[str] = "*common.Capabilities"
    GO_KIND: ClassVar[str] = "ptr"
    GO_FIELDS: ClassVar[Mapping[str, str]] = {"KubeVersion": "kube_version", "APIVersions": "versions", "HelmVersion": "helm_version"}

    def __init__(self, capabilities: Capabilities, queries: ClusterQueries) -> None:
        self._capabilities = capabilities
        self._queries = queries
        self.versions = VersionSet(capabilities, queries)
        self.helm_version = HelmVersion()

    @property
    def kube_version(self) -> KubeVersion:
        self._queries.kube_version = True
        return self._capabilities.kube_version

    def go_deep_copy(self, copied: Callable[[GoValue], GoValue]) -> TemplateCapabilities:
        """A copy of the value that it points to; fields that are not exported are not copied."""
        other = copy(self)
        other._capabilities = copy(self._capabilities)
        version: KubeVersion = copied(self.kube_version)
        version.go_has_address = True  # a field of what is pointed to
        other._capabilities._version = version
        return other

    def go_json(self) -> JsonObject:
        return Members(KubeVersion=self.kube_version, APIVersions=self.versions, HelmVersion=self.helm_version)
