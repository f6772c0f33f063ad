# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Private documentation fragment: a plan that is saved by one task and applied by another."""

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  plan_file:
    description:
      - Path to a plan file on the host that runs the task. In check mode the task saves its plan to this file. Otherwise it applies the
        plan in this file.
      - Before a plan is applied, it is computed again and must be identical to the saved plan. This includes the cluster, the base
        revision, the chart, the values, all objects and all changes to live objects. Otherwise the task fails with the differences, and
        nothing is written.
      - Objects with values that change with every render, such as generated passwords, are marked in the plan and only compared by name.
      - The file is created with mode V(0600) and contains no values of Secrets. Its directory must exist. Symbolic links are followed.
    type: path
    version_added: 0.2.0
  plan_mode:
    description:
      - Whether to save or to apply a plan. With V(save), nothing is written to the cluster.
      - By default, a plan is saved in check mode and applied otherwise.
    type: str
    choices: [save, apply]
    version_added: 0.2.0
"""
