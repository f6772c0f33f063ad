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
      - What to do when somebody else is changing the same release. While it writes, a task holds a Lease in the release's namespace, which
        names its host and process; C(helm) takes none, but marks the revision that it works on as pending.
      - V(wait) waits for up to O(lock_timeout) and then goes on from what the other has made. V(fail) fails at once. Both name the other one.
      - A holder that is gone is not waited for longer than its Lease lives (a minute). The revision that it left pending is marked failed, and
        the task goes on from there.
    type: str
    choices: [wait, fail]
    default: wait
  lock_timeout:
    description:
      - How long to wait for others in all, as a Go duration such as V(5m0s); a bare number is seconds.
      - Five minutes when this is absent.
    type: str
  pending_expiry:
    description:
      - After how long a pending revision that C(helm) left, and that nobody has touched since, counts as left behind by an operation that
        died, as a Go duration. V(0) is never.
      - It must be longer than a C(helm) that is alive can take between two writes, which are its C(--timeout) apart.
      - Rolling back and removing go over such a revision at once, as C(helm) itself does.
      - One hour when this is absent.
    type: str
"""
