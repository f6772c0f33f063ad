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
    description: Can run in C(check_mode) and return changed status prediction without modifying target.
  diff_mode:
    support: full
    description: Will return details on what has changed (or possibly needs changing in C(check_mode)), when in diff mode.
  idempotent:
    support: full
    description: When run twice in a row outside check mode, with the same arguments, the second invocation indicates no change.
  async:
    support: full
    description: Supports being used with the C(async) keyword. The task then always runs in module mode.
  platform:
    support: full
    description: Runs on hosts with a POSIX system.
    platforms: posix
  action_group:
    support: full
    description: Use C(group/windlass.charts.charts) in C(module_defaults) to set defaults for all modules of this action group. Every
      module accepts the connection options, O(binary_path) and O(storage_driver), even if they have no effect on it.
    membership:
      - windlass.charts.charts
notes:
  - On the controller, tasks run in-process, that is, inside the Ansible worker instead of as a module. This avoids most of the overhead of
    a module. The results are the same in both modes.
  - In-process mode requires a local connection, no C(become) to another user, no C(async), and the Python interpreter of the controller. If
    one of these is missing, the task runs in module mode. C(-vvv) shows which mode was chosen and why.
  - Set the variable C(windlass_in_process) to V(never) to run every task in module mode.
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
    description: Use C(group/windlass.charts.repositories) in C(module_defaults) to set defaults for all modules of this action group.
    membership:
      - windlass.charts.repositories
"""

    # for modules that only read
    READS = r"""
options: {}
attributes:
  check_mode:
    support: full
    description: This action does not modify state.
  diff_mode:
    support: N/A
    description: This action does not modify state.
  idempotent:
    support: full
    description: This action does not modify state.
"""
