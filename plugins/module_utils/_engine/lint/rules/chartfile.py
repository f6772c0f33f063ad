# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""Helm's lint rules for Chart.yaml (Helm 4: ``pkg/chart/v2/lint/rules/chartfile.go``)."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator

from ...aliases import Json, JsonObject
from ...chart.compatible import is_version
from ...chart.metadata import METADATA, read_metadata
from ...chart.model import Maintainer, Metadata
from ...chart.parsed import Parsed
from ...chart.typed import ListOf, RecordOf, Spec
from ...errors import ChartLoadError
from ...gotypes.printing import go_quote
from ..folder import FOLDER, ChartFolder
from ..message import ERROR, INFO, WARNING, Messages
from .addresses import is_mail, is_request, is_web

FILE = "Chart.yaml"
_LOWEST = "0.0.0-0"


def check_chart_file(folder: ChartFolder, messages: Messages) -> None:
    is_folder = folder.kind(FILE) == FOLDER
    messages.check(ERROR, FILE, "should be a file, not a directory" if is_folder else None, "chart-file")
    metadata = Metadata()
    try:
        data = folder.read(FILE)
        read_metadata(data, FILE, metadata, Parsed())
    except ChartLoadError as error:
        reason = error.helm_message.removeprefix(f"cannot load {FILE}: ")
        messages.check(ERROR, FILE, f"unable to parse YAML\n\t{reason}", "chart-file")
        return
    lines = data.decode("utf-8", "replace").split("\n")
    messages.check(WARNING, FILE, _strict(data), "chart-file-strict")
    raw = _raw(data)
    for severity, rule, key, text in _findings(metadata, raw):
        messages.check(severity, FILE, text, rule, next((at for at, line in enumerate(lines, 1) if line.startswith(f"{key}:")), 0))


def _findings(metadata: Metadata, raw: JsonObject) -> Iterator[tuple[int, str, str, str | None]]:
    """Severity, rule, key and text, in Helm's order."""
    yield ERROR, "chart-name", "name", _name(metadata.name)
    yield ERROR, "chart-api-version", "apiVersion", _api_version(metadata.api_version)
    yield ERROR, "chart-version-type", "version", _is_text(raw, "version")
    yield ERROR, "chart-version", "version", _version(metadata.version)
    yield ERROR, "chart-app-version-type", "appVersion", _is_text(raw, "appVersion")
    yield ERROR, "chart-maintainers", "maintainers", _maintainers(metadata)
    yield ERROR, "chart-sources", "sources", _sources(metadata)
    yield INFO, "chart-icon", "icon", None if metadata.icon else "icon is recommended"
    bad_icon = bool(metadata.icon) and not is_request(metadata.icon)
    yield ERROR, "chart-icon-url", "icon", f"invalid icon URL '{metadata.icon}'" if bad_icon else None
    old = metadata.api_version != "v2"
    text = f"chart type is not valid in apiVersion '{metadata.api_version}'. It is valid in apiVersion 'v2'"
    yield ERROR, "chart-type", "type", text if metadata.type and old else None
    text = f"dependencies are not valid in the Chart file with apiVersion '{metadata.api_version}'. They are valid in apiVersion 'v2'"
    yield ERROR, "chart-dependencies", "dependencies", text if metadata.dependencies and old else None
    yield WARNING, "chart-version-strict", "version", _strict_version(metadata.version)


def _name(name: str) -> str | None:
    if not name:
        return "name is required"
    base = posixpath.basename(name.rstrip("/")) or "/"
    return None if base == name else f"chart name {go_quote(name)} is invalid"


def _api_version(version: str) -> str | None:
    if not version:
        return 'apiVersion is required. The value must be either "v1" or "v2"'
    if version in ("v1", "v2"):
        return None
    return f"apiVersion '{version}' is not valid. The value must be either " + '"v1" or "v2"'


def _is_text(raw: JsonObject, key: str) -> str | None:
    value = raw.get(key, "")
    if isinstance(value, str):
        return None
    kind = "<nil>" if value is None else "bool" if isinstance(value, bool) else "float64"
    kind = "map[string]interface {}" if isinstance(value, dict) else "[]interface {}" if isinstance(value, list) else kind
    return f"{key} should be of type string but it's of type {kind}"


def _version(version: str) -> str | None:
    from ...sprig.semver import Version

    if not version:
        return "version is required"
    if not is_version(version):
        return f"version '{version}' is not a valid SemVer"
    if Version.parse(version).compare(Version.parse(_LOWEST)) <= 0:
        return f"version {go_quote(version)} is less than or equal to {go_quote(_LOWEST)}"
    return None


def _strict_version(version: str) -> str | None:
    from ...sprig.semver import SemverError, Version

    try:
        Version.strict(version)
    except SemverError:
        return f"version '{version}' is not a valid SemVerV2"
    return None


def _maintainers(metadata: Metadata) -> str | None:
    entries: list[Maintainer | None] = [*metadata.maintainers]  # nothing has refused an empty one yet
    for maintainer in entries:
        if maintainer is None:
            return "a maintainer entry is empty"
        if not maintainer.name:
            return "each maintainer requires a name"
        if maintainer.email and not is_mail(maintainer.email):
            return f"invalid email '{maintainer.email}' for maintainer '{maintainer.name}'"
        if maintainer.url and not is_web(maintainer.url):
            return f"invalid url '{maintainer.url}' for maintainer '{maintainer.name}'"
    return None


def _sources(metadata: Metadata) -> str | None:
    return next((f"invalid source URL '{source}'" for source in metadata.sources if not is_request(source)), None)


def _raw(data: bytes) -> JsonObject:
    from ...yamlio.load import loads

    found = loads(data)  # it was read a moment ago
    return found if isinstance(found, dict) else {}


def _strict(data: bytes) -> str | None:
    """The fault of a duplicate key, or of one that Chart.yaml does not have."""
    from ...yamlio.errors import YamlError
    from ...yamlio.load import loads_strict

    start = "failed to strictly parse chart metadata file\n\t"
    try:
        found = loads_strict(data)
    except YamlError as error:
        return start + error.go_message
    unknown = _unknown(found, METADATA)
    return None if unknown is None else f"{start}error unmarshaling JSON: while decoding JSON: json: unknown field {go_quote(unknown)}"


def _unknown(value: Json, spec: Spec) -> str | None:
    """The first key that a record does not have, in the order of the JSON that Go reads."""
    if isinstance(spec, ListOf) and isinstance(value, list):
        return next((found for item in value if (found := _unknown(item, spec.item)) is not None), None)
    if not isinstance(spec, RecordOf) or not isinstance(value, dict):
        return None
    folded = {name.lower(): field for name, field in spec.fields.items()}
    for key in sorted(value, key=lambda name: name.encode("utf-8", "surrogateescape")):
        field = spec.fields.get(key) or folded.get(key.lower())
        if field is None:
            return str(key)
        found = _unknown(value[key], field)
        if found is not None:
            return found
    return None
