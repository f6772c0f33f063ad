# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Patterns of ``.Files.Glob`` with many stars: the same results without exponential time."""

from __future__ import annotations

import time

import pytest
from ansible_collections.windlass.charts.plugins.module_utils._engine.render.globs import compile_glob


@pytest.mark.parametrize(
    ("pattern", "name", "fits"),
    [
        ("*a" * 30, "a" * 200 + "b", False),
        ("**/a" * 20, "a/" * 100 + "b", False),
        ("{a,a}" * 30, "a" * 29 + "b", False),
        ("*a*b*c*d", "xaxbxcxd", True),
        ("*a*b*c*d", "xaxb/xcxd", False),
        ("conf/**/*-{x,y} z*.{yaml,yml}", "conf/a/b-x zz.yml", True),
        ("*.*.*.*[!a-c]", "a.b.c.d", True),
        ("*.*.*.*[!a-c]", "a.b.c.b", False),
    ],
)
def test_many_stars(pattern: str, name: str, fits: bool) -> None:
    started = time.process_time()
    assert (compile_glob(pattern).fullmatch(name) is not None) is fits
    assert time.process_time() - started < 3
