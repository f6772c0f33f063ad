# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""The table of deprecated Kubernetes APIs in Helm's linter.

Go: ``k8s.io/api`` 0.37, the lifecycle of each kind that ``client-go`` registers; the words are those of
``k8s.io/apiserver/pkg/endpoints/deprecation``.
"""

from __future__ import annotations

from functools import cache

# fmt: off
#: apiVersion, deprecated in, removed in, apiVersion that replaces it, kinds; "+": its list too; "=": the kind is another there
_TABLE = (
    ("admissionregistration.k8s.io/v1alpha1", "1.29", "1.32", "", "ValidatingAdmissionPolicy+ ValidatingAdmissionPolicyBinding+"),
    ("admissionregistration.k8s.io/v1alpha1", "1.35", "1.38", "", "MutatingAdmissionPolicy+ MutatingAdmissionPolicyBinding+"),
    ("admissionregistration.k8s.io/v1beta1", "1.16", "1.22", "admissionregistration.k8s.io/v1", "MutatingWebhookConfiguration+"),
    ("admissionregistration.k8s.io/v1beta1", "1.16", "1.22", "admissionregistration.k8s.io/v1", "ValidatingWebhookConfiguration+"),
    ("admissionregistration.k8s.io/v1beta1", "1.31", "1.34", "", "ValidatingAdmissionPolicy+ ValidatingAdmissionPolicyBinding+"),
    ("admissionregistration.k8s.io/v1beta1", "1.37", "1.40", "admissionregistration.k8s.io/v1", "MutatingAdmissionPolicy+"),
    ("admissionregistration.k8s.io/v1beta1", "1.37", "1.40", "admissionregistration.k8s.io/v1", "MutatingAdmissionPolicyBinding+"),
    ("apps/v1beta1", "1.8", "1.16", "apps/v1", "ControllerRevision+ Deployment+ DeploymentRollback StatefulSet+"),
    ("apps/v1beta1", "1.8", "1.16", "autoscaling/v1", "Scale"),
    ("apps/v1beta2", "1.9", "1.16", "apps/v1", "ControllerRevision+ DaemonSet+ Deployment+ ReplicaSet+ StatefulSet+"),
    ("apps/v1beta2", "1.9", "1.16", "autoscaling/v1", "Scale"),
    ("authentication.k8s.io/v1alpha1", "1.29", "1.32", "", "SelfSubjectReview"),
    ("authentication.k8s.io/v1beta1", "1.19", "1.22", "authentication.k8s.io/v1", "TokenReview"),
    ("authentication.k8s.io/v1beta1", "1.30", "1.33", "", "SelfSubjectReview"),
    ("authorization.k8s.io/v1beta1", "1.19", "1.22", "authorization.k8s.io/v1", "LocalSubjectAccessReview SelfSubjectAccessReview"),
    ("authorization.k8s.io/v1beta1", "1.19", "1.22", "authorization.k8s.io/v1", "SelfSubjectRulesReview SubjectAccessReview"),
    ("batch/v1beta1", "1.21", "1.25", "batch/v1", "CronJob+"),
    ("certificates.k8s.io/v1alpha1", "1.34", "1.37", "", "ClusterTrustBundle+"),
    ("certificates.k8s.io/v1beta1", "1.19", "1.22", "certificates.k8s.io/v1", "CertificateSigningRequest+"),
    ("certificates.k8s.io/v1beta1", "1.37", "1.40", "certificates.k8s.io/v1", "ClusterTrustBundle+ PodCertificateRequest+"),
    ("coordination.k8s.io/v1alpha2", "1.35", "1.38", "", "LeaseCandidate+"),
    ("coordination.k8s.io/v1beta1", "1.19", "1.22", "coordination.k8s.io/v1", "Lease+"),
    ("coordination.k8s.io/v1beta1", "1.36", "1.39", "", "LeaseCandidate+"),
    ("discovery.k8s.io/v1beta1", "1.21", "1.25", "discovery.k8s.io/v1", "EndpointSlice EndpointSliceList=EndpointSlice"),
    ("events.k8s.io/v1beta1", "1.22", "1.25", "", "Event+"),
    ("extensions/v1beta1", "1.14", "1.22", "networking.k8s.io/v1", "Ingress+"),
    ("extensions/v1beta1", "1.2", "1.16", "", "Scale"),
    ("extensions/v1beta1", "1.8", "1.16", "", "DeploymentRollback"),
    ("extensions/v1beta1", "1.8", "1.16", "apps/v1", "DaemonSet+ Deployment+ ReplicaSet+"),
    ("extensions/v1beta1", "1.9", "1.16", "networking.k8s.io/v1", "NetworkPolicy+"),
    ("flowcontrol.apiserver.k8s.io/v1beta1", "1.23", "1.26", "flowcontrol.apiserver.k8s.io/v1beta3", "FlowSchema+"),
    ("flowcontrol.apiserver.k8s.io/v1beta1", "1.23", "1.26", "flowcontrol.apiserver.k8s.io/v1beta3", "PriorityLevelConfiguration+"),
    ("flowcontrol.apiserver.k8s.io/v1beta2", "1.26", "1.29", "flowcontrol.apiserver.k8s.io/v1beta3", "FlowSchema+"),
    ("flowcontrol.apiserver.k8s.io/v1beta2", "1.26", "1.29", "flowcontrol.apiserver.k8s.io/v1beta3", "PriorityLevelConfiguration+"),
    ("flowcontrol.apiserver.k8s.io/v1beta3", "1.29", "1.32", "flowcontrol.apiserver.k8s.io/v1", "FlowSchema+ PriorityLevelConfiguration+"),
    ("lifecycle.k8s.io/v1alpha1", "1.40", "1.43", "", "Eviction+ EvictionRequest+"),
    ("networking.k8s.io/v1beta1", "1.19", "1.22", "networking.k8s.io/v1", "Ingress+ IngressClass=IngressClassList IngressClassList"),
    ("networking.k8s.io/v1beta1", "1.34", "1.37", "", "IPAddress+ ServiceCIDR+"),
    ("node.k8s.io/v1beta1", "1.22", "1.25", "", "RuntimeClass+"),
    ("policy/v1beta1", "1.21", "1.25", "policy/v1", "PodDisruptionBudget+"),
    ("policy/v1beta1", "1.22", "1.25", "", "Eviction"),
    ("rbac.authorization.k8s.io/v1beta1", "1.17", "1.22", "rbac.authorization.k8s.io/v1", "ClusterRole+ ClusterRoleBinding+"),
    ("rbac.authorization.k8s.io/v1beta1", "1.17", "1.22", "rbac.authorization.k8s.io/v1", "Role+ RoleBinding+"),
    ("resource.k8s.io/v1alpha3", "1.36", "1.39", "", "DeviceTaintRule+"),
    ("resource.k8s.io/v1alpha3", "1.39", "1.42", "", "ResourcePoolStatusRequest+"),
    ("resource.k8s.io/v1beta1", "1.35", "1.38", "", "DeviceClass+ ResourceClaim+ ResourceClaimTemplate+ ResourceSlice+"),
    ("resource.k8s.io/v1beta2", "1.36", "1.39", "", "DeviceClass+ ResourceClaim+ ResourceClaimTemplate+ ResourceSlice+"),
    ("resource.k8s.io/v1beta2", "1.39", "1.42", "", "DeviceTaintRule+"),
    ("scheduling.k8s.io/v1beta1", "1.14", "1.22", "scheduling.k8s.io/v1", "PriorityClass+"),
    ("scheduling.k8s.io/v1beta1", "1.40", "1.43", "", "PodGroup+ Workload+"),
    ("storage.k8s.io/v1alpha1", "1.21", "1.24", "storage.k8s.io/v1", "VolumeAttachment+"),
    ("storage.k8s.io/v1alpha1", "1.21", "1.24", "storage.k8s.io/v1beta1", "CSIStorageCapacity+"),
    ("storage.k8s.io/v1alpha1", "1.32", "1.35", "storage.k8s.io/v1", "VolumeAttributesClass+"),
    ("storage.k8s.io/v1beta1", "1.17", "1.22", "storage.k8s.io/v1", "CSINode CSINodeList=CSINode"),
    ("storage.k8s.io/v1beta1", "1.19", "1.22", "storage.k8s.io/v1", "CSIDriver+ StorageClass+ VolumeAttachment+"),
    ("storage.k8s.io/v1beta1", "1.24", "1.27", "storage.k8s.io/v1", "CSIStorageCapacity+"),
    ("storage.k8s.io/v1beta1", "1.34", "1.37", "storage.k8s.io/v1", "VolumeAttributesClass+"),
    ("storagemigration.k8s.io/v1beta1", "1.37", "1.40", "storagemigration.k8s.io/v1", "StorageVersionMigration+"),
    ("v1", "1.19", "", "", "ComponentStatus+"),
    ("v1", "1.33", "", "discovery.k8s.io/v1", "Endpoints=EndpointSlice EndpointsList=EndpointSliceList"),
)
# fmt: on


@cache
def _kinds() -> dict[tuple[str, str], tuple[str, str, str]]:
    found = {}
    for version, since, until, instead, kinds in _TABLE:
        for entry in kinds.split():
            kind, _equals, other = entry.rstrip("+").partition("=")
            names = [kind, f"{kind}List"] if entry.endswith("+") else [kind]
            for name in names:
                found[version, name] = (since, until, f"{instead} {other or name}" if instead else "")
    return found


def lifecycle(api_version: str, kind: str) -> tuple[str, str, str] | None:
    """The versions that deprecate and remove a kind, and its replacement.

    Versions are like ``1.25``, the replacement like ``batch/v1 CronJob`` or empty.
    """
    return _kinds().get((api_version, kind))


def deprecation(api_version: str, kind: str, kube_version: tuple[int, int]) -> str | None:
    """The message about a kind on a cluster of that version (major, minor); ``None`` where there is none."""
    found = _kinds().get((api_version, kind))
    if found is None:
        return None
    since, until, instead = found
    major, _dot, minor = since.partition(".")
    if kube_version != (0, 0) and (int(major), int(minor)) > kube_version:
        return None
    gone = f", unavailable in v{until}+" if until else ""
    return f"{api_version} {kind} is deprecated in v{since}+{gone}" + (f"; use {instead}" if instead else "")
