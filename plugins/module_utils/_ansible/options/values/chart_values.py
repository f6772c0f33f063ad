# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""The user's values, all sources merged in Helm's order.

Helm: ``pkg/cli/values/options.go``, ``MergeValues``.

``values_files`` in their order, each deep-merged over those before; ``values_from`` (in a separate file, which is imported when it is
used); ``release_values`` over these; then ``set_values``, where the kind fixes the order (json, raw, string, file, literal) and the list
only the order within a kind.

About quotes: ``kubernetes.core`` writes a ``raw`` entry into a shell-like command line, so playbooks hold entries such as
``key='a b'`` whose quotes never reached helm. Entries with quotes, or with a doubled backslash, lose one level of shell
quoting here as well, where the result is one word; all others are parsed by Helm's grammar.
"""

from __future__ import annotations

import json
import shlex
from collections.abc import Mapping

from ...._adapters.charts.files import collect_values
from ...._adapters.charts.values_source import read_source
from ...._adapters.user_paths import user_path
from ...._engine.aliases import JsonObject
from ...._engine.errors import ValuesError
from ...._engine.yamlio.gojson import json_loads
from ...task import Task

#: value_type -> Helm's kind of ``--set``
KINDS = {"raw": "set", "string": "set-string", "json": "set-json", "file": "set-file", "literal": "set-literal"}


def user_values(task: Task) -> JsonObject:
    """Helm's ``config`` of the release. Raises ``ValuesError``; numbers are floats, as Helm reads YAML."""
    texts: dict[str, list[str]] = {}
    for entry in task.get("set_values", []):
        value_type, text = entry.get("value_type") or "raw", str(entry["value"])
        texts.setdefault(KINDS[value_type], []).append(unquoted(text) if value_type == "raw" else text)
    try:
        values = _merged(task, texts)
    except ValuesError as error:
        if not str(error.fields.get("source", "")).startswith("--set"):
            raise
        # the engine names helm's flag, a task has an option
        raise ValuesError(f"set_values: {error.message}", helm=error.helm, **{**error.fields, "option": "set_values"}) from error
    task.hide_paths(values)
    task.note_secrets(values)
    return values


def _merged(task: Task, texts: dict[str, list[str]]) -> JsonObject:
    files = [_expanded(str(source), task.environ) for source in task.get("values_files", [])]
    inline = as_helm_reads(task.get("release_values", {}))

    def read(path: str) -> bytes:
        data = read_source(_expanded(path, task.environ), task.environ)
        if data.startswith(b"$ANSIBLE_VAULT;"):
            raise ValuesError(f"{path} is encrypted with Ansible Vault; specify it as file in values_from, which decrypts it.", source=path)
        return data

    if not task.get("values_from") and not task.traces_values:
        return collect_values(files, dict(texts), read=read, inline=inline)
    from .values_from import layered

    layers = layered(task, files, texts, inline, read)
    task.origins = layers.origins
    return layers.values


def _expanded(path: str, environ: Mapping[str, str]) -> str:
    return str(user_path(path, "values_files", environ)) if path.startswith("~/") else path


def as_helm_reads(values: JsonObject) -> JsonObject:
    """A task's dictionary, converted as if it were a values file."""
    try:
        return dict(json_loads(json.dumps(values, allow_nan=False)))
    except (TypeError, ValueError) as error:
        raise ValuesError(f"release_values contains a value that cannot be converted to YAML: {error}.", source="release_values") from error


def unquoted(text: str) -> str:
    """The text without one level of shell quoting, where it has one (see the top of this file)."""
    if not any(mark in text for mark in ("'", '"', "\\\\")):
        return text
    try:
        words = shlex.split(text)
    except ValueError:  # a lone quote, as in `motto=it's`: no quoting at all
        return text
    return words[0] if len(words) == 1 else text
