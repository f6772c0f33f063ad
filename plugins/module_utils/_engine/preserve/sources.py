# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""The objects of a rendering that ``keep_generated`` names, and the texts in them, rendered and live.

Keys of a Secret and of a ConfigMap are addressed by name, in ``data`` or ``stringData``; of other kinds every leaf is addressed by its
path, except ``metadata`` and ``status``. A value of a Secret's ``data`` can be read in two ways: decoded, and, for values generated as
base64 (``randBytes``), as it is written.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from ..aliases import Json, JsonObject
from ..errors import OptionError
from ..objects.paths import Path, Pattern, matches_any, named, path_text
from ..objects.policy import KeepSource, Selector
from ..ports import ObjectRef, Reader
from ..render.model import Rendered
from ..render.objects import parse_manifest

#: kinds whose keys are their data
DATA_KINDS = ("Secret", "ConfigMap")

#: path -> the ways to read the value there
Leaves = dict[Path, list[str]]


@dataclass
class Source:
    """An object that was named.

    ``keys`` as in ``KeepSource``; ``strict``: what of it cannot stay is refused, not passed over.
    """

    ref: ObjectRef
    keys: tuple[Pattern, ...]
    strict: bool

    def covers(self, path: Path) -> bool:
        return not self.keys or matches_any(self.keys, path)


def objects_of(rendered: Rendered, namespace: str) -> dict[ObjectRef, JsonObject]:
    """All objects of a rendering, hooks too.

    Objects without a name (``generateName``) are left out, since they cannot be read again.
    """
    found: dict[ObjectRef, JsonObject] = {}
    texts = [rendered.manifest, *(hook.manifest for hook in rendered.hooks)]
    for _path, obj in [item for text in texts for item in parse_manifest(text)]:
        metadata = obj["metadata"]
        if metadata.get("name"):
            where = str(metadata.get("namespace") or namespace)
            found[ObjectRef(obj["apiVersion"], obj["kind"], where, str(metadata["name"]))] = obj
    return found


def placed(cluster: Reader, ref: ObjectRef) -> ObjectRef:
    """The reference to read: objects of the whole cluster have no namespace. Raises ``UnknownKind``."""
    return ref if cluster.resource(ref.api_version, ref.kind).namespaced else ObjectRef(ref.api_version, ref.kind, "", ref.name)


def named_sources(
    keep: Sequence[KeepSource],
    objects: Mapping[ObjectRef, JsonObject],
    lookups: Sequence[tuple[str, str, str, str]],
    namespace: str,
) -> list[Source]:
    """The named objects and keys of a rendering.

    :raises OptionError: it names what the chart does not render. An object that the chart itself looks up is an exception: charts that
        preserve values themselves render some objects only as long as they do not exist.
    """
    found: dict[ObjectRef, Source] = {}
    for source in keep:
        refs = [ref for ref in objects if source.selector.covers(ref)]
        looked = any(_matches(source.selector, item, namespace) for item in lookups)
        if not refs and not looked:
            raise _not_rendered(source, objects)
        for ref in refs:
            known = found.setdefault(ref, Source(ref, source.keys, bool(source.keys) or ref.kind in DATA_KINDS))
            known.keys = (*known.keys, *source.keys) if known.keys and source.keys else ()
        for key in source.keys:
            if not looked and not any(matches_any([key], path) for ref in refs for path in leaves(objects[ref])):
                key_name = key[-1] if source.selector.kind in DATA_KINDS else path_text(key)
                raise OptionError(
                    f"keep_generated: {source} has no key {key_name} in the output of this chart", option="keep_generated", key=key_name
                )
    return list(found.values())


def _matches(selector: Selector, lookup: tuple[str, str, str, str], namespace: str) -> bool:
    api_version, kind, where, name = lookup
    return selector.covers(ObjectRef(api_version, kind, where or namespace, name or selector.name))


def _not_rendered(source: KeepSource, objects: Mapping[ObjectRef, JsonObject]) -> OptionError:
    kind = source.selector.kind
    others = sorted(str(ref) for ref in objects if not kind or ref.kind == kind)[:5]
    has = f"of that kind it has {', '.join(others)}" if others else f"it has no {kind or 'object'}"
    wrong = f"keep_generated names {source}, and the chart renders no such object with these values; {has}"
    return OptionError(wrong, option="keep_generated", object=str(source))


# ------------------------------------------------------------------------------------------------------------------- leaves


def leaves(obj: Mapping[str, Json]) -> Leaves:
    """The texts in an object, by path."""
    if obj.get("kind") == "Secret" and obj.get("apiVersion") == "v1":
        found = {("data", str(key)): _decoded(value) for key, value in (obj.get("data") or {}).items()}
        found.update({("data", str(key)): [_text(value)] for key, value in (obj.get("stringData") or {}).items()})
        return {path: texts for path, texts in found.items() if texts}
    rest = {key: value for key, value in obj.items() if key not in ("apiVersion", "kind", "metadata", "status")}
    return {path: [_text(value)] for path, value in _walk(rest, ())}


def _walk(value: Json, path: Path) -> Iterator[tuple[Path, Json]]:
    if isinstance(value, Mapping):
        for key, item in value.items():
            yield from _walk(item, (*path, str(key)))
    elif isinstance(value, list):
        by_name = named(value)
        for index, item in enumerate(value):
            yield from _walk(item, (*path, item["name"] if by_name else index))
    elif value is not None and not isinstance(value, bool):
        yield path, value


def _text(value: object) -> str:
    return value if isinstance(value, str) else str(value)


def _decoded(value: Json) -> list[str]:
    if not isinstance(value, str):
        return []
    plain = "".join(value.split())
    try:
        return [base64.b64decode(plain, validate=True).decode("utf-8", "surrogateescape"), plain]
    except (ValueError, binascii.Error):
        return [plain]


def place_text(ref: ObjectRef, path: Path) -> str:
    """``Secret apps/db, key password``."""
    return f"{ref}, key {path[-1]}" if ref.kind in DATA_KINDS else f"{ref}, {path_text(path)}"
