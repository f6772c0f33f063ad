# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""Reads, validates and writes Chart.yaml, requirements.yaml and their locks.

Helm: ``pkg/chart/v2/metadata.go``, ``dependency.go``. Validation follows Helm's order and stops at Helm's first finding, since users search
for its text. Strings are sanitized before (every Unicode space becomes a space, unprintable characters are removed); only ``version`` is
not changed.
"""

from __future__ import annotations

import posixpath

from ..aliases import Json, JsonObject
from ..errors import ChartLoadError
from ..gotypes.runes import category, is_print
from ..patterns import late
from .compatible import is_version
from .model import ZERO_TIME, Dependency, Lock, Maintainer, Metadata
from .parsed import Parsed
from .typed import ListOf, MapOf, RecordOf, WrongType, decode

_DEPENDENCY = RecordOf(
    "Dependency",
    "v2.Dependency",
    {
        "name": "string",
        "version": "string",
        "repository": "string",
        "condition": "string",
        "tags": ListOf("string"),
        "enabled": "bool",
        "import-values": ListOf("any"),
        "alias": "string",
    },
)
_MAINTAINER = RecordOf("Maintainer", "v2.Maintainer", {"name": "string", "email": "string", "url": "string"})
METADATA = RecordOf(
    "Metadata",
    "v2.Metadata",
    {
        "name": "string",
        "home": "string",
        "sources": ListOf("string"),
        "version": "string",
        "description": "string",
        "keywords": ListOf("string"),
        "maintainers": ListOf(_MAINTAINER),
        "icon": "string",
        "apiVersion": "string",
        "condition": "string",
        "tags": "string",
        "appVersion": "string",
        "deprecated": "bool",
        "annotations": MapOf("string"),
        "kubeVersion": "string",
        "dependencies": ListOf(_DEPENDENCY),
        "type": "string",
    },
)
_LOCK = RecordOf("Lock", "v2.Lock", {"generated": "string", "digest": "string", "dependencies": ListOf(_DEPENDENCY)})
_BASE = RecordOf("chartBase", "loader.chartBase", {"apiVersion": "string"})

#: JSON name -> attribute, where they differ
_ATTRIBUTES = {"apiVersion": "api_version", "appVersion": "app_version", "kubeVersion": "kube_version", "import-values": "import_values"}
_ALIAS = late(r"[a-zA-Z0-9_-]+\Z")
_TYPES = ("", "application", "library")


def read_metadata(data: bytes, file: str, into: Metadata, parsed: Parsed) -> None:
    """Reads Chart.yaml or requirements.yaml into existing metadata.

    Keys that the file lacks are not changed.
    """
    for key, value in _read(data, file, METADATA, parsed).items():
        if key == "dependencies":
            value = [_dependency(item) for item in value]
            into.has_dependencies = True
        elif key == "maintainers":
            value = [None if item is None else Maintainer(**item) for item in value]
        elif key in ("sources", "keywords"):
            value = ["" if item is None else item for item in value]
        elif key == "annotations":
            value = {name: "" if text is None else text for name, text in value.items()}
        setattr(into, _ATTRIBUTES.get(key, key), value)


def read_lock(data: bytes, file: str, parsed: Parsed) -> Lock:
    """Chart.lock or requirements.lock."""
    found = _read(data, file, _LOCK, parsed)
    return Lock(
        generated=found.get("generated", ""),
        digest=found.get("digest", ""),
        dependencies=[item for item in map(_dependency, found.get("dependencies", ())) if item is not None],
        has_dependencies="dependencies" in found,
    )


def api_version_of(data: bytes, parsed: Parsed) -> str:
    """The ``apiVersion`` of a Chart.yaml; empty if it has none.

    Helm 4 reads it alone before it chooses a loader.
    """
    return str(_read(data, "Chart.yaml", _BASE, parsed).get("apiVersion", ""))


def _dependency(found: JsonObject | None) -> Dependency | None:
    if found is None:
        return None
    fields = {_ATTRIBUTES.get(key, key): value for key, value in found.items()}
    if "tags" in fields:
        fields["tags"] = ["" if item is None else item for item in fields["tags"]]
    return Dependency(**fields)


def _read(data: bytes, file: str, spec: RecordOf, parsed: Parsed) -> JsonObject:
    from ..yamlio.errors import YamlError, unreadable

    try:
        found = parsed.read(spec.name, data, lambda text: _decoded(text, spec))
    except (YamlError, WrongType) as error:
        reason = error.go_message if isinstance(error, YamlError) else str(error)
        raise ChartLoadError(
            unreadable(f"{file} of the chart", data, _plain(reason)), helm=f"cannot load {file}: {reason}", file=file
        ) from None
    return found if isinstance(found, dict) else {}


def _decoded(data: bytes, spec: RecordOf) -> Json:
    from ..yamlio.load import loads_typed

    return decode(loads_typed(data), spec)


def _plain(reason: str) -> str:
    """Go's message without the names of Go's layers."""
    for layer in ("error converting YAML to JSON: ", "error unmarshaling JSON: ", "while decoding JSON: ", "json: "):
        reason = reason.removeprefix(layer)
    return reason


def validate(metadata: Metadata | None) -> None:
    """Sanitises in place and raises ``ChartLoadError`` for the first thing that Helm refuses."""
    if metadata is None:
        raise _invalid("chart.metadata is required")
    for name in ("name", "description", "home", "icon", "condition", "tags", "app_version", "kube_version"):
        setattr(metadata, name, sanitize(getattr(metadata, name)))
    metadata.sources = [sanitize(text) for text in metadata.sources]
    metadata.keywords = [sanitize(text) for text in metadata.keywords]
    _validate_head(metadata)
    for maintainer in metadata.maintainers:
        if maintainer is None:
            raise _invalid("maintainers must not contain empty or null nodes")
        maintainer.name, maintainer.email, maintainer.url = (sanitize(text) for text in (maintainer.name, maintainer.email, maintainer.url))
    _validate_dependencies(metadata.dependencies)


def _validate_head(metadata: Metadata) -> None:
    name, version = metadata.name, metadata.version
    if not metadata.api_version:
        raise _invalid("chart.metadata.apiVersion is required")
    if not name:
        raise _invalid("chart.metadata.name is required")
    if name in (".", ".."):
        raise _invalid(f"chart.metadata.name {_quoted(name)} is not allowed")
    if name != (posixpath.basename(name.rstrip("/")) or "/"):
        raise _invalid(f"chart.metadata.name {_quoted(name)} is invalid")
    if not version:
        raise _invalid("chart.metadata.version is required")
    if not is_version(version):
        raise _invalid(f"chart.metadata.version {_quoted(version)} is invalid")
    if metadata.type not in _TYPES:
        raise _invalid("chart.metadata.type must be application or library")


def _validate_dependencies(dependencies: list[Dependency]) -> None:
    seen: set[str] = set()
    for dependency in dependencies:
        if dependency is None:
            raise _invalid("dependencies must not contain empty or null nodes")
        for name in ("name", "version", "repository", "condition"):
            setattr(dependency, name, sanitize(getattr(dependency, name)))
        dependency.tags = [sanitize(tag) for tag in dependency.tags]
        if dependency.alias and not _ALIAS.match(dependency.alias):
            raise _invalid(f"dependency {_quoted(dependency.name)} has disallowed characters in the alias")
        key = dependency.alias or dependency.name
        if key in seen:
            raise _invalid(f"more than one dependency with name or alias {_quoted(key)}")
        seen.add(key)


def _quoted(text: str) -> str:
    from ..gotypes.printing import go_quote  # late: only a refusal needs it

    return go_quote(text)


def _invalid(reason: str) -> ChartLoadError:
    return ChartLoadError(f"Chart.yaml is not valid: {reason}.", helm=f"validation: {reason}", file="Chart.yaml")


def sanitize(text: str) -> str:
    """Spaces of every kind become U+0020; runes that Go's ``unicode.IsPrint`` denies are dropped."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(" " if _is_space(rune) else rune for rune in text if _is_space(rune) or is_print(rune))


