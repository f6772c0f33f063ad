# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Schemas of every draft that Helm supports, and values that are usually valid.

No ``$ref`` leaves the schema."""

from __future__ import annotations

import json
from collections.abc import Callable
from random import Random
from typing import Any

from fuzz.case import Case
from fuzz.grammar import documents

DRAFTS = (
    None, None, "http://json-schema.org/draft-04/schema#", "http://json-schema.org/draft-06/schema#", "http://json-schema.org/draft-07/schema#", "https://json-schema.org/draft-07/schema", "https://json-schema.org/draft/2019-09/schema",
    "https://json-schema.org/draft/2020-12/schema", "http://json-schema.org/schema#", "http://json-schema.org/draft-07/schema",
)  # fmt: skip
_TYPES = ("string", "integer", "number", "boolean", "object", "array", "null")
_NAMES = ("a", "b", "c", "d", "x-y", "é", "a/b", "m~n")
_VALUES: tuple[Any, ...] = ("", "a", "ab", "foo", "1", "2024-01-01", "not a date", "a@b.c", "1.2.3.4", "::1", "http://x/y", "x y", "é", "🎉🎉", 0, 1, -1, 2, 3, 10, 1.5, 0.1, 0.3, 1e20, 2.0, 100, True, False, None, [], [1], [1, 1], [1, "a"], [1, 1.0], [{}, {}], {}, {"a": 1}, {"b": None}, {"a": "x", "b": 2}, "P1D", "12:00:00Z", "2024-01-01T00:00:00Z", "9" * 30)  # fmt: skip
_FORMATS = ("date", "date-time", "time", "email", "idn-email", "hostname", "idn-hostname", "ipv4", "ipv6", "uri", "uri-reference", "iri", "uuid", "regex", "json-pointer", "relative-json-pointer", "duration", "uri-template", "nope", "period", "semver")
_PATTERNS = ("^a", "b$", "^[a-z]+$", "\\d+", "^$", "(", "é", ".", "^(?!x)", "a{2,}", "\\p{L}", "\\w")


class Schemas:
    def __init__(self, chance: Random) -> None:
        self.chance = chance
        self.defs: dict[str, Any] = {}

    def count(self) -> Any:
        chance = self.chance
        return chance.choice((0, 1, 1, 2, 2, 3)) if chance.random() < 0.96 else chance.choice((-1, 1.5, "2", 2.0, None, True))

    def schema(self, depth: int) -> Any:
        chance = self.chance
        roll = chance.random()
        if roll < 0.03:
            return chance.choice((True, False))
        if roll < 0.05:
            return chance.choice(({}, None, 1, "x", []))
        out: dict[str, Any] = {}
        if chance.random() < 0.55:
            out["type"] = chance.choice(_TYPES) if chance.random() < 0.85 else chance.choice((["string", "null"], ["integer", "string"], [], "any", ["string", "string"], 1))
        for _ in range(chance.choice((0, 1, 1, 2, 3))):
            name, make = chance.choice(_KEYWORDS)
            if depth > 0 or make in _SHALLOW:
                out[name] = make(self, depth - 1)
        return out

    def properties(self, depth: int) -> Any:
        return {name: self.schema(depth) for name in self.chance.sample(_NAMES, self.chance.randint(0, 3))}

    def several(self, depth: int) -> Any:
        return [self.schema(depth) for _ in range(self.chance.choice((1, 2, 2, 3, 0)))]

    def items(self, depth: int) -> Any:
        return self.schema(depth) if self.chance.random() < 0.7 else self.several(depth)

    def names(self, _depth: int) -> Any:
        return self.chance.sample(_NAMES, self.chance.randint(0, 3)) if self.chance.random() < 0.95 else self.chance.choice((["a", "a"], True, "a", [1]))

    def dependent(self, depth: int) -> Any:
        return {name: self.names(depth) if self.chance.random() < 0.5 else self.schema(depth) for name in self.chance.sample(_NAMES, 2)}

    def required_by(self, depth: int) -> Any:
        return {name: self.names(depth) for name in self.chance.sample(_NAMES, 2)}

    def patterned(self, depth: int) -> Any:
        return {self.chance.choice(_PATTERNS): self.schema(depth) for _ in range(self.chance.randint(1, 2))}

    def value(self, _depth: int) -> Any:
        return self.chance.choice(_VALUES)

    def some_values(self, _depth: int) -> Any:
        return self.chance.sample(_VALUES, self.chance.randint(0 if self.chance.random() < 0.1 else 1, 4))

    def limit(self, _depth: int) -> Any:
        return self.chance.choice((0, 1, 2, 3, 10, -1, 0.5, 1.5, 0.1, 1e20, 100)) if self.chance.random() < 0.95 else self.chance.choice(("1", None, True))

    def multiple(self, _depth: int) -> Any:
        return self.chance.choice((1, 2, 3, 0.1, 0.5, 0.01, 10, 0, -1))

    def exclusive(self, _depth: int) -> Any:
        return self.chance.choice((True, False, 0, 1, 2, 10, 1.5))

    def count_of(self, _depth: int) -> Any:
        return self.count()

    def truth(self, _depth: int) -> Any:
        return self.chance.random() < 0.7

    def pattern(self, _depth: int) -> Any:
        return self.chance.choice(_PATTERNS)

    def format(self, _depth: int) -> Any:
        return self.chance.choice(_FORMATS)

    def reference(self, depth: int) -> Any:
        name = self.chance.choice(("n1", "n2", "n3"))
        if name not in self.defs:
            self.defs[name] = {}
            self.defs[name] = self.schema(depth)
        return self.chance.choice((f"#/$defs/{name}", f"#/definitions/{name}", f"#{name}", "#", "#/properties/a", "#/nope", f"#/%24defs/{name}", "#/$defs/n~1x")) if self.chance.random() < 0.4 else f"#/$defs/{name}"

    def anchor(self, _depth: int) -> Any:
        return self.chance.choice(("n1", "n2", "top"))


_KEYWORDS: tuple[tuple[str, Callable[[Schemas, int], Any]], ...] = (
    ("properties", Schemas.properties), ("properties", Schemas.properties), ("properties", Schemas.properties), ("required", Schemas.names), ("required", Schemas.names), ("items", Schemas.items), ("items", Schemas.items), ("additionalProperties", Schemas.schema), ("additionalProperties", Schemas.truth), ("patternProperties", Schemas.patterned),
    ("additionalItems", Schemas.schema), ("prefixItems", Schemas.several), ("contains", Schemas.schema), ("minContains", Schemas.count_of), ("maxContains", Schemas.count_of), ("minItems", Schemas.count_of), ("maxItems", Schemas.count_of), ("uniqueItems", Schemas.truth), ("minProperties", Schemas.count_of), ("maxProperties", Schemas.count_of),
    ("propertyNames", Schemas.schema), ("dependencies", Schemas.dependent), ("dependentRequired", Schemas.required_by), ("dependentSchemas", Schemas.properties), ("enum", Schemas.some_values), ("const", Schemas.value), ("minimum", Schemas.limit), ("maximum", Schemas.limit), ("exclusiveMinimum", Schemas.exclusive), ("exclusiveMaximum", Schemas.exclusive), ("multipleOf", Schemas.multiple),
    ("minLength", Schemas.count_of), ("maxLength", Schemas.count_of), ("pattern", Schemas.pattern), ("format", Schemas.format), ("allOf", Schemas.several), ("anyOf", Schemas.several), ("oneOf", Schemas.several), ("not", Schemas.schema), ("if", Schemas.schema), ("then", Schemas.schema), ("else", Schemas.schema), ("$ref", Schemas.reference), ("$ref", Schemas.reference),
    ("unevaluatedProperties", Schemas.truth), ("unevaluatedItems", Schemas.truth), ("default", Schemas.value), ("title", Schemas.pattern), ("description", Schemas.value), ("$anchor", Schemas.anchor), ("$comment", Schemas.pattern), ("readOnly", Schemas.truth), ("contentEncoding", Schemas.pattern),
)  # fmt: skip
_SHALLOW = {Schemas.names, Schemas.value, Schemas.some_values, Schemas.limit, Schemas.multiple, Schemas.exclusive, Schemas.count_of, Schemas.truth, Schemas.pattern, Schemas.format, Schemas.required_by}


def _fitting(chance: Random, schema: Any, depth: int) -> Any:
    """A value that has the schema's shape more often than chance would have it."""
    if not isinstance(schema, dict) or chance.random() < 0.12 or depth < 0:
        return chance.choice(_VALUES)
    if isinstance(schema.get("enum"), list) and schema["enum"] and chance.random() < 0.7:
        return chance.choice(schema["enum"])
    kind = schema.get("type")
    if isinstance(kind, list) and kind:
        kind = kind[0]
    named = schema.get("properties")
    if kind == "object" or named:
        out = {name: _fitting(chance, part, depth - 1) for name, part in (named or {}).items() if chance.random() < 0.8}
        return out if chance.random() < 0.7 else {**out, chance.choice(_NAMES): chance.choice(_VALUES)}
    if kind == "array" or "items" in schema:
        part = schema.get("items")
        return [_fitting(chance, part if isinstance(part, dict) else {}, depth - 1) for _ in range(chance.randint(0, 3))]
    classes = {"string": str, "integer": int, "number": (int, float), "boolean": bool, "null": type(None)}
    if isinstance(kind, str) and kind in classes:
        return chance.choice([value for value in _VALUES if isinstance(value, classes[kind]) and (kind == "boolean") == isinstance(value, bool)])
    return chance.choice(_VALUES)


def case(chance: Random) -> Case:
    made = Schemas(chance)
    root: Any = made.schema(3)
    if isinstance(root, dict) and chance.random() < 0.8:
        root.setdefault("properties", made.properties(2))
        root.pop("type", None)
    values = _fitting(chance, root, 4)
    if isinstance(root, dict):
        draft = chance.choice(DRAFTS) if chance.random() < 0.97 else chance.choice(("x", 1, "", None, "a#", "a#"))
        if draft is not None:
            root = {"$schema": draft, **root}
        if made.defs:
            root[chance.choice(("$defs", "$defs", "definitions"))] = made.defs
            root.setdefault("$defs", made.defs)
    text = json.dumps(root, ensure_ascii=chance.random() < 0.5)
    if chance.random() < 0.03 and "$schema" not in text:  # what a damaged one names would be fetched
        text = documents.damaged(chance, text)
    given = json.dumps(values if isinstance(values, dict) else {"a": values})
    return Case("files", {"values.schema.json": text, "templates/t.yaml": "ok"}, (given,))
