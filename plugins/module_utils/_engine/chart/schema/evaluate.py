# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""Validates a value against a JSON Schema, with the findings of santhosh-tekuri/jsonschema v6.

Findings have its shape, order and words. Python's ``jsonschema`` comes to the same verdict, but reports a flat list. Helm's users see a
tree in which a failed ``type``, ``const`` or ``enum`` hides the rest of its schema, several findings about one value are nested below
``validation failed``, and a ``$ref`` is shown only where it leads to more than one finding. So this file implements the walk and uses the
libraries below ``jsonschema`` for the rest: ``referencing`` resolves references where there is more than one document or an ``$id``,
``jsonschema_specifications`` holds the metaschemas, which validate the schema itself by the same walk. Both take longer to import than most
charts to render, so they are imported where they are needed. Drafts 4 to 2020-12; without ``$schema``, 2020-12. Formats are checked up to
draft 7 and in metaschemas, as in Helm.

Every schema is valid by its metaschema before the walk enters it, so keywords have the types that they should.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from ...aliases import Json, JsonObject, Referencing
from ...patterns import late
from ...sprig.regex import compiled
from .faults import URL, SchemaFault, TooMuch
from .formatting import display, english_number, joined, quote, thousands
from .metaschemas import DRAFTS, LATEST, is_surely_valid, known_draft, metaschema, resolver_of, specification
from .refs import OneDocument, Prepared, located

if TYPE_CHECKING:
    from dataclasses import dataclass, field
    from fractions import Fraction
else:
    from ...plain import dataclass, field

#: subschemas within each other while one value is judged: values are nested 400 deep at most, and a $ref is a level of its own
MAX_DEPTH = 900
#: subschemas entered for all values of a chart; combinations of references double with each level (public charts need 2000 at most)
MAX_STEPS = 50_000
#: of a number's exponent: Go's ``big.Rat`` reads no larger one, and what it is then breaks off Helm's judging
MAX_EXPONENT = 1_000_000
_EXPONENT = late(r"[eE]([+-]?[0-9]+)\Z")
_SHARED = 8  # tokens of a path that Go keeps in one place

_LIMITS = ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum")
_TYPES = ("null", "boolean", "number", "integer", "string", "array", "object")
Path = tuple[str, ...]


@dataclass
class ValidationError:
    """A finding and what caused it.

    A reference with one cause is not shown; a group is several findings about one value.
    """

    path: Path
    message: str
    causes: list[ValidationError] = field(default_factory=list)
    kind: str = ""  # "", "reference", "group"
    discreet: str = ""  # the words without the value, where they hold it
    #: Go keeps no copy of this path: what the walk has written into it since is what Helm shows
    live: list[str] | None = None

    @property
    def shown(self) -> Path:
        return self.path if self.live is None else tuple(self.live[: len(self.path)])


class _Scope(NamedTuple):
    """A subschema that is being checked. ``level``: equal for those about one value.

    ``keyword``: the reference that led here.
    """

    schema: int
    level: int
    keyword: str
    place: str | None


def _keyword_path(scopes: list[_Scope]) -> str:
    """The keywords that lead to the last."""
    way, above = "", scopes[0].place or ""
    for scope in scopes[1:]:
        place = scope.place or ""
        way += f"/{scope.keyword}" if scope.keyword else located(place)[len(located(above)) :]
        above = place
    return way


@dataclass
class _Seen:
    """The members of the value that some keyword has evaluated, for ``unevaluated...``."""

    names: set[str] = field(default_factory=set)
    items: set[int] = field(default_factory=set)

    def add(self, other: _Seen) -> None:
        self.names |= other.names
        self.items |= other.items


