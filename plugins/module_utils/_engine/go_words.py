# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""Replaces what Go prints of types and structures by plain words, for messages of this collection.

Helm's own wording (``error.helm``) stays as it is.
"""

from __future__ import annotations

import re

#: names of Go types -> plain words; a longer name comes before its parts
_TYPES = (
    ("[]map[string]interface {}", "a list of maps"),
    ("map[string]interface {}", "a map"),
    ("map[interface {}]interface {}", "a map"),
    ("map[string]string", "a map of strings"),
    ("[]interface {}", "a list"),
    ("[]string", "a list of strings"),
    ("interface {}", "a value"),
)
#: kinds of JSON values as Go's decoder names them
_KINDS = {"object": "a map", "array": "a list", "string": "a string", "number": "a number", "bool": "a boolean"}
_UNMARSHAL = re.compile(
    r"(?:cannot unmarshal yaml document: )?(?:error unmarshaling JSON: )?(?:while decoding JSON: )?(?:json: )?"
    r"cannot unmarshal (?P<found>object|array|string|number|bool)(?: [-+.\w]+)? into Go "
    r"(?:struct field (?:\w*\.)(?P<field>\S+)|value) of type "
    r"(?P<type>struct \{(?:[^\"{}]|\"(?:[^\"\\]|\\.)*\"|\{\})*\}|map\[\w+\](?:interface \{\}|\w+)|(?:\[\])?\*?[\w.]+(?:\{\})?)"
    r"(?=[.,;: ]*(?:\s|$))"
)
_NO_FIELD = re.compile(r"can't evaluate field (\S+) in type interface \{\}")
#: the beginning of a printed structure: ``&v1.Type{``, ``*core.Type{``, ``[]v1.Type{``, ``&Type{``, ``map[string]string{``, ``map[key:``
_LITERAL = re.compile(
    r"(?:\[\]|[&*])*(?:(?<![\w.])[a-z]\w*\.(?P<named>[A-Z]\w*)|(?<=[&*])(?P<local>[A-Z]\w*)|(?P<map>map\[\w+\][\w.{}* ]*?))\{"
    r"|\bmap\[(?=[^\]\s:]+:)|(?<![\w$])\{(?=[A-Z]\w*:)"
)
_BRACKETS = {"{": 1, "[": 1, "}": -1, "]": -1}


def plain_types(text: str) -> str:
    """The text with plain words for names of Go types.

    >>> plain_types("wrong type for value; expected string; got map[string]interface {}")
    'wrong type for value; expected string; got a map'
    """
    text = _UNMARSHAL.sub(_decoded, text)
    text = _NO_FIELD.sub(r"can't evaluate field \1: the value has no such field", text)
    for name, words in _TYPES:
        text = text.replace(f"Go value of type {name}", words).replace(name, words)
    return text


def _decoded(found: re.Match[str]) -> str:
    """The words for a value of another kind than Go's decoder requires."""
    name = found["type"].rstrip(".")
    if name.startswith("[]"):
        wanted = "a list"
    elif name == "string":
        wanted = "a string"
    elif name == "bool":
        wanted = "a boolean"
    elif re.fullmatch(r"u?int\d*|float\d+", name):
        wanted = "a number"
    else:
        wanted = "a map"
    dots = found["type"][len(name) :]
    there = _KINDS[found["found"]]
    if not found["field"]:
        return f"it is {there}, but must be {wanted}{dots}"
    return f"{found['field']} has {there} where {wanted} is required{dots}"


def without_structures(text: str) -> str:
    """The text with the type in parentheses for each printed Go structure.

    A structure whose end is missing reaches to the end of the text.

    >>> without_structures('Invalid value: v1.LabelSelector{MatchLabels:map[string]string{"app":"b"}}: field is immutable')
    'Invalid value: (LabelSelector): field is immutable'
    """
    parts: list[str] = []
    last = 0
    while (found := _LITERAL.search(text, last)) is not None:
        parts += [text[last : found.start()], f"({found['named'] or found['local'] or ('map' if 'map[' in found[0] else '...')})"]
        last = _end(text, found.end())
    return "".join([*parts, text[last:]])


def _end(text: str, at: int) -> int:
    """The position behind the bracket that closes the one before ``at``; quoted ones do not count."""
    depth, quoted = 1, False
    while at < len(text) and depth:
        char = text[at]
        if quoted and char == "\\":
            at += 1
        elif char == '"':
            quoted = not quoted
        elif not quoted:
            depth += _BRACKETS.get(char, 0)
        at += 1
    return at
