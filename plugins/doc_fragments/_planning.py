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
      - A file that a plan is saved to, or that a saved plan is read from, where the task runs. One task serves both, in check mode it saves, else it
        applies.
      - When a plan is applied, everything is looked at and rendered anew, and must be what was saved, the cluster, the revision that it starts from,
        chart and values, every object and every change to a live object. Otherwise the task fails with the reasons, and nothing is written.
      - Objects whose values are drawn anew by each run, such as generated passwords, are named in the plan and compared by name only.
      - The file is for its owner alone (mode 0600) and holds no values of Secrets. Its folder must exist. A link is followed.
    type: path
  plan_mode:
    description:
      - Whether to save a plan or to apply one. V(save) writes nothing to the cluster.
      - When it is absent, check mode decides.
    type: str
    choices: [save, apply]
"""
