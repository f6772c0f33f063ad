# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""Checks before any write whether a revision's record fits into its store.

The API server refuses a Secret or a ConfigMap with more than 1 MiB of data; Helm finds that out when the hooks' CRDs and the namespace
exist already. The data is the encoded release: its JSON, gzipped, in base64. Most releases are far below; so cheap estimates come first,
and the record is encoded only near the limit.

The encoded size of a part is its size when encoded alone: the parts add up to a little more than the whole.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from typing import TYPE_CHECKING

from ..aliases import JsonObject
from ..errors import ReleaseError
from ..ports import Store
from .codec import compress, release_json

if TYPE_CHECKING:
    from .model import Release

#: what the record still gains on its way: another status and description, times of hooks
_ROOM = 1024
#: how many parts a sentence names
_NAMED = 5


def check_size(release: Release, store: Store) -> None:
    """Refuse a revision whose record would not fit.

    :raises ReleaseError: it would not. Fields: ``size`` and ``limit`` in bytes, packed; ``parts``, all of them, biggest first:
        ``{part, name, bytes, packed}`` where ``part`` is file, template, chart, values, manifest, hook or notes.
    """
    if not store.limit:
        return
    size = packed_size(release, store.limit - _ROOM)
    if size <= store.limit - _ROOM:
        return
    parts = sorted(_parts(release), key=lambda part: -part["packed"])
    named = [part for part in parts if part["packed"] * 50 > size] or parts
    shown = ", ".join(f"{_label(part)} {_amount(part['packed'])}" for part in named[:_NAMED])
    raise ReleaseError(
        f"The record of revision {release.version} of release {release.name} has {_amount(size)} compressed, but a "
        f"{store.kind or 'record'} can contain at most {_amount(store.limit)}; nothing was written. Largest parts, compressed: "
        f"{shown}. Exclude unused files from the chart (.helmignore), or make the values smaller",
        helm=_helms_words(release, store),
        release=release.name,
        namespace=release.namespace,
        revision=release.version,
        size=size,
        limit=store.limit,
        parts=parts,
    )


def _helms_words(release: Release, store: Store) -> str:
    """The API server's message, as each of Helm's drivers passes it on."""
    lead, field = ("", "[]") if store.kind == "ConfigMap" else ("create: failed to create: ", "data")
    key = f"sh.helm.release.v1.{release.name}.v{release.version}"
    return f'{lead}{store.kind} "{key}" is invalid: {field}: Too long: may not be more than {store.limit} bytes'


def packed_size(release: Release, enough: int) -> int:
    """Bytes of the payload. At or below ``enough`` it may be more than the true number, never less."""
    data = release_json(release).encode("utf-8", "surrogatepass")
    for bound in (len(data) + 1024, _fast(data)):
        if _base64(bound) <= enough:
            return _base64(bound)
    return _base64(len(compress(data)))


def _fast(data: bytes) -> int:
    return len(zlib.compress(data, 1)) + 18


def _base64(count: int) -> int:
    return (count + 2) // 3 * 4


def _parts(release: Release) -> Iterator[JsonObject]:
    from ..yamlio.gojson import json_dumps

    chart = release.chart
    for part, key in (("template", "templates"), ("file", "files")):
        for file in chart.get(key) or ():
            yield _part(part, str(file.get("name", "")), str(file.get("data", "")))
    for part, name, text in (
        ("chart", "values.yaml", json_dumps(chart.get("values") or {})),
        ("chart", "values.schema.json", str(chart.get("schema") or "")),
        ("values", "", json_dumps(release.config)),
        ("manifest", "", release.manifest),
        ("notes", "", release.info.notes),
        *(("hook", hook.path, hook.manifest) for hook in release.hooks),
    ):
        if len(text) > 2:
            yield _part(part, name, text)


def _part(part: str, name: str, text: str) -> JsonObject:
    data = text.encode("utf-8", "surrogatepass")
    return {"part": part, "name": name, "bytes": len(data), "packed": _base64(len(zlib.compress(data, 6)))}


def _label(part: JsonObject) -> str:
    words = {"values": "the values of the task", "manifest": "the rendered manifest", "notes": "the notes"}
    if part["part"] in words:
        return words[part["part"]]
    return f"hook {part['name']}" if part["part"] == "hook" else str(part["name"])


def _amount(count: int) -> str:
    return f"{count / 1048576:.2f} MiB" if count >= 100 * 1024 else f"{count / 1024:.1f} KiB"
