# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Private documentation fragment: waiting for objects."""

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  wait:
    description:
      - Wait until the objects of the release are ready, or until deleted objects are gone.
    type: bool
    default: false
  wait_strategy:
    description:
      - The rules that determine whether an object is ready, like Helm's C(--wait=...).
      - V(watcher) uses kstatus, see C(docs/waiting.md). It is the default with O(wait=true).
      - V(legacy) uses the rules of Helm 3. They cover only workloads, PersistentVolumeClaims, Services and CustomResourceDefinitions, and
        accept as many unavailable pods as the update strategy of a workload allows.
      - V(watcher) and V(legacy) enable waiting even without O(wait). V(hookOnly) waits for hooks only, like O(wait=false).
    type: str
    choices: [watcher, hookOnly, legacy]
    version_added: 0.2.0
  wait_for_jobs:
    description:
      - With O(wait=true), also wait for Jobs to complete.
    type: bool
    default: false
  timeout:
    description:
      - Maximum time to wait, for each hook and for the objects, as a Go duration such as V(5m0s). A number without a unit is in seconds.
      - Defaults to V(5m0s).
    type: str
  ready_when:
    description:
      - Custom readiness conditions that replace the built-in rule for a kind. Keys are V(Kind) or V(Kind.group), values are expressions
        that are evaluated on the object.
      - An expression is a path, a comparison of paths and literals (C(==), C(!=), C(<), C(<=), C(>), C(>=), C(in)), or V(condition(NAME\)),
        which is true if the condition has status C(True). Expressions can be combined with C(and), C(or), C(not) and parentheses.
        V(condition(NAME\).reason) is a field of a condition. Keys with special characters are written as
        C(metadata.annotations['example.com/done']).
      - A missing field is not equal to, smaller than or greater than anything. V(true) disables waiting for a kind.
      - An object is never ready while it is being deleted, or while its controller has not observed its newest generation.
    type: dict
    version_added: 0.2.0
  failed_when:
    description:
      - Conditions under which objects of a kind have failed permanently, which ends the wait immediately. Uses the syntax of O(ready_when),
        and is evaluated before it.
      - Also applies to Jobs and Pods of hooks.
    type: dict
    version_added: 0.2.0
  fail_fast:
    description:
      - End the wait if a container of a workload keeps failing for this duration, because it cannot pull its image, cannot be configured or
        started, or crashes repeatedly. Choose a duration such as V(45s) that allows for temporary failures, for example while a container
        waits for its database.
      - Without this option, only permanent failures end a wait early. These are failed Jobs, Deployments that exceed their
        C(progressDeadlineSeconds), objects with the condition C(Stalled), crashing pods of a StatefulSet, pods that cannot be scheduled for
        15 seconds, and invalid image names.
      - Also applies to hooks.
    type: str
    version_added: 0.2.0
"""
