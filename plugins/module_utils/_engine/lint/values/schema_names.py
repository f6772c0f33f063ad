# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""The paths that a ``values.schema.json`` declares: named properties, and maps with free keys.

Only names count here; ``chart.schema`` validates. References outside of the file are not followed: every path below one counts as declared.
"""

from __future__ import annotations

import json
from collections.abc import Iterator

from ...aliases import Json, JsonObject
from .shapes import ANY, Path

_COMBINING = ("allOf", "anyOf", "oneOf")
_BRANCHES = ("if", "then", "else", "not")


class SchemaNames:
    """The names in a schema.

    :param data: its text. A schema that cannot be parsed has no names; rendering reports its error.
    """

    def __init__(self, data: bytes) -> None:
        try:
            self._root: Json = json.loads(data)
        except (ValueError, RecursionError):
            self._root = None
        self._answers: dict[tuple[int, Path], bool] = {}

    @property
    def top(self) -> list[str]:
        """Names of the properties at the top."""
        return sorted({name for schema in self._all(self._root) for name in _table(schema.get("properties"))})

    def allows(self, path: Path) -> bool:
        """Whether the schema names the place, or leaves its key to the user."""
        return self._allows(self._root, path)

    def _allows(self, schema: Json, path: Path) -> bool:
        if schema is False:
            return False
        if not path or schema is True:
            return True
        key = (id(schema), path)  # the schemas live as long as this object
        if key not in self._answers:
            self._answers[key] = False  # a schema that refers to itself adds nothing
            self._answers[key] = any(self._allows(below, path[1:]) for one in self._all(schema) for below in self._below(one, path[0]))
        return self._answers[key]

    def _below(self, schema: JsonObject, key: str) -> Iterator[Json]:
        """The schemas below a key; ``True`` where all is allowed."""
        if "$ref" in schema and self._target(schema["$ref"]) is None:
            yield True
        if key == ANY:
            items = schema.get("items", False)
            yield from items if isinstance(items, list) else [items]
            return
        properties = _table(schema.get("properties"))
        if key in properties:
            yield properties[key]
        if _table(schema.get("patternProperties")):
            yield True
        more = schema.get("additionalProperties", False)
        yield True if more == {} else more

    def _all(self, schema: Json) -> list[JsonObject]:
        """A schema and those that it is combined from."""
        found: dict[int, JsonObject] = {}
        waiting = [schema]
        while waiting:
            here = waiting.pop()
            if not isinstance(here, dict) or id(here) in found:
                continue
            found[id(here)] = here
            waiting += [here.get(name) for name in _BRANCHES]
            waiting += [part for name in _COMBINING if isinstance(here.get(name), list) for part in here[name]]
            waiting += _table(here.get("dependentSchemas")).values()
            if "$ref" in here:
                waiting.append(self._target(here["$ref"]))
        return list(found.values())

    def _target(self, reference: Json) -> Json:
        """What ``#/...`` points to, ``None`` for any other reference."""
        text = str(reference)
        if text == "#":
            return self._root
        if not text.startswith("#/"):
            return None
        here = self._root
        for part in text[2:].split("/"):
            key = part.replace("~1", "/").replace("~0", "~")
            here = here.get(key) if isinstance(here, dict) else None
        return here


def _table(value: Json) -> JsonObject:
    return value if isinstance(value, dict) else {}