def _is_space(rune: str) -> bool:
    return rune in "\t\n\v\f\r \x85\xa0" or category(rune) in ("Zs", "Zl", "Zp")


def metadata_tree(metadata: Metadata) -> JsonObject:
    """Chart.yaml as Helm writes it, without empty fields; keys in Go's order."""
    tree = {
        "name": metadata.name,
        "home": metadata.home,
        "sources": metadata.sources,
        "version": metadata.version,
        "description": metadata.description,
        "keywords": metadata.keywords,
        "maintainers": [_full({"name": man.name, "email": man.email, "url": man.url}) for man in metadata.maintainers],
        "icon": metadata.icon,
        "apiVersion": metadata.api_version,
        "condition": metadata.condition,
        "tags": metadata.tags,
        "appVersion": metadata.app_version,
        "deprecated": metadata.deprecated,
        "annotations": metadata.annotations,
        "kubeVersion": metadata.kube_version,
        "dependencies": [dependency_tree(item) for item in metadata.dependencies],
        "type": metadata.type,
    }
    return _full(tree)


def lock_tree(lock: Lock) -> JsonObject:
    """Chart.lock as Helm writes it; keys in Go's order."""
    items = [dependency_tree(item) for item in lock.dependencies]
    return {
        "generated": lock.generated or ZERO_TIME,
        "digest": lock.digest,
        "dependencies": items if items or lock.has_dependencies else None,
    }


def dependency_tree(item: Dependency) -> JsonObject:
    rest = {
        "condition": item.condition,
        "tags": item.tags,
        "enabled": item.enabled,
        "import-values": item.import_values,
        "alias": item.alias,
    }
    return {"name": item.name, **_full({"version": item.version}), "repository": item.repository, **_full(rest)}


def _full(tree: JsonObject) -> JsonObject:
    """Without the fields that Go's ``omitempty`` leaves out."""
    return {key: value for key, value in tree.items() if value}
