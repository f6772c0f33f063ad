# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""``flags.yml`` has every flag of the real helm, and no other.

A flag of a newer helm cannot be forgotten.
"""

from __future__ import annotations

import importlib.util
import re
from types import ModuleType

import pytest
from conftest import ROOT, Oracle


def _porting() -> ModuleType:
    spec = importlib.util.spec_from_file_location("windlass_tools_porting", ROOT / "tools" / "porting.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


FLAGS = _porting().flags()


def flags_of(text: str) -> tuple[set[str], set[str]]:
    """The command's own flags and those of every command, from the output of ``--help``."""
    own, found, everywhere = text.partition("\nGlobal Flags:\n")
    assert found and "\nFlags:\n" in own, text[:200]
    own = own.partition("\nFlags:\n")[2]
    return tuple({line[1] for line in re.finditer(r"^ +(?:-[a-zA-Z], )?(--[a-z0-9-]+)", part, re.MULTILINE)} for part in (own, everywhere))


@pytest.mark.parametrize("command", list(FLAGS["commands"]))
def test_the_table_has_every_flag(command: str, helm: Oracle) -> None:
    done = helm.run(*command.split(), "--help")
    own, everywhere = flags_of(done.stdout.decode())
    assert len(own) > 1 and len(everywhere) > 10
    assert set(FLAGS["commands"][command]["flags"]) == own
    assert set(FLAGS["global"]) == everywhere
