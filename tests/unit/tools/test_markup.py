# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Ansible's markup ends at the first parenthesis that is not escaped.

``make lint`` finds documentation where that is not intended.
"""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
sys.path.insert(0, str(ROOT / "tools"))
import docsite


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("see C(f(x)) here", ["C(f(x)"]),
        ("an older macro has no escape: C(f(x\\))", ["C(f(x\\)"]),
        ("RV(a) and O(b=c) and V(d\\)e) (see C(g))", []),
        ("V(http(s\\)://x)", []),
        ("V(condition\\(Ready\\))", []),
        ("first\nO(a=condition(Ready))", ["O(a=condition(Ready)"]),
        ("PROC(a(b)) is no macro", []),
    ],
)
def test_a_parenthesis_within_markup_is_found(text: str, found: list[str]) -> None:
    assert [macro for _line, macro in docsite.broken(text)] == found


def test_the_documentation_has_none() -> None:
    assert docsite.markup() == []
