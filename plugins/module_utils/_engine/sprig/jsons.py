# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""sprig's JSON functions, for completeness: Helm replaces ``toJson``, ``fromJson`` and ``mustToJson``."""

from __future__ import annotations

from ..aliases import GoValue
from ..gotypes.limits import made, visited, weigh
from ..gotypes.values import GoError
from ..yamlio.errors import YamlError
from ..yamlio.gojson import json_dumps, json_loads


def must_from_json(text: str) -> GoValue:
    try:
        return json_loads(visited(text, 2))
    except YamlError as error:
        raise GoError(error.go_message) from error


def from_json(text: str) -> GoValue:
    try:
        return must_from_json(text)
    except GoError:
        return None


def _dumps(value: GoValue, *, escape_html: bool = True, indent: str | None = None) -> str:
    weigh(value)
    try:
        return made(json_dumps(value, escape_html=escape_html, indent=indent))
    except YamlError as error:
        raise GoError(error.go_message) from error


def must_to_json(value: GoValue) -> str:
    return _dumps(value)


def to_json(value: GoValue) -> str:
    try:
        return _dumps(value)
    except GoError:
        return ""


def must_to_pretty_json(value: GoValue) -> str:
    return _dumps(value, indent="  ")


def to_pretty_json(value: GoValue) -> str:
    try:
        return must_to_pretty_json(value)
    except GoError:
        return ""


def must_to_raw_json(value: GoValue) -> str:
    return _dumps(value, escape_html=False)
