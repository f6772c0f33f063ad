# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Valid versions: the quick check agrees with the rules."""

from __future__ import annotations

import pytest
from ansible_collections.windlass.charts.plugins.module_utils._engine.chart import compatible
from ansible_collections.windlass.charts.plugins.module_utils._engine.sprig.semver import Version

TEXTS = ["1.2.3", "0.0.0", "10.20.30", "999999999.0.1", "01.2.3", "1.02.3", "1.2", "1", "v1.2.3", "1.2.3-rc.1", "1.2.3+b", "1.2.3.4", "1.2.3 ",
         "1.2.3\n", "\u0661.2.3", "99999999999999999999.0.0", "", "a.b.c", "1..2", "-1.2.3"]  # fmt: skip


@pytest.mark.parametrize("text", TEXTS)
def test_quick_and_whole_agree(text: str) -> None:
    try:
        Version(text)
        wanted = True
    except ValueError:
        wanted = False
    assert compatible.is_version(text) is wanted
    assert wanted or not compatible._USUAL.fullmatch(text)
