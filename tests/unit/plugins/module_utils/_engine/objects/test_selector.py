# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Label selectors in the API server's grammar."""

from __future__ import annotations

import pytest
from ansible_collections.windlass.charts.plugins.module_utils._engine.errors import OptionError
from ansible_collections.windlass.charts.plugins.module_utils._engine.objects.selector import selector

LABELS = {"team": "shop", "env": "dev", "example.com/tier": "1", "empty": ""}


@pytest.mark.parametrize(
    ("text", "fits"),
    [
        ("", True),
        ("team=shop", True),
        ("team==shop", True),
        ("team = shop , env = dev", True),
        ("team=shop,env=test", False),
        ("team!=shop", False),
        ("none!=shop", True),
        ("none=shop", False),
        ("env in (dev,test)", True),
        ("env in ( test )", False),
        ("env notin (dev,test)", False),
        ("none notin (dev)", True),
        ("env in (dev, test),team=shop", True),
        ("team", True),
        ("none", False),
        ("!none", True),
        ("!team", False),
        ("example.com/tier=1", True),
        ("empty=", True),
    ],
)
def test_selectors(text: str, fits: bool) -> None:
    assert selector(text)(LABELS) is fits


@pytest.mark.parametrize("text", ["a=b=c", "a in dev", "a in (b", "=b", "a b", "a,,b", "a=b!"])
def test_what_is_none(text: str) -> None:
    with pytest.raises(OptionError, match="not a valid label selector"):
        selector(text)
