# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""``make cluster-up`` and ``make cluster-down``: start and stop the control plane of the tests."""

from __future__ import annotations

import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
from places import ROOT, venv  # next to this file

if __name__ == "__main__":
    interpreter = str(venv("dev") / "python")
    os.execv(interpreter, [interpreter, str(ROOT / "tests/cluster/controlplane.py"), *sys.argv[1:]])  # noqa: S606  # the same program, another Python
