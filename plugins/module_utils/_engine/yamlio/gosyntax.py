# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""``fmt``'s ``%#v`` for the few values that appear in messages of the YAML libraries."""

from __future__ import annotations

import json
from typing import Any

from .numbers import float_v


def go_syntax(value: Any, interface_keys: bool = False) -> str:
    """The value as Go source, maps as ``map[interface {}]interface {}`` when they come from yaml.v2."""
    if value is None:
        return "interface {}(nil)"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return float_v(value)
    if isinstance(value, int):
        return str(int(value))
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, list):
        return "[]interface {}{" + ", ".join(go_syntax(one, interface_keys) for one in value) + "}"
    kind = "map[interface {}]interface {}" if interface_keys else "map[string]interface {}"
    inner = ", ".join(f"{go_syntax(key, interface_keys)}:{go_syntax(one, interface_keys)}" for key, one in sorted(value.items()))
    return f"{kind}{{{inner}}}"
