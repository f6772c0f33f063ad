# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""Splits a text into documents as Helm's linter does (Go: ``NewYAMLOrJSONDecoder``).

``k8s.io/apimachinery/pkg/util/yaml``: a text that begins with a brace is a sequence of JSON values up to the first text that is not one;
that rest, and every other text, is YAML, split at lines that begin with ``---`` and hold nothing else but a comment. Only apiVersion, kind,
name and namespace are kept.
"""

from __future__ import annotations

from collections.abc import Iterator

from ...aliases import Json
from ...chart.typed import RecordOf, WrongType, decode
from ...yamlio.errors import YamlError

_HEAD = RecordOf(
    "k8sYamlStruct",
    "rules.k8sYamlStruct",
    {
        "apiVersion": "string",
        "Kind": "string",
        "Metadata": RecordOf("k8sYamlMetadata", "rules.k8sYamlMetadata", {"Namespace": "string", "Name": "string"}),
    },
)


class DocumentFault(Exception):
    """``str()``: Go's words. ``line``: within the text, from 1; 0 where it is not known."""

    def __init__(self, text: str, line: int = 0) -> None:
        super().__init__(text)
        self.line = line


def object_metadata(text: str) -> Iterator[dict[str, str] | None]:
    """apiVersion, kind and name of each document; ``None`` for an empty one.

    Raises ``DocumentFault`` at an invalid one.
    """
    fault: DocumentFault | None = None
    if text.lstrip().startswith("{"):
        text, found, fault = _json_values(text)
        yield from found
    try:
        for document, line in _documents(text):
            yield _object_metadata(document, line)
    except DocumentFault:
        if fault is None:
            raise
        raise fault from None  # neither JSON nor YAML: what JSON said counts


def _json_values(text: str) -> tuple[str, list[dict[str, str] | None], DocumentFault | None]:
    """The leading JSON values of a text, the rest of the text, and the fault in the rest.

    With one value or none there is no fault: the rest may be YAML.
    """
    from ...yamlio.gojson import json_loads_prefix

    found: list[dict[str, str] | None] = []
    at = 0
    while at < len(text):
        stripped = len(text) - len(text[at:].lstrip())
        if stripped >= len(text):
            return "", found, None
        try:
            value, at = json_loads_prefix(text, stripped)
        except YamlError as error:
            fault = _json_fault(text, stripped, error)
            if len(found) > 1:
                raise DocumentFault(error.go_message, fault.line) from None
            return text[at:], found, fault
        found.append(_as_head(value, 0))
    return "", found, None


def _json_fault(text: str, start: int, error: YamlError) -> DocumentFault:
    """A fault of syntax is shown with how many bytes were read by then."""
    if error.line is None or error.column is None:
        return DocumentFault("unexpected EOF")
    rest = text[start:].split("\n")
    before = "\n".join([*rest[: error.line - 1], rest[error.line - 1][: error.column]])
    read = len((text[:start] + before).encode("utf-8", "surrogateescape"))
    return DocumentFault(f"json: offset {read}: {error.go_message}", text.count("\n", 0, start) + error.line)


def _documents(text: str) -> Iterator[tuple[str, int]]:
    """Text of each document and the line that it begins with."""
    lines: list[str] = []
    start = 1
    for number, line in enumerate(text.split("\n"), 1):
        line = line.removesuffix("\r")
        if line.startswith("---"):
            rest = line[3:].strip()
            if rest and not rest.startswith("#"):
                raise DocumentFault(f"invalid Yaml document separator: {rest}", number)
            if lines:
                yield "\n".join(lines) + "\n", start
                lines, start = [], number + 1
                continue
        if not lines:
            start = number
        lines.append(line)
    if lines and lines != [""]:
        yield "\n".join(lines), start


def _object_metadata(document: str, line: int) -> dict[str, str] | None:
    from ...yamlio.load import loads_typed

    try:
        value = loads_typed(document)
    except YamlError as error:
        raise DocumentFault(error.go_message, line + error.line - 1 if error.line else line) from None
    return _as_head(value, line)


def _as_head(value: Json, line: int) -> dict[str, str] | None:
    try:
        found = decode(value, _HEAD)
    except WrongType as error:
        raise DocumentFault(str(error), line) from None
    if not isinstance(found, dict):
        return None
    return {
        "apiVersion": found.get("apiVersion", ""),
        "kind": found.get("Kind", ""),
        "name": found.get("Metadata", {}).get("Name", ""),
    }
