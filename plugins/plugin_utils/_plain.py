# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Private: converts values of a task to what a module would read from its JSON."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from ..module_utils._engine.aliases import Json

#: a value of a playbook, as Ansible passes it to an action plugin
Variable = Any  # Any: tagged, lazy or encrypted, in classes of its own that change with ansible-core


def plain(value: Variable) -> Json:
    """A value as a module would read it from JSON.

    Ansible's tags, lazy containers and subclasses are removed; keys are text, dates ISO text.
    """
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, (datetime, date)):
        return value.isoformat()
    if isinstance(value, (bytes, bytearray)):
        return bytes(value).decode("utf-8", "surrogateescape")
    if isinstance(value, int):
        return int(value)
    if isinstance(value, float):
        return float(value)
    if isinstance(value, Mapping):
        return {_key(key): plain(inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [plain(inner) for inner in value]
    return "".join([str(value)])  # str() of a tagged text may be tagged again, a joined one is not


def _key(key: Variable) -> str:
    if key is None:
        return "null"
    if isinstance(key, bool):
        return "true" if key else "false"
    return str(plain(key))
