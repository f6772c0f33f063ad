# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Private documentation fragment: others who work on the same release."""

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  if_busy:
    description:
      - What to do if another operation is changing the same release. While a task writes, it holds a Lease in the namespace of the release
        that contains its host and process ID. C(helm) uses no Lease, but marks the revision that it is working on as pending.
      - With V(wait), the task waits up to O(lock_timeout) and then continues from the resulting state. With V(fail), it fails immediately.
        Both report the holder.
      - If the holder has terminated, the task waits no longer than until its Lease expires (one minute). The pending revision of the holder
        is marked as failed, and the task continues from there.
    type: str
    choices: [wait, fail]
    default: wait
    version_added: 0.2.0
  lock_timeout:
    description:
      - Maximum total time to wait for other operations, as a Go duration such as V(5m0s). A number without a unit is in seconds.
      - Defaults to V(5m0s).
    type: str
    version_added: 0.2.0
  pending_expiry:
    description:
      - Age at which a pending revision that C(helm) left is considered abandoned if it has not been modified since, as a Go duration. V(0)
        disables this.
      - This must be longer than the time a running C(helm) can take between two writes, which is its C(--timeout).
      - Rolling back and uninstalling ignore such a revision immediately, as C(helm) does.
      - Defaults to V(1h).
    type: str
    version_added: 0.2.0
"""
