# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Odd and damaged archives: the real helm accepts, refuses and renders them in the same way."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

UNIT = Path(__file__).resolve().parents[1] / "unit" / "plugins" / "module_utils" / "_engine" / "chart"
sys.path.insert(0, str(UNIT))
from archive_cases import archive

COUNT = int(os.environ.get("ARCHIVES", "300"))


@pytest.mark.parametrize("seed", range(COUNT))
def test_archive(seed: int, judge, tmp_path: Path) -> None:
    path = tmp_path / f"{seed}.tgz"
    path.write_bytes(archive(seed, packed=seed % 2 == 0))
    # helm's message names the file, so both get the same path
    assert not judge.compare("rel", str(path)), seed
