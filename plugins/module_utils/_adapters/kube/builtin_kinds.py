# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""Kinds that every API server of today serves: their plural and whether they live in a namespace.

Taken from the discovery of a kube-apiserver 1.37 with default flags. A kind in this table costs no discovery; plural and scope of a
built-in kind never change once its version is stable. A server that does not serve one answers 404, which becomes ``UnknownKind``.
"""

from __future__ import annotations

#: apiVersion -> (kind, plural, namespaced)
BUILTIN: dict[str, tuple[tuple[str, str, bool], ...]] = {
    "v1": (
        ("Binding", "bindings", True),
        ("ComponentStatus", "componentstatuses", False),
        ("ConfigMap", "configmaps", True),
        ("Endpoints", "endpoints", True),
        ("Event", "events", True),
        ("LimitRange", "limitranges", True),
        ("Namespace", "namespaces", False),
        ("Node", "nodes", False),
        ("PersistentVolume", "persistentvolumes", False),
        ("PersistentVolumeClaim", "persistentvolumeclaims", True),
        ("Pod", "pods", True),
        ("PodTemplate", "podtemplates", True),
        ("ReplicationController", "replicationcontrollers", True),
        ("ResourceQuota", "resourcequotas", True),
        ("Secret", "secrets", True),
        ("Service", "services", True),
        ("ServiceAccount", "serviceaccounts", True),
    ),
    "admissionregistration.k8s.io/v1": (
        ("MutatingAdmissionPolicy", "mutatingadmissionpolicies", False),
        ("MutatingAdmissionPolicyBinding", "mutatingadmissionpolicybindings", False),
        ("MutatingWebhookConfiguration", "mutatingwebhookconfigurations", False),
        ("ValidatingAdmissionPolicy", "validatingadmissionpolicies", False),
        ("ValidatingAdmissionPolicyBinding", "validatingadmissionpolicybindings", False),
        ("ValidatingWebhookConfiguration", "validatingwebhookconfigurations", False),
    ),
    "apiextensions.k8s.io/v1": (("CustomResourceDefinition", "customresourcedefinitions", False),),
    "apiregistration.k8s.io/v1": (("APIService", "apiservices", False),),
    "apps/v1": (
        ("ControllerRevision", "controllerrevisions", True),
        ("DaemonSet", "daemonsets", True),
        ("Deployment", "deployments", True),
        ("ReplicaSet", "replicasets", True),
        ("StatefulSet", "statefulsets", True),
    ),
    "authentication.k8s.io/v1": (
        ("SelfSubjectReview", "selfsubjectreviews", False),
        ("TokenReview", "tokenreviews", False),
    ),
    "authorization.k8s.io/v1": (
        ("LocalSubjectAccessReview", "localsubjectaccessreviews", True),
        ("SelfSubjectAccessReview", "selfsubjectaccessreviews", False),
        ("SelfSubjectRulesReview", "selfsubjectrulesreviews", False),
        ("SubjectAccessReview", "subjectaccessreviews", False),
    ),
    "autoscaling/v1": (("HorizontalPodAutoscaler", "horizontalpodautoscalers", True),),
    "autoscaling/v2": (("HorizontalPodAutoscaler", "horizontalpodautoscalers", True),),
    "batch/v1": (
        ("CronJob", "cronjobs", True),
        ("Job", "jobs", True),
    ),
    "certificates.k8s.io/v1": (("CertificateSigningRequest", "certificatesigningrequests", False),),
    "coordination.k8s.io/v1": (("Lease", "leases", True),),
    "discovery.k8s.io/v1": (("EndpointSlice", "endpointslices", True),),
    "events.k8s.io/v1": (("Event", "events", True),),
    "flowcontrol.apiserver.k8s.io/v1": (
        ("FlowSchema", "flowschemas", False),
        ("PriorityLevelConfiguration", "prioritylevelconfigurations", False),
    ),
    "networking.k8s.io/v1": (
        ("IPAddress", "ipaddresses", False),
        ("Ingress", "ingresses", True),
        ("IngressClass", "ingressclasses", False),
        ("NetworkPolicy", "networkpolicies", True),
        ("ServiceCIDR", "servicecidrs", False),
    ),
    "node.k8s.io/v1": (("RuntimeClass", "runtimeclasses", False),),
    "policy/v1": (("PodDisruptionBudget", "poddisruptionbudgets", True),),
    "rbac.authorization.k8s.io/v1": (
        ("ClusterRole", "clusterroles", False),
        ("ClusterRoleBinding", "clusterrolebindings", False),
        ("Role", "roles", True),
        ("RoleBinding", "rolebindings", True),
    ),
    "resource.k8s.io/v1": (
        ("DeviceClass", "deviceclasses", False),
        ("ResourceClaim", "resourceclaims", True),
        ("ResourceClaimTemplate", "resourceclaimtemplates", True),
        ("ResourceSlice", "resourceslices", False),
    ),
    "scheduling.k8s.io/v1": (("PriorityClass", "priorityclasses", False),),
    "storage.k8s.io/v1": (
        ("CSIDriver", "csidrivers", False),
        ("CSINode", "csinodes", False),
        ("CSIStorageCapacity", "csistoragecapacities", True),
        ("StorageClass", "storageclasses", False),
        ("VolumeAttachment", "volumeattachments", False),
        ("VolumeAttributesClass", "volumeattributesclasses", False),
    ),
}