def check(schema: Json, values: Json, sound: bool = False, text: str | None = None) -> ValidationError | None:
    """The root of the tree of findings, or ``None``.

    :param sound: the schema was validated against its metaschema before.
    :param text: the schema's text, from which ``is_surely_valid`` reads it.
    :raises SchemaFault: the schema is invalid, or a reference has no target.
    :raises ImportError: ``jsonschema``, or a part of it, is missing and needed.
    """
    named = schema.get("$schema", LATEST) if isinstance(schema, dict) else LATEST
    url = named.removesuffix("#") if isinstance(named, str) else LATEST
    known = known_draft(url)
    if known is None:
        from ...gotypes.values import GoError
        from ...sprig.urls import parse_reference

        address = url.partition("#")[0]
        try:
            parse_reference(address)
        except GoError as error:
            raise SchemaFault(
                f"values.schema.json has the $schema {url!r}, which is not a valid URL", f"invalid $schema in {_go(URL + '#')}: {error}"
            ) from None
        fetched = address.startswith(("http://", "https://", "file://"))
        reason = "schemas are never fetched" if fetched else f"no URLLoader registered for {_go(address)}"
        raise SchemaFault(
            f"values.schema.json has the $schema {url!r}, which is not a known draft, and is not downloaded",
            f"failing loading {_go(address)}: {reason}",
        )
    draft = DRAFTS[known].number
    evaluator = _Evaluator(draft, known, formats=draft < 2019)

    def judge(part: Json, pointer: str) -> None:
        if not sound and (text is None or not is_surely_valid(text, pointer, known)):
            _check_schema(part, known, pointer)

    prepared = Prepared(schema, draft, judge, lambda ref: evaluator.lookup(ref, resolver_of(schema, known)))
    prepared.run()
    resolver = OneDocument(prepared) if prepared.is_plain else resolver_of(schema, known)
    evaluator.places = prepared.places
    evaluator.limit = MAX_STEPS
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(max(limit, 14 * MAX_DEPTH))
    try:
        return _as_root(evaluator.check(schema, values, (), resolver, _Seen()))
    finally:
        sys.setrecursionlimit(limit)


def _check_schema(schema: Json, url: str, pointer: str = "") -> None:
    meta, resolver = metaschema(url)
    evaluator = _Evaluator(DRAFTS[url].number, url, formats=True)
    error = _as_root(evaluator.check(meta, schema, (), resolver, _Seen()))
    if error is not None:
        first = "; ".join(f"{path or 'top'}: {message}" for path, message in leaves(error))
        raise SchemaFault(
            f"values.schema.json is not a valid JSON schema: {first}",
            f"{_go(located(pointer))} is not valid against metaschema: jsonschema validation failed with '{url}#'\n{render(error)}",
        )


def _go(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _as_root(error: ValidationError | None) -> ValidationError | None:
    if error is None:
        return None
    return ValidationError((), "", error.causes if error.kind == "group" else [error])


def pointer(path: Path) -> str:
    """JSON pointer."""
    return "".join("/" + part.replace("~", "~0").replace("/", "~1") for part in path)


def render(root: ValidationError) -> str:
    """The tree below the root as Helm prints it, without a last newline."""
    lines: list[str] = []
    for cause in root.causes:
        _render(cause, 0, lines)
    return "\n".join(lines)


def _render(error: ValidationError, indent: int, lines: list[str]) -> None:
    if not (error.kind == "reference" and len(error.causes) == 1):
        lines.append(f"{'  ' * indent}- at {quote(pointer(error.shown))}: {error.message}")
        indent += 1
    for cause in error.causes:
        _render(cause, indent, lines)


def leaves(error: ValidationError) -> Iterator[tuple[str, str]]:
    """Pointer and message of each independent finding; alternatives (``anyOf``) stay one finding.

    Unlike Helm's own text they never repeat a value: it may be a secret.
    """
    for cause in error.causes:
        if cause.causes and cause.message in ("validation failed", "'allOf' failed"):
            yield from leaves(cause)
        elif cause.causes:
            below = "; ".join(f"{path}: {message}" if path != pointer(cause.path) else message for path, message in leaves(cause))
            yield pointer(cause.path), f"{cause.message} ({below})"
        else:
            yield pointer(cause.path), cause.discreet or cause.message


def type_of(value: Json) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, (int, float)):
        return "number"
    if isinstance(value, (str, bytes)):
        return "string"
    return "object" if isinstance(value, dict) else "array"


