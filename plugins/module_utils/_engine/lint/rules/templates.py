# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""Helm's lint rules for templates and their output (Helm 4: ``pkg/chart/v2/lint/rules/template.go``).

The chart is rendered so that ``required`` and ``fail`` never fail. Only the chart's own files are checked. Where values cannot be merged
Helm reports nothing here, and neither does this.
"""

from __future__ import annotations

import posixpath
import re
from dataclasses import dataclass

from ...aliases import Table
from ...chart.dependencies import process_dependencies
from ...chart.model import Chart
from ...chart.typed import ListOf, MapOf, RecordOf, WrongType, decode
from ...chart.values import coalesce
from ...errors import ChartLoadError, EngineError, ValuesError
from ...gotypes.printing import go_quote
from ...ports import Clock, CompiledCache, Random
from ...render.capabilities import Capabilities
from ...render.engine import lint_render
from ...render.manifests import strip_space
from ...render.model import ReleaseOptions
from ..folder import FOLDER, NOTHING, ChartFolder
from ..message import ERROR, WARNING, Messages
from .deprecated import deprecation
from .names import name_findings
from .objects import DocumentFault, object_metadata

_DIRECTORY = "templates/"
_RELEASE = "test-release"
_EXTENSIONS = (".yaml", ".yml", ".tpl", ".txt")
_SELECTING = ("Deployment", "ReplicaSet", "DaemonSet", "StatefulSet")
_POLICY = "helm.sh/resource-policy"
_LIST = RecordOf(
    "",
    "struct { Items []struct { Metadata struct { Annotations map[string]string } } }",
    {
        "Items": ListOf(
            RecordOf(
                "",
                "struct { Metadata struct { Annotations map[string]string } }",
                {"Metadata": RecordOf("", "struct { Annotations map[string]string }", {"Annotations": MapOf("string")})},
            )
        )
    },
)


@dataclass(frozen=True)
class LintOptions:
    """Options of the rendering. ``namespace``: the release's.

    ``kube_version``: the version for templates and for deprecated APIs; empty: Helm's own.
    """

    namespace: str = "default"
    kube_version: str = ""
    skip_schema_validation: bool = False
    random: Random | None = None
    clock: Clock | None = None
    cache: CompiledCache | None = None


def check_templates(folder: ChartFolder, values: Table, options: LintOptions, messages: Messages) -> None:
    kind = folder.kind("templates")
    if not messages.check(WARNING, _DIRECTORY, "directory does not exist" if kind == NOTHING else None, "templates-directory"):
        return
    if not messages.check(ERROR, _DIRECTORY, None if kind == FOLDER else "not a directory", "templates-directory"):
        return
    try:
        chart = folder.load()
    except ChartLoadError as error:
        messages.check(ERROR, _DIRECTORY, error.helm_message, "chart-load")
        return
    capabilities = Capabilities.default(kube_version=options.kube_version or None)
    rendered = _rendered(chart, values, options, capabilities, messages)
    if rendered is None:
        return
    version = capabilities.kube_version
    minor = re.match(r"\d+", version.minor)
    served = (int(version.major), int(minor.group()) if minor else 0)
    for file in chart.templates:
        if not _check_file(file.name, rendered.get(posixpath.join(chart.name, file.name), ""), served, messages):
            return


def _rendered(chart: Chart, values: Table, options: LintOptions, capabilities: Capabilities, messages: Messages) -> dict[str, str] | None:
    try:
        processed = process_dependencies(chart, values)
        merged, _warnings = coalesce(processed, values)
    except EngineError:
        return None
    try:
        return lint_render(
            processed,
            merged,
            ReleaseOptions(name=_RELEASE, namespace=options.namespace, revision=0, is_install=False),
            capabilities,
            random=options.random,
            clock=options.clock,
            cache=options.cache,
            skip_schema_validation=options.skip_schema_validation,
        )
    except EngineError as error:
        place = error.fields.get("line") or 0
        line = place if isinstance(place, int) else 0
        safe = error.message if isinstance(error, ValuesError) else ""
        messages.check(ERROR, _DIRECTORY, error.helm_message, "templates-render", line, safe)
        return None


def _check_file(name: str, text: str, served: tuple[int, int], messages: Messages) -> bool:
    """``False``: Helm stops here."""
    extension = posixpath.splitext(posixpath.basename(name))[1]
    if posixpath.basename(name).rpartition(".")[0] == "" and "." in posixpath.basename(name):
        extension = posixpath.basename(name)  # for Go's Ext there are no hidden files
    bad = f"file extension '{extension}' not valid. Valid extensions are .yaml, .yml, .tpl, or .txt"
    messages.check(ERROR, name, None if extension in _EXTENSIONS else bad, "template-extension")
    if extension.lower() not in (".yaml", ".yml") or not strip_space(text):
        return True
    messages.check(WARNING, name, _indent(text), "template-indent")
    try:
        for metadata in object_metadata(text):
            if metadata is not None:
                _check_object(name, metadata, text, served, messages)
    except DocumentFault as fault:
        messages.check(ERROR, name, f"unable to parse YAML: {fault}", "template-yaml")
        return False
    return True


def _check_object(name: str, metadata: dict[str, str], text: str, served: tuple[int, int], messages: Messages) -> None:
    messages.check(WARNING, name, name_findings(metadata["kind"], metadata["name"]), "object-name")
    old = deprecation(metadata["apiVersion"], metadata["kind"], served) if metadata["apiVersion"] and metadata["kind"] else None
    messages.check(WARNING, name, old, "object-deprecated")
    selects = "matchLabels" in text or "matchExpressions" in text
    unselected = f"a {metadata['kind']} must contain matchLabels or matchExpressions, and {go_quote(metadata['name'])} does not"
    messages.check(ERROR, name, unselected if metadata["kind"] in _SELECTING and not selects else None, "object-selector")
    messages.check(ERROR, name, _annotations(text) if metadata["kind"] == "List" else None, "object-list-annotations")


def _indent(text: str) -> str | None:
    first = next((line for line in text.split("\n") if strip_space(line)), "")
    first = first.removesuffix("\r")
    if not first.startswith((" ", "\t")):
        return None
    return f"document starts with an illegal indent: {go_quote(first)}, which may cause parsing problems"


def _annotations(text: str) -> str | None:
    from ...yamlio.errors import YamlError
    from ...yamlio.load import loads_typed

    try:
        found = decode(loads_typed(text), _LIST)
    except YamlError as error:
        return f"unable to parse YAML: {error.go_message}"
    except WrongType as error:
        return f"unable to parse YAML: {error}"
    items = (found or {}).get("Items", ())
    if any(_POLICY in ((item or {}).get("Metadata") or {}).get("Annotations", {}) for item in items):
        return f"annotation '{_POLICY}' within List objects are ignored"
    return None
