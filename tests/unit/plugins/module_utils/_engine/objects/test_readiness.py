# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Readiness as a table: an object, its state in kstatus, a word of the message.

A case is a line.
"""

from __future__ import annotations

from datetime import datetime, timezone

import pytest
from ansible_collections.windlass.charts.plugins.module_utils._engine.objects.readiness import status_of

NOW = datetime(2026, 1, 1, 0, 1, tzinfo=timezone.utc)
APPS, BATCH, CORE, CRD = "apps/v1", "batch/v1", "v1", "apiextensions.k8s.io/v1"


def obj(api_version, kind, spec=None, status=None, **metadata):
    return {"apiVersion": api_version, "kind": kind, "metadata": {"name": "x", **metadata}, "spec": spec or {}, "status": status or {}}


def cond(kind, status="True", reason="", message=""):
    return {"type": kind, "status": status, "reason": reason, "message": message}


def deployment(spec=None, **status):
    done = {"replicas": 2, "updatedReplicas": 2, "readyReplicas": 2, "availableReplicas": 2}
    conditions = [cond("Progressing", reason="NewReplicaSetAvailable"), cond("Available")]
    return obj(
        APPS, "Deployment", {"replicas": 2, "progressDeadlineSeconds": 600, **(spec or {})}, {**done, "conditions": conditions, **status}
    )


def stateful(spec=None, **status):
    done = {"replicas": 2, "readyReplicas": 2, "updatedReplicas": 2, "currentReplicas": 2, "currentRevision": "a", "updateRevision": "a"}
    return obj(APPS, "StatefulSet", {"replicas": 2, **(spec or {})}, {**done, **status})


def daemon(**status):
    done = {"observedGeneration": 1, "desiredNumberScheduled": 2, "currentNumberScheduled": 2, "updatedNumberScheduled": 2}
    return obj(APPS, "DaemonSet", {}, {**done, "numberAvailable": 2, "numberReady": 2, **status}, generation=1)


def replica(**status):
    done = {"replicas": 2, "fullyLabeledReplicas": 2, "availableReplicas": 2, "readyReplicas": 2}
    return obj(APPS, "ReplicaSet", {"replicas": 2}, {**done, **status})


def pod(phase, *conditions, waiting="", created="2026-01-01T00:00:00Z", **metadata):
    containers = [{"name": "app", "state": {"waiting": {"reason": waiting}}}] if waiting else []
    return obj(
        CORE,
        "Pod",
        {},
        {"phase": phase, "conditions": list(conditions), "containerStatuses": containers},
        creationTimestamp=created,
        **metadata,
    )


UNSCHEDULABLE = cond("PodScheduled", "False", "Unschedulable", "0/1 nodes are available: 1 Insufficient cpu.")
CASES = [
    ("absent", None, "NotFound", "does not exist"),
    ("being deleted", obj(CORE, "ConfigMap", deletionTimestamp="x"), "Terminating", "deleted"),
    ("generation unseen", obj("ex.io/v1", "Foo", {}, {"observedGeneration": 1}, generation=2), "InProgress", "generation 1 of 2"),
    ("reconciling", obj("ex.io/v1", "Foo", {}, {"conditions": [cond("Reconciling", message="busy")]}), "InProgress", "busy"),
    ("stalled", obj("ex.io/v1", "Foo", {}, {"conditions": [cond("Stalled", message="stuck")]}), "Failed", "stuck"),
    ("custom without status", obj("ex.io/v1", "Foo"), "Current", ""),
    ("custom ready", obj("ex.io/v1", "Foo", {}, {"conditions": [cond("Ready")]}), "Current", ""),
    ("custom not ready", obj("ex.io/v1", "Foo", {}, {"conditions": [cond("Ready", "False", "No", "later")]}), "InProgress", "No: later"),
    ("custom unknown", obj("ex.io/v1", "Foo", {}, {"conditions": [cond("Ready", "Unknown")]}), "InProgress", "Ready"),
    ("config map", obj(CORE, "ConfigMap"), "Current", ""),
    ("deployment", deployment(), "Current", "Replicas: 2"),
    ("deployment new", obj(APPS, "Deployment", {"replicas": 1}), "InProgress", "Replicas: 0/1"),
    ("deployment updating", deployment(updatedReplicas=1), "InProgress", "Updated: 1/2"),
    ("deployment old pods", deployment(replicas=3), "InProgress", "Pending termination: 1"),
    ("deployment unavailable", deployment(availableReplicas=0), "InProgress", "Available: 0/2"),
    ("deployment unready", deployment(readyReplicas=1), "InProgress", "Ready: 1/2"),
    ("deployment rolling", deployment(conditions=[cond("Available")]), "InProgress", "ReplicaSet"),
    ("deployment without deadline", deployment({"progressDeadlineSeconds": 2**31 - 1}, conditions=[cond("Available")]), "Current", ""),
    (
        "deployment not available",
        deployment(conditions=[cond("Progressing", reason="NewReplicaSetAvailable")]),
        "InProgress",
        "not Available",
    ),
    ("deployment deadline", deployment(conditions=[cond("Progressing", "False", "ProgressDeadlineExceeded")]), "Failed", "deadline"),
    ("deployment paused", deployment({"paused": True}, availableReplicas=0), "Current", "paused"),
    ("deployment of none", deployment({"replicas": 0}, replicas=0, updatedReplicas=0, readyReplicas=0, availableReplicas=0), "Current", ""),
    ("stateful", stateful(), "Current", ""),
    ("stateful few", stateful(replicas=1), "InProgress", "Replicas: 1/2"),
    ("stateful unready", stateful(readyReplicas=1), "InProgress", "Ready: 1/2"),
    ("stateful extra", stateful(replicas=3), "InProgress", "Pending termination: 1"),
    ("stateful old", stateful(currentReplicas=1), "InProgress", "Current: 1/2"),
    ("stateful revisions", stateful(updateRevision="b"), "InProgress", "revision"),
    ("stateful on delete", stateful({"updateStrategy": {"type": "OnDelete"}}, readyReplicas=0), "Current", "OnDelete"),
    (
        "stateful partition",
        stateful({"updateStrategy": {"rollingUpdate": {"partition": 1}}}, updatedReplicas=1, updateRevision="b"),
        "Current",
        "1",
    ),
    ("stateful partition few", stateful({"updateStrategy": {"rollingUpdate": {"partition": 0}}}, updatedReplicas=1), "InProgress", "1/2"),
    ("daemon", daemon(), "Current", ""),
    ("daemon unseen", obj(APPS, "DaemonSet", {}, {}, generation=1), "InProgress", "controller"),
    ("daemon uncounted", obj(APPS, "DaemonSet", {}, {"observedGeneration": 1}, generation=1), "InProgress", "counted"),
    ("daemon few", daemon(currentNumberScheduled=1), "InProgress", "Current: 1/2"),
    ("daemon updating", daemon(updatedNumberScheduled=1), "InProgress", "Updated: 1/2"),
    ("daemon unavailable", daemon(numberAvailable=1), "InProgress", "Available: 1/2"),
    ("daemon unready", daemon(numberReady=0), "InProgress", "Ready: 0/2"),
    ("replica", replica(), "Current", ""),
    ("replica failing", replica(conditions=[cond("ReplicaFailure", message="quota")]), "InProgress", "quota"),
    ("replica unlabelled", replica(fullyLabeledReplicas=1), "InProgress", "Labelled: 1/2"),
    ("replica extra", replica(replicas=3), "InProgress", "Pending termination"),
    ("pod succeeded", pod("Succeeded"), "Current", ""),
    ("pod failed", pod("Failed"), "Current", "Failed"),
    ("pod ready", pod("Running", cond("Ready")), "Current", ""),
    ("pod unready", pod("Running", cond("Ready", "False")), "InProgress", "not ready"),
    ("pod crashing", pod("Running", cond("Ready", "False"), waiting="CrashLoopBackOff"), "Failed", "app"),
    ("pod pending", pod("Pending"), "InProgress", "Pending"),
    ("pod unseen", pod(""), "InProgress", "not been seen"),
    ("pod young without a node", pod("Pending", UNSCHEDULABLE, created="2026-01-01T00:00:50Z"), "InProgress", "Insufficient cpu"),
    ("pod old without a node", pod("Pending", UNSCHEDULABLE), "Failed", "Insufficient cpu"),
    ("job not started", obj(BATCH, "Job"), "InProgress", "not started"),
    ("job running", obj(BATCH, "Job", {}, {"startTime": "x"}), "Current", "runs"),
    ("job complete", obj(BATCH, "Job", {}, {"succeeded": 1, "conditions": [cond("Complete")]}), "Current", "1/1"),
    (
        "job failed",
        obj(BATCH, "Job", {}, {"failed": 4, "conditions": [cond("Failed", reason="BackoffLimitExceeded")]}),
        "Failed",
        "BackoffLimit",
    ),
    ("claim", obj(CORE, "PersistentVolumeClaim", {}, {"phase": "Bound"}), "Current", ""),
    ("claim pending", obj(CORE, "PersistentVolumeClaim", {}, {"phase": "Pending"}), "InProgress", "Pending"),
    ("service", obj(CORE, "Service", {"type": "ClusterIP"}), "Current", ""),
    ("balancer", obj(CORE, "Service", {"type": "LoadBalancer", "clusterIP": "10.0.0.1"}), "Current", ""),
    ("balancer without address", obj(CORE, "Service", {"type": "LoadBalancer"}), "InProgress", "clusterIP"),
    ("definition", obj(CRD, "CustomResourceDefinition", {}, {"conditions": [cond("NamesAccepted"), cond("Established")]}), "Current", ""),
    ("definition new", obj(CRD, "CustomResourceDefinition"), "InProgress", ""),
    (
        "definition installing",
        obj(CRD, "CustomResourceDefinition", {}, {"conditions": [cond("Established", "False", "Installing")]}),
        "InProgress",
        "",
    ),
    (
        "definition refused",
        obj(CRD, "CustomResourceDefinition", {}, {"conditions": [cond("NamesAccepted", "False", "Taken")]}),
        "Failed",
        "Taken",
    ),
    ("budget", obj("policy/v1", "PodDisruptionBudget", {}, {"observedGeneration": 1}, generation=1), "Current", ""),
    ("budget unseen", obj("policy/v1", "PodDisruptionBudget", {}, {"observedGeneration": 1}, generation=2), "InProgress", ""),
]


@pytest.mark.parametrize(("given", "state", "word"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_state(given, state, word):
    found = status_of(given, now=NOW)
    assert found.state == state, found
    assert word in found.message


@pytest.mark.parametrize(
    ("given", "how", "state"),
    [
        (obj(BATCH, "Job", {}, {"startTime": "x"}), "jobs", "InProgress"),
        (obj(BATCH, "Job", {}, {"conditions": [cond("Complete")]}), "jobs", "Current"),
        (obj(BATCH, "Job", {}, {"conditions": [cond("Failed")]}), "jobs", "Failed"),
        (pod("Failed"), "jobs", "Current"),
        (obj(BATCH, "Job", {}, {"startTime": "x"}), "hook", "InProgress"),
        (pod("Running", cond("Ready")), "hook", "InProgress"),
        (pod("Succeeded"), "hook", "Current"),
        (pod("Failed"), "hook", "Failed"),
        (deployment(readyReplicas=0), "hook", "Current"),
        (None, "hook", "NotFound"),
    ],
)
def test_jobs_and_hooks(given, how, state):
    assert status_of(given, **{how: True}).state == state


def test_time_alone_changes_the_answer_for_a_pod_without_a_node():
    found = status_of(pod("Pending", UNSCHEDULABLE, created="2026-01-01T00:00:50Z"), now=NOW)
    assert found.again == pytest.approx(5.0)
    assert status_of(pod("Pending", UNSCHEDULABLE)).state == "InProgress"
