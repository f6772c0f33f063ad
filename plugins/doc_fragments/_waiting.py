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
      - Wait until the objects of the release are ready, or gone where something is removed.
    type: bool
    default: false
  wait_strategy:
    description:
      - Which rules say when an object is ready, as helm's C(--wait=...).
      - V(watcher), which holds for O(wait=true), is kstatus, see C(docs/waiting.md). V(legacy) are the rules of helm 3, which know the workloads of
        Kubernetes, claims, Services and definitions only, and accept as many missing pods as the update strategy of a workload does.
      - With V(watcher) and V(legacy) the task waits, also without O(wait). V(hookOnly) waits for hooks alone, as without O(wait).
    type: str
    choices: [watcher, hookOnly, legacy]
  wait_for_jobs:
    description:
      - With O(wait), wait for Jobs to complete as well.
    type: bool
    default: false
  timeout:
    description:
      - How long to wait for hooks and for objects, each time, as a Go duration such as V(5m0s); a bare number is seconds.
      - Five minutes when this is absent.
    type: str
  ready_when:
    description:
      - When objects of a kind are ready, in place of the rule that the kind has. Keys are V(Kind) or V(Kind.group), values are expressions over
        the object.
      - An expression is a path, a comparison of paths and literals (C(==), C(!=), C(<), C(<=), C(>), C(>=), C(in)), or C(condition(NAME)), which asks
        whether a condition is C(True); joined by C(and), C(or), C(not) and parentheses. C(condition(NAME).reason) is a field of a condition, and
        C(metadata.annotations['example.com/done']) a key that is no plain word.
      - What is not there is equal to nothing, and neither smaller nor greater than anything. V(true) passes over a kind.
      - An object whose controller has not seen its newest generation, or that is being deleted, is not ready, whatever the expression says.
    type: dict
  failed_when:
    description:
      - When objects of a kind have failed for good, which ends the wait at once. Written as O(ready_when) is, and asked before it.
      - It holds for Jobs and Pods of hooks as well.
    type: dict
  fail_fast:
    description:
      - End the wait when a container behind a workload could not pull its image, could not be configured or started, or crashed again and again for so
        long. A duration such as V(45s), which should allow for what heals by itself, as a database that a container waits for.
      - Without it only what cannot heal ends a wait early, which is a failed Job, a Deployment past its C(progressDeadlineSeconds), an object
        with the condition C(Stalled), crashing pods of a StatefulSet, a pod that no node has room for during 15 seconds, or an image with an impossible name.
      - It holds for hooks as well.
    type: str
"""
