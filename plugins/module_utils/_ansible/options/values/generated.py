# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""Converts ``keep_generated``.

An entry is the name of a Secret, or a map of ``kind``, ``name``, ``namespace`` and ``keys``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...._engine.aliases import Json
from ...._engine.errors import OptionError
from ...task import Task

if TYPE_CHECKING:
    from ...._engine.objects.policy import KeepSource

_FACTS = ("kind", "name", "namespace", "keys")


def keep_sources(task: Task) -> tuple[KeepSource, ...]:
    """The sources of values to preserve. Without the option nothing is imported.

    :raises OptionError: an entry names nothing, or has an unknown key.
    """
    entries = task.get("keep_generated", [])
    return tuple(_source(task, index, entry) for index, entry in enumerate(entries)) if entries else ()


def _source(task: Task, index: int, entry: Json) -> KeepSource:
    from ...._engine.objects.paths import parse_pattern
    from ...._engine.objects.policy import KeepSource, Selector
    from ...._engine.preserve.sources import DATA_KINDS

    where = f"keep_generated[{index}]"
    if isinstance(entry, str):
        entry = {"name": entry}
    if not isinstance(entry, dict):
        raise OptionError(f"{where} must be the name of a Secret or a dictionary with {', '.join(_FACTS)}.", option="keep_generated")
    unknown = sorted(str(key) for key in entry if key not in _FACTS)
    if unknown:
        raise OptionError(
            f"{where} has the unknown keys {', '.join(unknown)}; valid keys are {', '.join(_FACTS)}.", option="keep_generated"
        )
    for fact in ("kind", "name", "namespace"):
        if entry.get(fact) is not None and not isinstance(entry[fact], str):
            raise OptionError(f"{where}: its {fact} must be a string.", option="keep_generated")
    if not entry.get("name"):
        raise OptionError(f"{where} requires a name, which is the name of the object whose values are preserved.", option="keep_generated")
    keys = entry.get("keys") or []
    if not isinstance(keys, list) or not all(isinstance(key, str) and key for key in keys):
        raise OptionError(f"{where}: its keys must be a list of strings.", option="keep_generated")
    kind = entry.get("kind") or "Secret"
    selector = Selector(kind, entry["name"], entry.get("namespace") or str(task["release_namespace"]))
    patterns = [("*", key) if kind in DATA_KINDS else parse_pattern(key, f"{where}.keys") for key in keys]
    return KeepSource(selector, tuple(patterns))
