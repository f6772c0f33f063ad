# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Runs ``chart_release_rollback`` in in-process mode where possible.

See ``plugin_utils/_in_process.py``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..module_utils._ansible.options import specs
from ..plugin_utils._in_process import RELEASING, InProcessAction, preload

if TYPE_CHECKING:
    from ..module_utils._ansible.task import Face

chart_release_rollback: Face | None
try:
    from ..module_utils._ansible.faces.chart_release_rollback import chart_release_rollback
except Exception:  # whatever it is, the task then runs as a module, which says it in a sentence
    chart_release_rollback = None
else:
    preload(*RELEASING, "yaml")


class ActionModule(InProcessAction):
    options = staticmethod(specs.chart_release_rollback)
    face = staticmethod(chart_release_rollback) if chart_release_rollback else None
