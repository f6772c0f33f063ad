# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""Checks a schema as santhosh-tekuri/jsonschema v6 compiles it (``roots.go``, ``objcompiler.go``).

This happens before any value is validated. First every subschema is collected from the places where its draft allows some, with its
anchors; the schema is validated against its metaschema; then everything that can be reached from the root is compiled, breadth first. The
target of a ``$ref`` must exist. Where it is a place that no keyword names (``$defs`` in draft 7), it is validated against the metaschema at
that point.

Schemas with an ``$id`` below the root are left to the walk, which resolves references when it reaches them.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from typing import NamedTuple
from urllib.parse import quote, unquote

from ...aliases import Json, JsonObject
from ...gotypes.printing import go_quote
from ...gotypes.values import GoError, Unmatchable
from ...sprig.regex import compiled
from .faults import URL, SchemaFault

#: where subschemas are: keyword -> which of its parts ("" itself, "*" a map's values, "[]" a list's elements), by draft
_PLACES: tuple[tuple[int, dict[str, str]], ...] = (
    (4, {"definitions": "*", "not": "", "allOf": "[]", "anyOf": "[]", "oneOf": "[]", "properties": "*", "additionalProperties": ""}),
    (4, {"patternProperties": "*", "items": "[]", "additionalItems": "", "dependencies": "*"}),
    (6, {"propertyNames": "", "contains": ""}),
    (7, {"if": "", "then": "", "else": ""}),
    (2019, {"$defs": "*", "dependentSchemas": "*", "unevaluatedProperties": "", "unevaluatedItems": "", "contentSchema": ""}),
    (2020, {"prefixItems": "[]"}),
)
#: the same of what is compiled, in its order
_COMPILED: tuple[tuple[int, str, str], ...] = (
    (4, "allOf", "[]"),
    (4, "anyOf", "[]"),
    (4, "oneOf", "[]"),
    (4, "not", ""),
    (4, "properties", "*"),
    (4, "patternProperties", "*"),
    (4, "additionalProperties", ""),
    (4, "dependencies", "*"),
    (6, "contains", ""),
    (6, "propertyNames", ""),
    (7, "if", ""),
    (7, "then", ""),
    (7, "else", ""),
    (2019, "dependentSchemas", "*"),
    (2019, "unevaluatedItems", ""),
    (2019, "unevaluatedProperties", ""),
    (2020, "prefixItems", "[]"),
    (2020, "items", ""),
)


#: keywords whose target depends on the way to them
_DYNAMIC = frozenset(["$recursiveRef", "$recursiveAnchor", "$dynamicRef", "$dynamicAnchor"])


def located(pointer: str) -> str:
    """A place in the schema as messages name it."""
    return f"{URL}#{_encoded(pointer)}"


def _encoded(pointer: str) -> str:
    return "/".join(quote(token, safe="$&+:=@-_.~") for token in pointer.split("/"))


def _token(name: str) -> str:
    return name.replace("~", "~0").replace("/", "~1")


def _parts(schema: JsonObject, keyword: str, parts: str) -> Iterator[tuple[str, Json]]:
    value = schema.get(keyword)
    if parts == "*" and isinstance(value, dict):
        for name, below in value.items():
            yield f"/{_token(keyword)}/{_token(name)}", below
    elif parts == "[]" and isinstance(value, list):
        for place, below in enumerate(value):
            yield f"/{_token(keyword)}/{place}", below
    elif parts == "" and keyword in schema:
        yield f"/{_token(keyword)}", value


def at(schema: Json, pointer: str) -> Json:
    """What a pointer leads to. Raises ``SchemaFault``."""
    found = schema
    for token in pointer.split("/")[1:]:
        name = token.replace("~1", "/").replace("~0", "~")
        if isinstance(found, dict) and name in found:
            found = found[name]
        elif isinstance(found, list) and name.isascii() and name.isdigit() and int(name) < len(found):
            found = found[int(name)]
        else:
            raise SchemaFault(
                f"values.schema.json refers to #{pointer}, which is not in it", f'json-pointer in "{located(pointer)}" not found'
            )
    return found


class Target(NamedTuple):
    """Where a reference leads, in the shape of ``referencing``."""

    contents: Json
    resolver: OneDocument


class OneDocument:
    """Resolves references of a plain schema, as ``referencing`` does for any."""

    def __init__(self, prepared: Prepared) -> None:
        self.prepared = prepared

    def lookup(self, reference: str) -> Target:
        """Raises ``SchemaFault``."""
        for pointer in self.prepared.referred(reference):
            return Target(at(self.prepared.schema, pointer), self)
        raise SchemaFault(f"values.schema.json refers to {reference}, which is not in it", f"failing loading {go_quote(reference)}")


