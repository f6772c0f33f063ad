# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""Limits the size of results for AWX: ansible-runner drops the whole result of a task above 700 kB.

The biggest parts are removed from the result. A playbook that needs a removed part fails, instead of continuing with an empty text.
"""

from __future__ import annotations

import json

from ..._engine.aliases import Json
from ..task import Result

#: bytes of JSON; ansible-runner's limit is 700 kB, and Ansible adds facts
LIMIT = 600_000

#: keys that a playbook and Ansible need, and that are small
_SHORT_FIELDS = {"changed", "failed", "msg", "warnings", "left_out", "name", "namespace", "state", "action", "reason", "revision", "status"}
#: last name of a part -> how to get it otherwise
_HINTS = {
    "stdout": "write it to files with output_dir, choose templates with show_only, or set return_manifest: false",
    "resources": "choose templates with show_only, or remove parse_manifest",
    "manifest": "set return_manifest: false, and render the chart with chart_template and output_dir",
    "hooks": "set return_manifest: false",
    "diff": "run without --diff, or look at plan",
    "plan": "save the plan to a file with plan_file",
    "operations": "save the plan to a file with plan_file",
    "invocation": "set no_log: true, or give large values in values_files",
}


def size_of(value: Json) -> int:
    """Bytes of a value in a result, which is JSON with escapes."""
    return len(json.dumps(value, default=str))


def fitting(result: Result) -> Result:
    """The result; above ``LIMIT`` without its biggest parts, which ``left_out`` and a warning each name."""
    total = size_of(result)
    if total <= LIMIT:
        return result
    found: list[Result] = []
    while total > LIMIT:
        path = _biggest(result)
        if not path:
            break
        size = _remove(result, path)
        total -= size
        name = ".".join(str(part) for part in path)
        hint = next((_HINTS[part] for part in reversed(path) if part in _HINTS), "request less data in one task")
        found.append({"name": name, "bytes": size, "hint": hint})
    result["left_out"] = found
    result["warnings"] = [*result.get("warnings", []), *(_sentence(part) for part in found)]
    return result


def _sentence(part: Result) -> str:
    size = f"{part['bytes'] / 1000:.0f} kB"
    return f"{part['name']} ({size}) was removed from the result, which would exceed {LIMIT // 1000} kB: {part['hint']}."


def _biggest(result: Result) -> list[str | int]:
    """Path of the biggest part of a result.

    Leads down through dictionaries and lists of results, while one part is more than half.
    """
    path: list[str | int] = []
    here: Json = result
    while True:
        parts = _parts(here, top=not path)
        if not parts:
            return path
        key, size = max(parts.items(), key=lambda item: item[1])
        if path and isinstance(here, dict) and size * 2 < sum(parts.values()):
            return path
        path.append(key)
        here = here[key]


def _parts(value: Json, *, top: bool) -> dict[Json, int]:
    if isinstance(value, dict):
        short_fields = _SHORT_FIELDS - {"status"} if top else _SHORT_FIELDS
        return {key: size_of(inner) for key, inner in value.items() if key not in short_fields}
    if isinstance(value, list) and value and all(isinstance(item, dict) and "changed" in item for item in value):
        return {index: size_of(item) for index, item in enumerate(value)}  # results of several releases
    return {}


def _remove(result: Json, path: list[str | int]) -> int:
    for part in path[:-1]:
        result = result[part]
    return size_of(result.pop(path[-1]))
