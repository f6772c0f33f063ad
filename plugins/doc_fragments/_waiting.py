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
"""
