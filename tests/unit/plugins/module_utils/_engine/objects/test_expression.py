# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The expressions of ready_when and failed_when."""

from __future__ import annotations

import pytest
from ansible_collections.windlass.charts.plugins.module_utils._engine.errors import OptionError
from ansible_collections.windlass.charts.plugins.module_utils._engine.objects.expression import predicate

OBJECT = {
    "metadata": {"name": "x", "annotations": {"example.com/done": "yes"}},
    "spec": {"replicas": 3, "paused": False},
    "status": {
        "phase": "Running",
        "ready": 2,
        "ratio": 0.5,
        "nodes": [{"role": "leader"}, {"role": "follower"}],
        "conditions": [{"type": "Ready", "status": "True", "reason": "AllGood"}, {"type": "Synced", "status": "False"}],
    },
}


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("condition(Ready)", True),
        ("condition('Ready')", True),
        ("condition(Synced)", False),
        ("condition(Absent)", False),
        ("condition(Ready).reason == 'AllGood'", True),
        ("condition(Absent).reason == 'AllGood'", False),
        ("status.phase == 'Running'", True),
        ('status.phase == "Running"', True),
        ("status.phase != 'Running'", False),
        ("status.phase in ['Failed', 'Running']", True),
        ("status.phase in []", False),
        ("not status.phase in ['Failed']", True),
        ("status.ready >= spec.replicas", False),
        ("status.ready<spec.replicas", True),
        ("status.ready + 1", None),
        ("status.ratio == 0.5 and status.ready == 2.0", True),
        ("status.nodes[0].role == 'leader' and status.nodes[-1].role == 'follower'", True),
        ("status.nodes[7].role == 'leader'", False),
        ("status.nodes[7].role == null", True),
        ("metadata.annotations['example.com/done'] == 'yes'", True),
        ("spec.paused", False),
        ("not spec.paused", True),
        ("not not spec.paused", False),
        ("spec.paused == 0", False),
        ("spec.paused == false", True),
        ("status.phase > 3", False),
        ("status.missing < 3", False),
        ("status.missing.deeper", False),
        ("condition(Synced) or condition(Ready) and status.phase == 'Running'", True),
        ("(condition(Synced) or condition(Ready)) and status.phase == 'Gone'", False),
        ("condition(Ready) or condition(Synced) and status.phase == 'Gone'", True),
        ("true", True),
        ("status.phase == 'and'", False),
    ],
)
def test_answers(text, wanted):
    if wanted is None:
        with pytest.raises(OptionError):
            predicate(text, "ready_when", "Thing")
    else:
        assert predicate(text, "ready_when", "Thing")(OBJECT) is wanted


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "a value is missing at the end, at column 1"),
        ("status.phase ==", "a value is missing at the end"),
        ("status.", "a field is missing"),
        ("status.phase = 'x'", "'=' is not understood, at column 14"),
        ("status.phase == 'x' y", "'y' is not expected, at column 21"),
        ("(status.phase", r"'\)' is missing at the end"),
        ("lower(status.phase)", "there is no function 'lower', only condition"),
        ("condition()", r"the name of a condition is expected, not '\)'"),
        ("status[phase]", "a field in quotes or a position is expected, not 'phase'"),
        ("status.['a']", "a field is expected"),
        ("and", "'and' is not expected"),
        ("x == 'open", "is not understood"),
        ("(" * 40 + "x" + ")" * 40, "nested too deeply"),
        ("x" * 2001, "longer than 2000"),
        ("__import__('os')", "there is no function '__import__'"),
    ],
)
def test_what_cannot_be_read_is_one_sentence(text, words):
    with pytest.raises(OptionError, match=f"ready_when for Thing cannot be read: .*{words}"):
        predicate(text, "ready_when", "Thing")