def exact(value: Json) -> Fraction:
    """The number as it is written in decimal, not as its binary neighbour.

    Raises ``SchemaFault`` where Helm fails over its size.
    """
    from fractions import Fraction

    if isinstance(value, float):
        found = _EXPONENT.search(str(value))
        if found and (len(found.group(1)) > 8 or abs(int(found.group(1))) > MAX_EXPONENT):
            raise SchemaFault(
                f"a number has an exponent beyond {MAX_EXPONENT}: {str(value)[:40]}",
                "unable to validate schema: runtime error: invalid memory address or nil pointer dereference",
            )
    return Fraction(value) if isinstance(value, int) else Fraction(str(value))


def _is_whole(value: Json) -> bool:
    return value.is_integer() if value.__class__ is float else exact(value).denominator == 1


def equal(left: Json, right: Json) -> bool:
    """JSON's equality: 1 is 1.0 and not ``true``."""
    kind = type_of(left)
    if kind != type_of(right):
        return False
    if kind == "object":
        return left.keys() == right.keys() and all(equal(one, right[key]) for key, one in left.items())
    if kind == "array":
        return len(left) == len(right) and all(equal(one, other) for one, other in zip(left, right, strict=True))
    if kind == "number":
        return exact(left) == exact(right)
    return bool(left == right)


def same_key(value: Json) -> Json:
    """Equal for values that are ``equal``, different for others; can be hashed."""
    kind = type_of(value)
    if kind == "object":
        return kind, frozenset((key, same_key(item)) for key, item in value.items())
    if kind == "array":
        return kind, tuple(same_key(item) for item in value)
    return kind, exact(value) if kind == "number" else value


def _equal_pair(items: list[Json]) -> tuple[int, int] | None:
    """The first element that was there before, and where."""
    seen: dict[Json, int] = {}
    for place, item in enumerate(items):
        first = seen.setdefault(same_key(item), place)
        if first != place:
            return first, place
    return None


