# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The recorded answers are still Helm's.

Also half a minute of random cases, always the same ones.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from fuzz import table
from fuzz.oracle import Oracle
from fuzz.verdict import AGAIN, same

SEED = "20261121"
CASES = "6000"


def test_recorded_answers() -> None:
    found = table.findings()
    with Oracle() as oracle:
        answers = oracle.ask([case for _, case, _ in found])
        for (name, case, helm), answer in zip(found, answers, strict=True):
            assert same(helm, answer) or any(same(helm, one) for one in oracle.ask([case] * AGAIN)), f"{name}: {answer}"


def test_by_chance() -> None:
    done = subprocess.run(
        [sys.executable, str(Path(__file__).with_name("run.py")), "--cases", CASES, "--seed", SEED], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
