# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""Reads and parses answers of the API server, and finds those that something else has sent.

A 2xx answer of the API server is a JSON object. An empty body, an HTML page, JSON that is truncated, or a list is an answer of
something else, or half an answer: it says nothing about what was asked, however well its status reads.
"""

from __future__ import annotations

import json
from collections.abc import Mapping

from ..._engine.aliases import Json
from ..._engine.plain_text import plain_text

MEGABYTE = 1 << 20
#: of one answer, unpacked: a page of 250 release records of 1 MiB each, twice
MAX_ANSWER = 512 * MEGABYTE
MAX_OBJECT = 64 * MEGABYTE
#: one event of a watch has one object, and an object has at most some megabytes in etcd
MAX_LINE = 32 * MEGABYTE
MAX_LOG = 4 * MEGABYTE
PIECE = 1 << 16

#: What a request expects: an object with metadata, a list, any JSON object, any text.
OBJECT, LIST, JSON, TEXT = "object", "list", "json", "text"


class TooLarge(Exception):
    """An answer has more bytes than it may have."""


def read(answer: Json, limit: int, *, cut: bool = False) -> bytes:
    """The unpacked body of a response of urllib3, with at most ``limit`` bytes.

    :param cut: return the first ``limit`` bytes of a longer one. :raises TooLarge: it has more.
    """
    parts, size = [], 0
    for part in answer.stream(PIECE, decode_content=True):
        size += len(part)
        if size > limit:
            answer.close()
            if not cut:
                raise TooLarge
            parts.append(part[: len(part) - (size - limit)])
            break
        parts.append(part)
    return b"".join(parts)


def parse(data: bytes) -> Json:
    """JSON with exact numbers, or the text where it is none."""
    try:
        return json.loads(data)
    except (ValueError, RecursionError):
        return data.decode("utf-8", errors="replace")


def fault_of(body: Json, expected: str) -> str:
    """The fault of a parsed body of a 2xx answer, as text after "answered with".

    Empty where there is none.
    """
    if not isinstance(body, Mapping):
        return _words(body)
    metadata = body.get("metadata")
    if expected == OBJECT and body.get("kind") == "Status":
        return "" if body.get("status") == "Success" else "a Status other than Success"
    if expected == OBJECT and not (isinstance(metadata, Mapping) and body.get("kind")):
        return "JSON that is not a Kubernetes object"
    if expected == OBJECT and isinstance(body.get("items"), list) and str(body.get("kind")).endswith("List"):
        return "a list where one object was expected"
    whole_list = str(body.get("kind") or "List").endswith("List") and _all_mappings(body.get("items"))
    if expected == LIST and not (isinstance(metadata, Mapping) and whole_list):
        return "JSON that is not a list of Kubernetes objects"
    return ""


def _all_mappings(items: Json) -> bool:
    return items is None or (isinstance(items, list) and all(isinstance(item, dict) for item in items))


def _words(body: Json) -> str:
    if not isinstance(body, str):
        return f"JSON that is a {'list' if isinstance(body, list) else 'single value'}, not an object"
    if not body.strip():
        return "an empty body"
    start = body.lstrip()[:200].lower()
    if start.startswith(("<!doctype", "<html", "<head", "<?xml")):
        return "an HTML page"
    if start.startswith(("{", "[")):
        return "truncated or invalid JSON"
    return f"the text {plain_text(body, 60)!r}"
