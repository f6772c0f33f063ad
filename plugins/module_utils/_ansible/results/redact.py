# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""Masks values in results, diffs and logs by their place. Keys stay visible; leaves are masked.

Values of a release are secret unless ``return_values`` is set; the data of a Secret object always is. ``masking.py`` masks secret texts in
any place, ``masked_options.py`` options.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from ..._engine.aliases import Json, JsonObject
from ..._engine.secret_texts import MASK

__all__ = ["MASK", "at_paths", "mask_leaves", "mask_manifest", "mask_object"]


def mask_leaves(value: Json) -> Json:
    """The same shape with every scalar but ``None`` masked; empty maps and lists hold nothing and stay."""
    if isinstance(value, dict):
        return {key: mask_leaves(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [mask_leaves(inner) for inner in value]
    return None if value is None else MASK


def mask_object(obj: Json) -> Json:
    """A Kubernetes object without the data of a Secret (also inside a List)."""
    if not isinstance(obj, dict):
        return obj
    if obj.get("kind") == "Secret":
        shown = {key: mask_leaves(inner) if key in ("data", "stringData") else inner for key, inner in obj.items()}
        if isinstance(obj.get("metadata"), dict):
            shown["metadata"] = _without_copies(obj["metadata"])
        return shown
    if isinstance(obj.get("items"), list) and str(obj.get("kind", "")).endswith("List"):
        return {**obj, "items": [mask_object(item) for item in obj["items"]]}
    return obj


def _without_copies(metadata: JsonObject) -> JsonObject:
    """A Secret's metadata without copies of its data.

    An annotation such as ``kubectl.kubernetes.io/last-applied-configuration`` holds one.
    """
    annotations = metadata.get("annotations")
    if not isinstance(annotations, dict):
        return metadata
    return {**metadata, "annotations": {key: MASK if "last-applied" in str(key) else inner for key, inner in annotations.items()}}


def mask_manifest(text: str, loads: Callable[[str], Json], dumps: Callable[[Json], str]) -> str:
    """A manifest's text with the data of its Secrets masked; other documents are not changed.

    A document that contains ``Secret`` and does not parse is left out whole, since it cannot be masked.
    """
    if "Secret" not in text:
        return text
    return "\n".join(_mask_document(part, loads, dumps) for part in _documents(text))


def _documents(text: str) -> list[str]:
    """The text cut in front of each ``---`` line; joined with newlines it is the text again."""
    parts: list[list[str]] = [[]]
    for line in text.split("\n"):
        if line.startswith("---") and parts[-1]:
            parts.append([])
        parts[-1].append(line)
    return ["\n".join(part) for part in parts]


def _mask_document(text: str, loads: Callable[[str], Json], dumps: Callable[[Json], str]) -> str:
    if "Secret" not in text:
        return text
    head = [line for line in text.split("\n")[:2] if line.startswith(("---", "# Source:"))]
    try:
        obj = loads(text)
    except ValueError:
        return "\n".join([*head, "# omitted: this document mentions a Secret and is not valid YAML"])
    masked = mask_object(obj)
    if masked is obj or masked == obj:
        return text
    return "\n".join([*head, dumps(masked).rstrip("\n")])


def at_paths(values: Json, paths: list[str]) -> Iterator[Json]:
    """The values at paths such as ``auth.password``, ``users[*].token``, ``tls``, ``a\\.b.c``.

    ``*`` is any key or item.
    """
    for path in paths:
        parts = [part.replace("\0", ".") for part in re.split(r"\.|(?=\[)", path.replace("\\.", "\0")) if part]
        yield from _at(values, parts)


def _at(value: Json, parts: list[str]) -> Iterator[Json]:
    if not parts:
        yield value
        return
    head, rest = parts[0], parts[1:]
    index = head[1:-1] if head.startswith("[") and head.endswith("]") else head
    if isinstance(value, dict):
        inners = list(value.values()) if index == "*" else [value[index]] if index in value else []
    elif isinstance(value, list):
        inners = value if index == "*" else value[int(index) : int(index) + 1] if index.isdigit() else []
    else:
        inners = []
    for inner in inners:
        yield from _at(inner, rest)