class _Evaluator:
    """One schema document, one draft. ``check`` returns one finding, a group of findings, or ``None``."""

    def __init__(self, draft: int, url: str, formats: bool) -> None:
        self.draft = draft
        self.url = url
        self.formats = formats
        self.depth = 0
        self.steps = 0
        self.limit = 0  # of steps; none for a metaschema, whose work grows with the schema alone
        #: pointers into the schema by a subschema's identity, where they are known
        self.places: dict[int, str] = {}
        self.scopes: list[_Scope] = []
        self.level = 0  # grows where a part of the value is looked at
        self.keyword = ""  # the reference that leads to what is checked next
        self.tokens = [""] * _SHARED

    def check(self, schema: Json, value: Json, path: Path, resolver: Referencing, seen: _Seen) -> ValidationError | None:
        if isinstance(schema, bool):
            return None if schema else ValidationError(path, "false schema")
        if self.depth >= MAX_DEPTH:
            raise TooMuch(f"has more than {MAX_DEPTH} nested subschemas")
        self.steps += 1
        if self.steps > self.limit > 0:
            raise TooMuch(f"needs more than {self.limit} steps for these values: its references or combinations multiply")
        scope = _Scope(id(schema), self.level, self.keyword, self.places.get(id(schema)))
        self.keyword = ""
        self.scopes.append(scope)
        self.depth += 1
        try:
            return self._cycle(scope, path) or self._check(schema, value, path, self._enter(schema, resolver), seen)
        finally:
            self.depth -= 1
            self.scopes.pop()

    def _cycle(self, scope: _Scope, path: Path) -> ValidationError | None:
        """The same schema about the same value again: it would never end."""
        if scope.place is None:
            return None
        for at in range(len(self.scopes) - 2, -1, -1):
            other = self.scopes[at]
            if other.level != scope.level:
                return None
            if other.schema == scope.schema:
                first, second = _keyword_path(self.scopes), _keyword_path(self.scopes[: at + 1])
                message = f"both {first} and {second} resolve to {_go(located(scope.place))} causing reference cycle"
                return ValidationError(path, message)
        return None

    def _enter(self, schema: JsonObject, resolver: Referencing) -> Referencing:
        named = "id" if self.draft == 4 else "$id"
        if isinstance(schema.get(named), str) and (self.draft > 7 or "$ref" not in schema):
            return resolver.in_subresource(specification(self.url).create_resource(schema))
        return resolver

    def _check(self, schema: JsonObject, value: Json, path: Path, resolver: Referencing, seen: _Seen) -> ValidationError | None:
        hidden = self.draft < 2019 and "$ref" in schema  # what stands next to a $ref does not count up to draft 7
        if not hidden or "const" in schema:  # that Helm's library does look at
            first = self._first({"const": schema["const"]} if hidden else schema, value, path)
            if first is not None:
                return first
        found: list[ValidationError] = []
        if "$ref" in schema:
            reference = self._reference(schema["$ref"], value, path, resolver, seen)
            if hidden:
                return reference
            _add(found, reference)
        kind = type_of(value)
        if kind == "object":
            self._object(schema, value, path, resolver, seen, found)
        elif kind == "array":
            self._array(schema, value, path, resolver, seen, found)
        elif kind == "string":
            self._string(schema, value, path, found)
        elif kind == "number":
            self._number(schema, value, path, found)
        if self.draft >= 2019:
            self._dynamic(schema, value, path, resolver, seen, found)
        self._combined(schema, value, path, resolver, seen, found)
        if self.draft >= 2019:
            self._unevaluated(schema, value, path, resolver, seen, found)
        if len(found) < 2:
            return found[0] if found else None
        return ValidationError(path, "validation failed", found, "group")

    def _first(self, schema: JsonObject, value: Json, path: Path) -> ValidationError | None:
        """Keywords that end the judgement when they fail."""
        kind = type_of(value)
        wanted = schema.get("type")
        if wanted is not None:
            names = [wanted] if isinstance(wanted, str) else wanted
            if names and kind not in names and not ("integer" in names and kind == "number" and _is_whole(value)):
                return ValidationError(path, f"got {kind}, want {' or '.join(name for name in _TYPES if name in names)}")
        if "const" in schema and self.draft > 4 and not equal(value, schema["const"]):
            const = schema["const"]
            return ValidationError(path, "'const' failed" if isinstance(const, (dict, list)) else f"value must be {display(const)}")
        if "enum" in schema and not any(equal(value, one) for one in schema["enum"]):
            return ValidationError(path, _enum_message(schema["enum"]))
        if self.formats and isinstance(schema.get("format"), str):
            from .formats import format_fault

            fault = format_fault(schema["format"], value)
            if fault is not None:
                message = f"is not valid {schema['format']}"
                return ValidationError(path, f"{display(value)} {message}: {fault}", discreet=message)
        return None

    # references

    def _reference(
        self, ref: str, value: Json, path: Path, resolver: Referencing, seen: _Seen, keyword: str = "$ref"
    ) -> ValidationError | None:
        if ref.startswith("urn:"):
            if isinstance(resolver, OneDocument):
                return None
            import referencing.exceptions

            try:
                target = resolver.lookup(ref)
            except referencing.exceptions.Unresolvable:
                return None
        else:
            target = self.lookup(ref, resolver)
        return self._referred(target.contents, target.resolver, value, path, seen, keyword)

    def _referred(self, schema: Json, resolver: Referencing, value: Json, path: Path, seen: _Seen, keyword: str) -> ValidationError | None:
        inner = _Seen()
        self.keyword = keyword
        error = self.check(schema, value, path, resolver, inner)
        if error is None:
            seen.add(inner)
            return None
        return ValidationError(path, "validation failed", error.causes if error.kind == "group" else [error], "reference")

    def lookup(self, ref: str, resolver: Referencing) -> Referencing:
        """Where a reference leads. Raises ``SchemaFault``."""
        if isinstance(resolver, OneDocument):
            return resolver.lookup(ref)
        import referencing.exceptions

        try:
            return resolver.lookup(ref)
        except referencing.exceptions.PointerToNowhere:
            raise SchemaFault(
                f"values.schema.json refers to {ref}, which is not in it", f"json-pointer in {_go(URL + ref)} not found"
            ) from None
        except referencing.exceptions.NoSuchAnchor:
            raise SchemaFault(
                f"values.schema.json refers to the anchor {ref}, which is not in it",
                f"anchor in {_go(URL + ref)} not found in schema {_go(URL)}",
            ) from None
        except referencing.exceptions.Unresolvable as error:
            url = error.ref if "://" in str(error.ref) else ref
            raise SchemaFault(
                f"values.schema.json refers to {url}; schemas are never fetched, so put it below $defs of the schema itself",
                f"failing loading {_go(str(url))}: schemas are never fetched",
            ) from None

    def _dynamic(
        self, schema: JsonObject, value: Json, path: Path, resolver: Referencing, seen: _Seen, found: list[ValidationError]
    ) -> None:
        if "$recursiveRef" in schema:
            import referencing.jsonschema

            target = referencing.jsonschema.lookup_recursive_ref(resolver)
            _add(found, self._referred(target.contents, target.resolver, value, path, seen, "$recursiveRef"))
        if "$dynamicRef" in schema:
            _add(found, self._reference(schema["$dynamicRef"], value, path, resolver, seen, "$dynamicRef"))

    def _self(self, schema: Json, value: Json, path: Path, resolver: Referencing, seen: _Seen) -> ValidationError | None:
        """Validates the same value by a subschema: the properties that it evaluated count only if it is valid."""
        inner = _Seen()
        error = self.check(schema, value, path, resolver, inner)
        if error is None:
            seen.add(inner)
        return error

    def _member(self, schema: Json, value: Json, path: Path, name: str, resolver: Referencing) -> ValidationError | None:
        if len(path) < _SHARED:
            self.tokens[len(path)] = name
        self.level += 1
        try:
            return self.check(schema, value, (*path, name), resolver, _Seen())
        finally:
            self.level -= 1

    def _name(self, schema: Json, name: str, resolver: Referencing) -> ValidationError | None:
        """Validates a member's name by ``propertyNames``, in a separate walk."""
        saved = self.scopes, self.level, self.tokens
        self.scopes, self.level, self.tokens = [], 0, [""] * _SHARED
        try:
            return _as_root(self.check(schema, name, (), resolver, _Seen()))
        finally:
            self.scopes, self.level, self.tokens = saved

    # objects

    def _object(
        self, schema: JsonObject, value: JsonObject, path: Path, resolver: Referencing, seen: _Seen, found: list[ValidationError]
    ) -> None:
        size = len(value)
        if "minProperties" in schema and size < schema["minProperties"]:
            found.append(ValidationError(path, f"minProperties: got {thousands(size)}, want {thousands(schema['minProperties'])}"))
        if "maxProperties" in schema and size > schema["maxProperties"]:
            found.append(ValidationError(path, f"maxProperties: got {thousands(size)}, want {thousands(schema['maxProperties'])}"))
        missing = [name for name in schema.get("required", ()) if name not in value]
        if missing:
            word = "property" if len(missing) == 1 else "properties"
            found.append(ValidationError(path, f"missing {word} {joined(missing)}"))
        for name, needs in sorted(schema.get("dependencies", {}).items()):
            if name in value:
                if isinstance(needs, list):
                    _depends(value, name, needs, path, found)
                else:
                    _add(found, self._self(needs, value, path, resolver, seen))
        self._properties(schema, value, path, resolver, seen, found)
        if self.draft > 4 and "propertyNames" in schema:
            for name in sorted(value):
                error = self._name(schema["propertyNames"], name, resolver)
                if error is not None:
                    live = self.tokens if len(path) <= _SHARED else None
                    found.append(ValidationError(path, f"invalid propertyName {quote(name)}", error.causes, live=live))
        if self.draft >= 2019:
            for name, below in sorted(schema.get("dependentSchemas", {}).items()):
                if name in value:
                    _add(found, self._self(below, value, path, resolver, seen))
            for name, needs in sorted(schema.get("dependentRequired", {}).items()):
                if name in value:
                    _depends(value, name, needs, path, found)

    def _properties(
        self, schema: JsonObject, value: JsonObject, path: Path, resolver: Referencing, seen: _Seen, found: list[ValidationError]
    ) -> None:
        properties = schema.get("properties", {})
        patterns = [(compiled(pattern), below) for pattern, below in sorted(schema.get("patternProperties", {}).items())]
        rest = schema.get("additionalProperties")
        extra: list[str] = []
        for name in sorted(value):
            known = name in properties
            if known:
                _add(found, self._member(properties[name], value[name], path, name, resolver))
            for pattern, below in patterns:
                if pattern.search(name) is not None:
                    known = True
                    _add(found, self._member(below, value[name], path, name, resolver))
            if not known and rest is not None:
                known = True
                if rest is False:
                    extra.append(name)
                elif rest is not True:
                    _add(found, self._member(rest, value[name], path, name, resolver))
            if known:
                seen.names.add(name)
        if extra:
            found.append(ValidationError(path, f"additional properties {joined(extra)} not allowed"))

    # arrays

    def _array(
        self, schema: JsonObject, value: list[Json], path: Path, resolver: Referencing, seen: _Seen, found: list[ValidationError]
    ) -> None:
        size = len(value)
        if "minItems" in schema and size < schema["minItems"]:
            found.append(ValidationError(path, f"minItems: got {thousands(size)}, want {thousands(schema['minItems'])}"))
        if "maxItems" in schema and size > schema["maxItems"]:
            found.append(ValidationError(path, f"maxItems: got {thousands(size)}, want {thousands(schema['maxItems'])}"))
        if schema.get("uniqueItems") is True:
            pair = _equal_pair(value)
            if pair is not None:
                found.append(ValidationError(path, f"items at {thousands(pair[0])} and {thousands(pair[1])} are equal"))
        listed = schema.get("prefixItems", []) if self.draft >= 2020 else schema.get("items", [])
        rest = schema.get("items" if self.draft >= 2020 else "additionalItems")
        if self.draft < 2020 and "items" not in schema:  # then additionalItems means nothing
            rest = None
        if not isinstance(listed, list):
            listed, rest = [], listed
        judged = min(len(listed), size)
        for index in range(judged):
            _add(found, self._member(listed[index], value[index], path, str(index), resolver))
        if rest is False and self.draft < 2020 and "additionalItems" in schema and isinstance(schema.get("items"), list):
            if judged != size:
                found.append(ValidationError(path, f"last {thousands(size - judged)} additionalItem(s) not allowed"))
        elif rest is not None and rest is not True:
            for index in range(judged, size):
                _add(found, self._member(rest, value[index], path, str(index), resolver))
        seen.items.update(range(size if rest is not None else judged))
        if "contains" in schema and self.draft > 4:
            self._contains(schema, value, path, resolver, seen, found)

    def _contains(
        self, schema: JsonObject, value: list[Json], path: Path, resolver: Referencing, seen: _Seen, found: list[ValidationError]
    ) -> None:
        results = [self._member(schema["contains"], one, path, str(index), resolver) for index, one in enumerate(value)]
        failed = [one for one in results if one is not None]
        matched = [index for index, one in enumerate(results) if one is None]
        at = " ".join(map(str, matched))
        if self.draft >= 2020:
            seen.items.update(matched)
        least = schema.get("minContains") if self.draft >= 2019 else None
        if least is not None and len(matched) < least:
            but = f"matched {thousands(len(matched))} items at {at}" if matched else "none matched"
            found.append(ValidationError(path, f"min {thousands(least)} items required to match contains schema, but {but}", failed))
        elif least is None and not matched:
            found.append(ValidationError(path, "no items match contains schema", failed))
        most = schema.get("maxContains") if self.draft >= 2019 else None
        if most is not None and len(matched) > most:
            but = f"matched {thousands(len(matched))} items at {at}"
            found.append(ValidationError(path, f"max {thousands(most)} items required to match contains schema, but {but}"))

    # scalars

    def _string(self, schema: JsonObject, value: Json, path: Path, found: list[ValidationError]) -> None:
        size = len(value)
        if "minLength" in schema and size < schema["minLength"]:
            found.append(ValidationError(path, f"minLength: got {thousands(size)}, want {thousands(schema['minLength'])}"))
        if "maxLength" in schema and size > schema["maxLength"]:
            found.append(ValidationError(path, f"maxLength: got {thousands(size)}, want {thousands(schema['maxLength'])}"))
        if "pattern" in schema and compiled(schema["pattern"]).search(value) is None:
            message = f"does not match pattern {quote(schema['pattern'])}"
            found.append(ValidationError(path, f"{quote(value)} {message}", discreet=message))

    def _number(self, schema: JsonObject, value: Json, path: Path, found: list[ValidationError]) -> None:
        number = exact(value)
        limits: JsonObject = {name: schema[name] for name in _LIMITS if name in schema}
        if self.draft == 4:  # there the exclusive ones are booleans about the others
            for name, strict in (("minimum", "exclusiveMinimum"), ("maximum", "exclusiveMaximum")):
                if limits.pop(strict, False) is True and name in limits:
                    limits[strict] = limits.pop(name)
        for name in _LIMITS:
            if name in limits:
                limit = exact(limits[name])
                low = number < limit or (number == limit and name == "exclusiveMinimum")
                high = number > limit or (number == limit and name == "exclusiveMaximum")
                if low if name in ("minimum", "exclusiveMinimum") else high:
                    found.append(ValidationError(path, f"{name}: got {english_number(value)}, want {english_number(limits[name])}"))
        if "multipleOf" in schema and (number / exact(schema["multipleOf"])).denominator != 1:
            found.append(ValidationError(path, f"multipleOf: got {english_number(value)}, want {english_number(schema['multipleOf'])}"))

    # combinations

    def _combined(
        self, schema: JsonObject, value: Json, path: Path, resolver: Referencing, seen: _Seen, found: list[ValidationError]
    ) -> None:
        if "not" in schema and self._self(schema["not"], value, path, resolver, seen) is None:
            found.append(ValidationError(path, "'not' failed"))
        if "allOf" in schema:
            failed = [one for one in (self._self(below, value, path, resolver, seen) for below in schema["allOf"]) if one is not None]
            if failed:
                found.append(ValidationError(path, "'allOf' failed", failed))
        if "anyOf" in schema:
            results = [self._self(below, value, path, resolver, seen) for below in schema["anyOf"]]
            if all(one is not None for one in results):
                found.append(ValidationError(path, "'anyOf' failed", [one for one in results if one is not None]))
        if "oneOf" in schema:
            results = [self._self(below, value, path, resolver, seen) for below in schema["oneOf"]]
            matched = [index for index, one in enumerate(results) if one is None]
            if not matched:
                found.append(ValidationError(path, "'oneOf' failed, none matched", [one for one in results if one is not None]))
            elif len(matched) > 1:
                found.append(ValidationError(path, f"'oneOf' failed, subschemas {thousands(matched[0])}, {thousands(matched[1])} matched"))
        if "if" in schema and self.draft >= 7:
            branch = "then" if self._self(schema["if"], value, path, resolver, seen) is None else "else"
            if branch in schema:
                _add(found, self._self(schema[branch], value, path, resolver, seen))

    def _unevaluated(
        self, schema: JsonObject, value: Json, path: Path, resolver: Referencing, seen: _Seen, found: list[ValidationError]
    ) -> None:
        if isinstance(value, dict) and "unevaluatedProperties" in schema:
            for name in sorted(value.keys() - seen.names):
                _add(found, self._member(schema["unevaluatedProperties"], value[name], path, name, resolver))
            seen.names.update(value)
        if isinstance(value, list) and "unevaluatedItems" in schema:
            for index in range(len(value)):
                if index not in seen.items:
                    _add(found, self._member(schema["unevaluatedItems"], value[index], path, str(index), resolver))
            seen.items.update(range(len(value)))


def _add(found: list[ValidationError], error: ValidationError | None) -> None:
    if error is not None:
        found.append(error)


def _depends(value: JsonObject, name: str, needs: list[str], path: Path, found: list[ValidationError]) -> None:
    missing = [need for need in needs if need not in value]
    if missing:
        found.append(ValidationError(path, f"properties {joined(missing)} required, if {quote(name)} exists"))


def _enum_message(wanted: list[Json]) -> str:
    if any(isinstance(one, (dict, list)) for one in wanted):
        return "'enum' failed"
    if len(wanted) == 1:
        return f"value must be {display(wanted[0])}"
    return "value must be one of " + ", ".join(display(one) for one in wanted)
