# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Runs ``chart_push`` in in-process mode where possible, see ``plugin_utils/_in_process.py``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..module_utils._ansible.options import specs
from ..plugin_utils._in_process import InProcessAction, preload

if TYPE_CHECKING:
    from ..module_utils._ansible.task import Face

chart_push: Face | None
try:
    from ..module_utils._ansible.faces.chart_push import chart_push
except Exception:  # whatever it is, the task then runs as a module, which says it in a sentence
    chart_push = None
else:
    preload("yaml", "requests")


class ActionModule(InProcessAction):
    options = staticmethod(specs.chart_push)
    face = staticmethod(chart_push) if chart_push else None
