# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Private documentation fragment: attributes of the modules."""

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options: {}
attributes:
  check_mode:
    support: full
    description: Can run in C(check_mode) and return the changes it would make, without making them.
  diff_mode:
    support: full
    description: Returns what changed, or would change in C(check_mode), when in diff mode.
  idempotent:
    support: full
    description: Run twice in a row with the same options, the second time changes nothing.
  async:
    support: full
    description: Supports the C(async) keyword; the task then always runs as a module on its host.
  platform:
    support: full
    description: Runs on hosts with a POSIX system.
    platforms: posix
  action_group:
    support: full
    description: Use C(group/windlass.charts.charts) in C(module_defaults) to set options for every module of the group. All of them accept the
      options for the connection to a cluster, O(binary_path) and O(storage_driver), also where they have no effect.
    membership:
      - windlass.charts.charts
notes:
  - Where the host of the task is the controller, the task runs in Ansible's own process and not as a module, which saves most of its time. This
    needs a local connection, no become to another user, no C(async), and the controller's own Python, by any name that it has in its virtual
    environment. The results are the same. C(-vvv) shows which mode was taken, and why.
  - The variable C(windlass_in_process) set to V(never) makes every task run as a module.
requirements:
  - PyYAML >= 6.0
  - requests >= 2.31 (for the API server and for charts that are fetched over HTTP)
"""

    # The fragments below come before the first one in a module: of two that have the same attribute, Ansible takes the first.

    # for modules that contact chart repositories and no cluster
    REPOSITORIES = r"""
options: {}
attributes:
  action_group:
    support: full
    description: Use C(group/windlass.charts.repositories) in C(module_defaults) to set options for every module of the group.
    membership:
      - windlass.charts.repositories
"""

    # for modules that only read
    READS = r"""
options: {}
attributes:
  check_mode:
    support: full
    description: Only reads; does the same in C(check_mode).
  diff_mode:
    support: N/A
    description: Only reads, there is no difference to show.
  idempotent:
    support: full
    description: Only reads.
"""
