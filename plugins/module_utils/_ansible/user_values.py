# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""The user's values, all sources merged in Helm's order (Helm: ``pkg/cli/values/options.go``, ``MergeValues``).

``values_files`` in their order, each deep-merged over those before; ``release_values`` over the files; then ``set_values``,
where the kind fixes the order (json, raw, string, file, literal) and the list only the order within a kind.

About quotes: ``kubernetes.core`` writes a ``raw`` entry into a shell-like command line, so playbooks hold entries such as
``key='a b'`` whose quotes never reached helm. Entries with quotes, or with a doubled backslash, lose one level of shell
quoting here as well, where that leaves one word; anything else is Helm's grammar as it stands.
"""

from __future__ import annotations

import json
import shlex
from typing import Any

from .._adapters.values_files import read_bytes
from .._engine.chart.strvals import merge_values, parse_into
from .._engine.errors import ValuesError
from .._engine.yamlio.json import json_loads
from .._engine.yamlio.load import YamlError, loads
from .task import Task

#: value_type -> Helm's flag, in the order in which Helm evaluates the flags
KINDS = {"json": "set-json", "raw": "set", "string": "set-string", "file": "set-file", "literal": "set-literal"}


def user_values(task: Task) -> dict[str, Any]:
    """Helm's ``config`` of the release. Raises ``ValuesError``; numbers are floats, as Helm reads YAML."""
    values: dict[str, Any] = {}
    for source in task.get("values_files", []):
        values = merge_values(values, _values_of_file(str(source), task))
    values = merge_values(values, as_helm_reads(task.get("release_values", {})))
    _apply_set_values(values, task)
    return values


def as_helm_reads(values: dict[str, Any]) -> dict[str, Any]:
    """A task's dictionary as if it had been a values file."""
    try:
        read = json_loads(json.dumps(values, allow_nan=False))
    except (TypeError, ValueError) as error:
        raise ValuesError(f"release_values holds something that is no YAML value for Helm: {error}.", source="release_values") from error
    return dict(read)


def _values_of_file(source: str, task: Task) -> dict[str, Any]:
    data = read_bytes(source, task.environ, option="values_files")
    try:
        values = loads(data)
    except YamlError as error:
        raise ValuesError(
            f"values_files: {source} is not YAML ({error.go_message}); correct the file.",
            helm=f"failed to parse {source}: {error.go_message}",
            source=source,
        ) from error
    if values is None:
        return {}
    if not isinstance(values, dict):
        raise ValuesError(f"values_files: {source} does not hold a map of values at its top; correct the file.", source=source)
    return values


def _apply_set_values(values: dict[str, Any], task: Task) -> None:
    entries = task.get("set_values", [])

    def read_file(path: str) -> str:
        return read_bytes(path, task.environ, option="set_values").decode("utf-8", "surrogateescape")

    for value_type, kind in KINDS.items():
        for entry in entries:
            if (entry.get("value_type") or "raw") == value_type:
                text = str(entry["value"])
                parse_into(unquoted(text) if value_type == "raw" else text, values, kind=kind, read_file=read_file)


def unquoted(text: str) -> str:
    """One level of shell quoting taken off, where there is one (see the head of this file)."""
    if not any(mark in text for mark in ("'", '"', "\\\\")):
        return text
    try:
        words = shlex.split(text)
    except ValueError:  # a lone quote, as in `motto=it's`: no quoting at all
        return text
    return words[0] if len(words) == 1 else text
