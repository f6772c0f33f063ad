# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""When an API of Kubernetes is removed: Helm's table, and older APIs that it does not contain.

Helm's linter knows the kinds that today's client-go still registers; charts name older ones, and those of the API server's own extensions,
too (https://kubernetes.io/docs/reference/using-api/deprecation-guide/).
"""

from __future__ import annotations

from .deprecated import lifecycle as registered

#: (apiVersion, kind): deprecated in, removed in, replacement
_OTHERS = {
    ("apiextensions.k8s.io/v1beta1", "CustomResourceDefinition"): ("1.16", "1.22", "apiextensions.k8s.io/v1 CustomResourceDefinition"),
    ("apiregistration.k8s.io/v1beta1", "APIService"): ("1.19", "1.22", "apiregistration.k8s.io/v1 APIService"),
    ("autoscaling/v2beta1", "HorizontalPodAutoscaler"): ("1.22", "1.25", "autoscaling/v2 HorizontalPodAutoscaler"),
    ("autoscaling/v2beta2", "HorizontalPodAutoscaler"): ("1.23", "1.26", "autoscaling/v2 HorizontalPodAutoscaler"),
    ("batch/v2alpha1", "CronJob"): ("1.8", "1.21", "batch/v1 CronJob"),
    ("extensions/v1beta1", "PodSecurityPolicy"): ("1.11", "1.16", ""),
    ("policy/v1beta1", "PodSecurityPolicy"): ("1.21", "1.25", ""),
    ("settings.k8s.io/v1alpha1", "PodPreset"): ("1.19", "1.20", ""),
}


def lifecycle(api_version: str, kind: str) -> tuple[str, str, str] | None:
    """When a kind is deprecated and removed, and what replaces it; ``None`` for other kinds.

    Both are versions such as ``1.25``; that of the removal is empty where none is announced. The replacement is empty where there is none.
    """
    return registered(api_version, kind) or _OTHERS.get((api_version, kind))
