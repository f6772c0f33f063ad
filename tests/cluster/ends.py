# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Defines how pods of a control plane end and what their containers log.

This is kwok's configuration for one control plane.

kwok's stages make each pod run at once, and a Job's pod complete. ``stages.yaml`` next to this file adds other ends, by annotation; the two
stages of kwok that would interfere skip such pods. The deletion of a pod is defined again: kwok's stage deletes by name, for
every change that it sees of a pod that is being deleted, also when the server has deleted it by then, and so takes away the pod
that has been created under that name since. Every container's log holds the same three lines,
but those of a container named ``silent``, of which there is none.
"""

from __future__ import annotations

from pathlib import Path

OUTCOME = '.metadata.annotations["windlass.test/outcome"]'
#: what each container has written
LOG = ("starting", "the password is tide-4711", "that is all")

_LOGS = """apiVersion: kwok.x-k8s.io/v1alpha1
kind: ClusterLogs
metadata: {{name: silence}}
spec:
  logs:
  - containers: [silent]
    logsFile: {folder}/pod-silent.log
---
apiVersion: kwok.x-k8s.io/v1alpha1
kind: ClusterLogs
metadata: {{name: everybody}}
spec:
  logs:
  - logsFile: {folder}/pod.log
    follow: false
"""


def configuration(folder: Path, stages: Path) -> Path:
    """Write ``folder/kwok.yaml`` from kwok's own stages and the additional ones, and the containers' log."""
    texts = [_yielding(text) for text in stages.read_text().split("\n---\n")]
    if texts.count("") != 1:
        raise ValueError("kwok's stages no longer delete pods: tests/cluster/ends.py has to learn them anew")
    documents = [text for text in texts if text]
    documents.append((Path(__file__).parent / "stages.yaml").read_text())
    documents.append(_LOGS.format(folder=folder))
    (folder / "pod.log").write_text("".join(f"2026-05-01T12:00:0{at}.000000000Z stdout F {line}\n" for at, line in enumerate(LOG)))
    target = folder / "kwok.yaml"
    target.write_text("\n---\n".join(documents))
    return target


def _yielding(stage: str) -> str:
    """kwok's ``pod-complete`` and ``pod-ready`` keep off pods that end otherwise.

    ``windlass-delete`` stands for its ``pod-delete``.
    """
    if "name: pod-complete\n" in stage:
        rule = f"    - key: '{OUTCOME}'\n      operator: 'DoesNotExist'\n"
    elif "name: pod-ready\n" in stage:
        rule = f"    - key: '{OUTCOME}'\n      operator: 'NotIn'\n      values: ['image', 'crash', 'unready']\n"
    elif "name: pod-delete\n" in stage:
        return ""
    else:
        return stage
    changed = stage.replace("    matchExpressions:\n", f"    matchExpressions:\n{rule}", 1)
    if changed == stage:
        raise ValueError("kwok's stages no longer look as they did: tests/cluster/ends.py has to learn them anew")
    return changed