class Prepared:
    """A schema document with valid references.

    :param judge: validates a subschema against the metaschema; takes it and its pointer. Raises ``SchemaFault``.
    :param foreign: takes a reference to another document. Raises ``SchemaFault`` where it does not exist.
    """

    def __init__(self, schema: Json, draft: int, judge: Callable[[Json, str], None], foreign: Callable[[str], object]) -> None:
        self.schema, self.draft = schema, draft
        self.judge, self.foreign = judge, foreign
        self.collected: set[str] = set()
        self.anchors: dict[str, str] = {}
        #: pointer by the identity of a schema
        self.places: dict[int, str] = {}
        self.has_ids = False
        #: every reference leads to a pointer or an anchor of this document
        self.is_plain = True

    def run(self) -> None:
        """Raises ``SchemaFault``."""
        self.collect(self.schema, "")
        self.judge(self.schema, "")
        if not self.has_ids:
            self.compile()

    def collect(self, schema: Json, pointer: str) -> None:
        if pointer in self.collected:
            return
        self.collected.add(pointer)
        if not isinstance(schema, dict):
            return
        self.anchor(schema, pointer)
        for draft, places in _PLACES:
            if self.draft >= draft:
                for keyword, parts in places.items():
                    for below, value in _parts(schema, keyword, parts):
                        self.collect(value, pointer + below)
        if "items" in schema:
            self.collect(schema["items"], pointer + "/items")

    def anchor(self, schema: JsonObject, pointer: str) -> None:
        named = schema.get("id" if self.draft == 4 else "$id")
        hidden = self.draft < 2019 and "$ref" in schema
        if isinstance(named, str) and not hidden:
            self.has_ids = True
            self.is_plain = False
        if self.draft >= 2019 and not _DYNAMIC.isdisjoint(schema):
            self.is_plain = False
        names = [schema.get("$anchor") if self.draft >= 2019 else None, schema.get("$dynamicAnchor") if self.draft >= 2020 else None]
        for name in names:
            if not isinstance(name, str) or self.has_ids:
                continue
            other = self.anchors.setdefault(name, pointer)
            if other != pointer:
                raise SchemaFault(
                    f"values.schema.json has the anchor {name} twice, at {other or 'the top'} and at {pointer}",
                    f"duplicate anchor {go_quote(name)} in {go_quote(URL)} at {go_quote(other)} and {go_quote(pointer)}",
                )

    def compile(self) -> None:
        queue = deque([""])
        known = {""}
        while queue:
            pointer = queue.popleft()
            found = at(self.schema, pointer)
            if pointer not in self.collected:
                self.collect(found, pointer)
                self.judge(found, pointer)
            if not isinstance(found, dict):
                continue
            self.places[id(found)] = pointer
            self.expressions(found, pointer)
            for below in self.needed(found, pointer):
                if below not in known:
                    known.add(below)
                    queue.append(below)

    def expressions(self, schema: JsonObject, pointer: str) -> None:
        """Patterns that the metaschema of an older draft has let pass."""
        if self.draft < 2019 and "$ref" in schema:
            return
        names = schema.get("patternProperties")
        patterns = [("patternProperties", name) for name in names] if isinstance(names, dict) else []
        if isinstance(schema.get("pattern"), str):
            patterns.append(("pattern", schema["pattern"]))
        for keyword, pattern in patterns:
            try:
                compiled(pattern)
            except Unmatchable:
                raise
            except GoError as error:
                raise SchemaFault(
                    f"values.schema.json has a {keyword} that is not a valid regular expression: {error}",
                    f"invalid regex {go_quote(pattern)} at {go_quote(f'{located(pointer)}/{keyword}')}: {error}",
                ) from None

    def needed(self, schema: JsonObject, pointer: str) -> Iterator[str]:
        if isinstance(schema.get("$ref"), str):
            yield from self.referred(schema["$ref"])
        hidden = self.draft < 2019 and isinstance(schema.get("$ref"), str)  # next to $ref, Helm's library leaves out what draft 4 has
        for draft, keyword, parts in _COMPILED:
            if hidden and draft == 4:
                continue
            if self.draft < draft or (keyword == "items" and self.draft < 2020):
                continue
            unused_if = keyword == "else"  # the value of "if" with which the keyword has no effect
            if keyword in ("then", "else") and schema.get("if", unused_if) is unused_if:
                continue
            if keyword == "properties" and self.draft < 2020 and "items" in schema:
                yield from self.old_items(schema, pointer)
            for below, value in _parts(schema, keyword, parts):
                if not (keyword == "additionalProperties" and isinstance(value, bool)) and not (
                    keyword == "dependencies" and isinstance(value, list)
                ):
                    yield pointer + below

    def old_items(self, schema: JsonObject, pointer: str) -> Iterator[str]:
        if not isinstance(schema["items"], list):
            yield pointer + "/items"
            return
        for place in range(len(schema["items"])):
            yield f"{pointer}/items/{place}"
        if "additionalItems" in schema and not isinstance(schema["additionalItems"], bool):
            yield pointer + "/additionalItems"

    def referred(self, reference: str) -> Iterator[str]:
        url, _mark, fragment = reference.partition("#")
        if url not in ("", URL, "values.schema.json"):
            if not url.startswith("urn:"):
                self.is_plain = False
                self.foreign(reference)
            return
        fragment = unquote(fragment)
        if fragment and not fragment.startswith("/"):
            if fragment not in self.anchors:
                raise SchemaFault(
                    f"values.schema.json refers to the anchor {reference}, which is not in it",
                    f'anchor in "{URL}#{_encoded(fragment)}" not found in schema "{URL}"',
                )
            yield self.anchors[fragment]
        else:
            yield fragment
