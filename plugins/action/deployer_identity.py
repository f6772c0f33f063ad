# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Runs ``deployer_identity`` in in-process mode where possible, see ``plugin_utils/_in_process.py``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..module_utils._ansible.options import specs
from ..plugin_utils._in_process import InProcessAction, preload

if TYPE_CHECKING:
    from ..module_utils._ansible.task import Face

deployer_identity: Face | None
try:
    from ..module_utils._ansible.faces.deployer_identity import deployer_identity
except Exception:  # whatever it is, the task then runs as a module, which says it in a sentence
    deployer_identity = None
else:
    preload("yaml", "urllib3")


class ActionModule(InProcessAction):
    options = staticmethod(specs.deployer_identity)
    face = staticmethod(deployer_identity) if deployer_identity else None
