# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""Lints a chart as ``helm lint`` does, and more.

Helm 4: ``pkg/chart/v2/lint``, ``pkg/action/lint.go``.

Helm's rules come first, in Helm's order and words. After them comes a check that Helm does not have: values compared with templates, see
``declared``. For a chart that cannot be loaded only Helm's rules run.
"""

from __future__ import annotations

from ..aliases import Table
from ..chart.dependencies import missing_dependencies
from ..chart.model import Chart
from ..chart.values import copy_values, merge_tables
from ..errors import ChartLoadError
from .folder import FOLDER, NOTHING, ChartFolder
from .message import ERROR, INFO, WARNING, Message, Messages
from .rules.chartfile import check_chart_file
from .rules.objects import DocumentFault, object_metadata
from .rules.templates import LintOptions, check_templates
from .values.declared import compare

_VALUES = "values.yaml"
_SCHEMA = "values.schema.json"
_CRDS = "crds/"
_GO_VALUES = "Go value of type common.Values"


def lint(folder: ChartFolder, values: Table, options: LintOptions, *, beyond_helm: bool = True) -> list[Message]:
    """:param values: the user's.

    :param beyond_helm: compare values and templates too.
    :raises OperatorError: a library that a rule needs is missing here.
    """
    messages = Messages()
    check_chart_file(folder, messages)
    _check_values(folder, values, options, messages)
    check_templates(folder, values, options, messages)
    _check_dependencies(folder, messages)
    _check_crds(folder, messages)
    if beyond_helm:
        try:
            messages.found += compare(folder.load(), values)
        except ChartLoadError:  # said above
            pass
    return messages.found


def _check_values(folder: ChartFolder, values: Table, options: LintOptions, messages: Messages) -> None:
    exists = folder.kind(_VALUES) != NOTHING
    if messages.check(INFO, _VALUES, None if exists else "file does not exist", "values-file"):
        text, safe = _values_finding(folder, values, options)
        messages.check(ERROR, _VALUES, text, "values-file", safe=safe)


def _values_finding(folder: ChartFolder, values: Table, options: LintOptions) -> tuple[str | None, str]:
    """The fault of values.yaml, alone or with the user's values, by the schema.

    Returns it twice, the second time without values.
    """
    from ..chart.typed import MapOf, WrongType, decode
    from ..yamlio.errors import YamlError
    from ..yamlio.load import loads

    try:
        found = loads(folder.read(_VALUES))
        decode(None if isinstance(found, dict) else found, MapOf("any"))
    except (YamlError, WrongType, ChartLoadError) as error:
        reason = error.go_message if isinstance(error, YamlError) else error.helm_message if isinstance(error, ChartLoadError) else error
        return f"unable to parse YAML: {str(reason).replace('Go value of type map[string]interface {}', _GO_VALUES)}", ""
    if folder.kind(_SCHEMA) == NOTHING or options.skip_schema_validation:
        return None, ""
    schema = folder.read(_SCHEMA)
    if not schema:
        return None, ""
    from ..chart.schema.validate import Finding, validate_one

    findings: list[Finding] = []
    merged = merge_tables(copy_values(values), found if isinstance(found, dict) else {}, "", False, lambda _text: None)
    text = validate_one(schema, merged, "", findings)
    listed = "; ".join(f"{one.path}: {one.message}" if one.path else one.message for one in findings)
    return text or None, f"the values do not match values.schema.json: {listed}"


def _check_dependencies(folder: ChartFolder, messages: Messages) -> None:
    try:
        chart = folder.load()
    except ChartLoadError as error:
        messages.check(ERROR, "", f"unable to load chart\n\t{error.helm_message}", "chart-load")
        return
    declared = [dependency.name for dependency in chart.metadata.dependencies]
    unknown = [present.name for present in chart.dependencies if present.name not in declared]
    text = f"chart metadata is missing these dependencies: {','.join(unknown)}"
    messages.check(ERROR, folder.shown, text if unknown else None, "dependencies-declared")
    shadowed = _shadowed(chart)
    text = f"multiple dependencies with name or alias: {','.join(shadowed)}"
    messages.check(ERROR, folder.shown, text if shadowed else None, "dependencies-unique")
    missing = missing_dependencies(chart)
    text = f"chart directory is missing these dependencies: {','.join(missing)}"
    messages.check(WARNING, folder.shown, text if missing else None, "dependencies-present")


def _shadowed(chart: Chart) -> list[str]:
    seen: set[str] = set()
    found = []
    for dependency in chart.metadata.dependencies:
        key = dependency.alias or dependency.name
        if key in seen:
            found.append(key)
        seen.add(key)
    return found


def _check_crds(folder: ChartFolder, messages: Messages) -> None:
    kind = folder.kind("crds")
    if kind == NOTHING or not messages.check(ERROR, _CRDS, None if kind == FOLDER else "not a directory", "crds-directory"):
        return
    try:
        chart = folder.load()
    except ChartLoadError as error:
        messages.check(ERROR, _CRDS, error.helm_message, "chart-load")
        return
    files = [file for part in chart.walk() for file in part.files if file.name.startswith(_CRDS)]
    for file in files:
        is_manifest = file.name.lower().endswith((".yaml", ".yml", ".json"))
        if is_manifest and not _check_crd(file.name, file.data.decode("utf-8", "surrogateescape"), messages):
            return


def _check_crd(name: str, text: str, messages: Messages) -> bool:
    """``False``: Helm stops here."""
    try:
        for metadata in object_metadata(text):
            if metadata is None:
                continue
            served = metadata["apiVersion"].startswith("apiextensions.k8s.io")
            messages.check(ERROR, name, None if served else "apiVersion is not in 'apiextensions.k8s.io'", "crd-api-version")
            is_crd = metadata["kind"] == "CustomResourceDefinition"
            messages.check(ERROR, name, None if is_crd else "object kind is not 'CustomResourceDefinition'", "crd-kind")
    except DocumentFault as fault:
        messages.check(ERROR, name, f"unable to parse YAML: {fault}", "crd-yaml", fault.line)
        return False
    return True
