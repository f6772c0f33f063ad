# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Past findings of the fuzzer, compared with Helm's recorded answers, without Go and Helm."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from fuzz import ours, table
from fuzz.verdict import excused, excuses, same

KNOWN = [excuse for excuse in excuses() if excuse.but is not None]  # other words only: what is accepted stays accepted


@pytest.mark.parametrize(("case", "helm"), [pytest.param(case, helm, id=name) for name, case, helm in table.findings()])
def test_as_helm_answered(case, helm) -> None:
    answer = ours.answer(case)
    assert same(helm, answer) or excused(case, helm, answer, KNOWN), f"helm: {helm}\nours: {answer}"
