# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""No verb sends more requests than its budget allows (``measured.py``), chart by chart."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parent))  # without it, modules next to a test are not found in every way of calling pytest
import measured


@pytest.mark.parametrize("scenario", measured.SCENARIOS, ids=lambda scenario: scenario.name)
def test_within_the_budget(plane, programs, tmp_path, scenario):
    counter = measured.Counter(plane, programs["helm4"], tmp_path)
    over = []
    for row in counter.rows(scenario, with_helm=False):
        assert row.ours > 0, f"{row.verb}: nothing was counted"
        if row.ours > row.allowed:
            over.append(f"{row.verb}: {row.ours} of {row.allowed}\n  " + "\n  ".join(row.asked))
    assert not over, "\n".join(over)


def test_the_page_has_every_chart_and_verb():
    page = (measured.ROOT / "docs" / "requests.md").read_text()
    for scenario in measured.SCENARIOS:
        assert f"| {scenario.name} |" in page
    for verb in measured.VERBS:
        assert f"| {verb} |" in page
