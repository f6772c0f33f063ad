# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""The face of ``chart_info``: describes a chart. Writes nothing, ``changed`` is never true.

Images and hooks come from a rendering with the chart's defaults and the values of the task. A chart that cannot be rendered is described
all the same, and ``render.reason`` says why the rendering failed.
"""

from __future__ import annotations

import json
import posixpath

from ..._adapters.clock import SystemClock, SystemRandom
from ..._adapters.compiled_cache import compiled_cache
from ..._engine.aliases import Json, Object
from ..._engine.chart.digest import chart_digest
from ..._engine.chart.model import Chart, Dependency
from ..._engine.errors import ChartError, OperatorError
from ..._engine.lint.calls import CAPABILITIES, CLUSTER, unrepeatable
from ..._engine.lint.jinja_calls import chart_calls, jinja_paths
from ..._engine.lint.trees import all_enabled, trees_of
from ..._engine.render.capabilities import Capabilities
from ..._engine.render.engine import render
from ..._engine.render.manifests import crds
from ..._engine.render.model import ReleaseOptions
from ..options.chart_source import chart_of, provenance_result
from ..options.image_registry import registries_of
from ..options.values.chart_values import user_values
from ..results.mirrors import certain_images, mirrors_result
from ..results.rendered import call_result, hook_result, images, names_of, printable, resources
from ..task import Result, Task, notice_helm_binary, refuse_what_is_not_built
from .chart_template import documents_of


def chart_info(task: Task) -> Result:
    notice_helm_binary(task)
    refuse_what_is_not_built(task)
    resolved = chart_of(task)
    chart = resolved.chart
    result: Result = {
        "changed": False,
        "chart": metadata(chart),
        "origin": resolved.origin,
        "digest": chart_digest(chart),
        "archive_digest": resolved.archive_digest,
        **provenance_result(resolved),
        "chart_text": text_of(chart, "Chart.yaml"),
        "default_values": printable(chart.values),
        "default_values_text": text_of(chart, "values.yaml"),
        "schema": schema(chart),
        "readme": readme(chart),
        "crds": [crd for path, text in crds(chart) for crd in _crds(path, text)],
        "dependencies": [dependency(chart, wanted) for wanted in chart.metadata.dependencies],
        "subcharts": [{"path": part.full_path, **metadata(part)} for part in chart.walk() if part is not chart],
        "templates": templates(chart),
        **functions(chart),
    }
    if task["crd_manifests"]:
        result["crd_manifests"] = [{"path": printable(path), "text": printable(text)} for path, text in crds(chart)]
    result.update(rendering(task, chart) if task["render"] else {"render": {"rendered": False, "reason": "render is false"}})
    return result


def metadata(chart: Chart) -> Result:
    """Chart.yaml under the names of Python."""
    found = chart.metadata
    return printable(
        {
            "name": found.name,
            "version": found.version,
            "app_version": found.app_version,
            "api_version": found.api_version,
            "type": found.type or "application",
            "kube_version": found.kube_version,
            "description": found.description,
            "deprecated": found.deprecated,
            "home": found.home,
            "icon": found.icon,
            "keywords": list(found.keywords),
            "sources": list(found.sources),
            "maintainers": [{"name": one.name, "email": one.email, "url": one.url} for one in found.maintainers],
            "annotations": dict(found.annotations or {}),
        }
    )


def text_of(chart: Chart, name: str) -> str:
    """The text of a chart's file; empty where it has no such file."""
    return printable(next((file.data.decode("utf-8", "surrogateescape") for file in chart.raw if file.name == name), ""))


def readme(chart: Chart) -> str:
    names = [file.name for file in chart.raw if file.name.lower() in ("readme.md", "readme.txt", "readme")]
    return text_of(chart, names[0]) if names else ""


def schema(chart: Chart) -> Json:
    """The schema as an object; as text where it is not valid JSON; ``None`` without one."""
    if chart.schema is None:
        return None
    text = chart.schema.decode("utf-8", "replace")
    try:
        return json.loads(text)
    except ValueError:
        return text


def dependency(chart: Chart, wanted: Dependency) -> Result:
    """One dependency.

    ``vendored_version``: of the chart in ``charts/``, empty without one; ``locked_version``: that of the lock file.
    """
    present = next((part for part in chart.dependencies if part.name == wanted.name), None)
    locked = next((one for one in (chart.lock.dependencies if chart.lock else ()) if one.name == wanted.name), None)
    return printable(
        {
            "name": wanted.name,
            "alias": wanted.alias,
            "version": wanted.version,
            "repository": wanted.repository,
            "condition": wanted.condition,
            "tags": list(wanted.tags),
            "import_values": list(wanted.import_values),
            "vendored": present is not None,
            "vendored_version": present.metadata.version if present else "",
            "locked_version": locked.version if locked else "",
        }
    )


