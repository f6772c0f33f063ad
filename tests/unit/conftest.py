# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Makes a checkout importable as ``ansible_collections.windlass.charts``.

So ``pytest tests/unit`` needs no installation.

Under ansible-test the name is there already and nothing happens.
"""

from __future__ import annotations

import importlib.util
import sys
import types
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def _package(name: str, path: Path | None) -> None:
    module = types.ModuleType(name)
    module.__path__ = [str(path)] if path else []  # type: ignore[attr-defined]
    sys.modules[name] = module


if "ansible_collections" not in sys.modules and importlib.util.find_spec("ansible_collections") is None:
    _package("ansible_collections", None)
    _package("ansible_collections.windlass", None)
    _package("ansible_collections.windlass.charts", ROOT)