def templates(chart: Chart) -> list[str]:
    """Templates of the chart and its subcharts, by the names in ``# Source:`` lines."""
    return [
        printable(path)
        for part in chart.walk()
        for path in (*(posixpath.normpath(f"{part.full_path}/{file.name}") for file in part.templates), *jinja_paths(part))
    ]


def _crds(path: str, text: str) -> list[Result]:
    from ..._engine.yamlio.errors import YamlError

    try:
        objects = [entry["object"] for entry in resources([(path, text)])]
    except YamlError as error:
        return [
            {"path": path, "name": "", "kind": "", "group": "", "versions": [], "reason": f"The file is not valid YAML: {error.message}."}
        ]
    return [_crd(path, obj) for obj in objects if isinstance(obj, dict)]


def _crd(path: str, obj: Object) -> Result:
    spec, head = _dictionary(obj.get("spec")), _dictionary(obj.get("metadata"))
    names, versions = _dictionary(spec.get("names")), spec.get("versions")
    return {
        "path": path,
        "name": str(head.get("name", "")),
        "kind": str(names.get("kind", "")),
        "group": str(spec.get("group", "")),
        "versions": [str(one.get("name", "")) for one in (versions if isinstance(versions, list) else ()) if isinstance(one, dict)],
    }


def _dictionary(value: Json) -> Result:
    return value if isinstance(value, dict) else {}


def functions(chart: Chart) -> Result:
    """Functions whose results differ between renders or clusters.

    Random values, time, ``lookup``, ``.Capabilities``. Disabled subcharts count too, since a user may enable them.
    """
    enabled = all_enabled(chart)
    found, broken = chart_calls(enabled, trees_of(enabled), {*unrepeatable(), *CLUSTER, CAPABILITIES})
    calls = [call for call in found if call.files]
    by_kind = {name: [call_result(call) for call in calls if call.function == name] for name in (*CLUSTER, CAPABILITIES)}
    return {
        "unrepeatable": [call_result(call) for call in calls if call.function not in by_kind],
        "lookups": by_kind[CLUSTER[0]],
        "uses_lookup": bool(by_kind[CLUSTER[0]]),
        "capabilities": by_kind[CAPABILITIES],
        "uses_capabilities": bool(by_kind[CAPABILITIES]),
        "unparsed": [{"template": path, "reason": reason} for path, reason in sorted(broken.items())],
    }


def rendering(task: Task, chart: Chart) -> Result:
    """Images and hooks of a rendering, or the reason why it failed.

    Unreadable values of the task are an error.
    """
    values = user_values(task)
    capabilities = Capabilities.default(task.get("kube_version"), tuple(str(version) for version in task.get("api_versions", [])))
    if chart.metadata.type == "library":
        return {"render": {"rendered": False, "reason": f"{chart.name} is a library chart and renders no objects of its own."}}
    missing = [wanted.name for wanted in chart.metadata.dependencies if wanted.name not in {part.name for part in chart.dependencies}]
    try:
        rendered = render(
            chart,
            values,
            ReleaseOptions(name=str(task.get("release_name", "release-name")), namespace=str(task.get("release_namespace", "default"))),
            capabilities,
            random=SystemRandom(),
            clock=SystemClock(),
            cache=compiled_cache(task.environ),
            skip_schema_validation=bool(task["skip_schema_validation"]),
        )
    except (ChartError, OperatorError) as error:
        return {"render": {"rendered": False, "reason": str(error)}}
    for sentence in rendered.warnings:
        task.warn(sentence)
    objects = resources(documents_of(rendered, hooks=True))
    places = images(objects)
    result: Result = {
        "render": {"rendered": True, "reason": ""},
        "images": names_of(places),
        "hooks": [hook_result(hook) for hook in rendered.hooks],
    }
    if missing:
        result["render"]["reason"] = f"Rendered without these dependencies, which are missing in charts/: {', '.join(missing)}."
    if task["image_details"]:
        result["image_details"] = places
    if registries := registries_of(task):
        result |= mirrors_result(certain_images(entry["object"] for entry in objects), registries)
    return result
