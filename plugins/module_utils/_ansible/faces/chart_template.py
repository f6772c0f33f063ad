# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""The face of ``chart_template``: renders a chart in Helm's order, by default without a cluster.

Helm: ``pkg/cmd/template.go``. ``changed`` means that a file in ``output_dir`` differs from the rendering; rendering alone changes nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..._adapters.clock import SystemClock, SystemRandom
from ..._adapters.compiled_cache import compiled_cache
from ..._adapters.user_paths import user_path
from ..._engine.chart.dependencies import check_dependencies, check_installable
from ..._engine.chart.gomatch import BadPattern, match
from ..._engine.chart.names import validate_release_name
from ..._engine.errors import ChartNotFound, OptionError
from ..._engine.render.engine import render
from ..._engine.render.manifests import document, strip_space
from ..._engine.render.model import ReleaseOptions, Rendered
from ..options.chart_source import chart_of, provenance_result, shown_ref
from ..options.image_registry import registries_of
from ..options.values.chart_values import user_values
from ..options.values.template_inputs import capabilities_of, check_objects, cluster_of, lookup_of, release_name_of
from ..options.values.unknown_values import check_unknown_values
from ..results.command import ACCESS_OPTIONS, helm_command
from ..results.mirrors import unmatched_images
from ..results.output_files import write_documents
from ..results.rendered import hook_result, images, names_of, printable, queries_result, resources
from ..task import Result, Task, notice_helm_binary, refuse_what_is_not_built

if TYPE_CHECKING:
    from ..._engine.chart.model import Chart
    from ..._engine.ports import Reader

_COMMAND_OPTIONS = (
    "chart_repo_url", "chart_version", "dependency_update", "values_files", "release_values", "set_values", "disable_hook",
    "include_crds", "skip_tests", "is_upgrade", "kube_version", "api_versions", "show_only", "output_dir", *ACCESS_OPTIONS,
    "skip_schema_validation", "insecure_registry", "devel", "name_template", "generate_name", "skip_crds", "use_release_name", "dry_run",
    "take_ownership", "verify", "keyring",
)  # fmt: skip


def chart_template(task: Task) -> Result:
    notice_helm_binary(task)
    refuse_what_is_not_built(task)
    name = release_name_of(task)
    validate_release_name(name)
    cluster = cluster_of(task)
    fetched = chart_of(task)
    chart = fetched.chart
    check_installable(chart)
    check_dependencies(chart)
    if chart.metadata.deprecated:
        task.warn(f"The chart {chart.name} is deprecated.")
    values = user_values(task)
    check_unknown_values(task, chart, values)
    rendered = _render(task, name, chart, values, cluster)
    if any(task.get(option) for option in ("patches", "images", "image_registry", "common_labels", "common_annotations")):
        from ..._engine.render.post_render import post_rendered  # late: few tasks need it
        from ..options.policies import post_of

        rendered = post_rendered(rendered, post_of(task), str(task.get("release_namespace", "default")))
    if cluster is not None:
        check_objects(task, cluster, rendered, name, str(task.get("release_namespace", "default")))
    for sentence in rendered.warnings:
        task.warn(sentence)
    hooks = not task["disable_hook"]
    documents = documents_of(rendered, hooks=hooks)
    if task["show_only"]:
        documents = only(documents, [str(pattern) for pattern in task["show_only"]], shown_ref(task))
        text = "".join(document(path, strip_space(body)) for path, body in documents)
    else:
        text = text_of(rendered, hooks=hooks)
    task.shows_secrets = not task.get("secret_paths")
    result: Result = {
        "changed": False,
        "rc": 0,
        "stdout": printable(text),
        "stderr": "",
        "notes": printable(rendered.notes),
        "command": helm_command(task, ["template", *([name] if task.get("release_name") else []), shown_ref(task)], _COMMAND_OPTIONS),
        "hooks": [hook_result(hook) for hook in rendered.hooks] if hooks else [],
        **queries_result(rendered.queries, rendered.chart or chart),
        **provenance_result(fetched),
    }
    if task.params.get("parse_manifest") is not False:
        objects = resources(documents)
        places = images(objects)
        result["images"] = names_of(places)
        if task["image_details"]:
            result["image_details"] = places
        if registries := registries_of(task):
            result["unmatched_images"] = unmatched_images((entry["object"] for entry in objects), registries)
        if task.params.get("parse_manifest") and not task.get("output_dir"):
            result["resources"] = objects
    if not task["return_manifest"]:
        result.pop("resources", None)
        del result["stdout"]
    if task.get("output_dir"):
        folder = user_path(str(task["output_dir"]), "output_dir", task.environ)
        below = name if task["use_release_name"] else ""
        crds = {path for path, _text in rendered.crds}
        result.update(write_documents(task, folder, documents, chart=chart.name, prune=bool(task["prune"]), release=below, crds=crds))
        # what helm prints in place of the manifests
        result["stdout"] = "" if task.check_mode else "".join(f"wrote {path}\n" for path in result["files_changed"])
    elif task["use_release_name"]:
        raise OptionError("use_release_name requires output_dir; set it.", option="use_release_name")
    elif task["prune"]:
        raise OptionError("prune requires output_dir; set it, or remove prune.", option="prune")
    return result


def _render(task: Task, name: str, chart: Chart, values: Result, cluster: Reader | None) -> Rendered:
    upgrade = bool(task["is_upgrade"])
    return render(
        chart,
        values,
        ReleaseOptions(name=name, namespace=str(task.get("release_namespace", "default")), is_install=not upgrade, is_upgrade=upgrade),
        capabilities_of(task, cluster),
        lookup=lookup_of(cluster),
        random=SystemRandom(),
        clock=SystemClock(),
        cache=compiled_cache(task.environ),
        skip_tests=bool(task["skip_tests"]),
        skip_schema_validation=bool(task["skip_schema_validation"]),
        include_crds=bool(task["include_crds"]),
    )


def text_of(rendered: Rendered, *, hooks: bool) -> str:
    """The output of ``helm template``: CRDs if they were requested, manifests, hooks."""
    text = strip_space(rendered.manifest) + "\n"
    return text + "".join(document(hook.path, hook.manifest) for hook in rendered.hooks) if hooks else text


def documents_of(rendered: Rendered, *, hooks: bool) -> list[tuple[str, str]]:
    """``(path, text)`` of all that is in ``text_of``, in its order."""
    documents = list(rendered.crds)  # none, unless they were requested
    documents += [(manifest.path, manifest.text) for manifest in rendered.manifests]
    if hooks:
        documents += [(hook.path, hook.manifest) for hook in rendered.hooks]
    return documents


def only(documents: list[tuple[str, str]], patterns: list[str], chart: str) -> list[tuple[str, str]]:
    """Documents whose path below the chart matches, in the order of the patterns.

    Raises ``ChartNotFound`` for one that matches none.
    """
    ordered: list[tuple[str, str]] = []
    for pattern in patterns:
        try:
            found = [entry for entry in documents if match(pattern, entry[0].partition("/")[2])]
        except BadPattern as error:
            raise OptionError(f"show_only: {pattern!r} is not a valid pattern ({error}).", option="show_only") from error
        if not found:
            raise ChartNotFound(
                f"show_only: no template of {chart} with output matches {pattern!r}; use paths such as templates/service.yaml.",
                helm=f"could not find template {pattern} in chart",
                chart=chart,
                template=pattern,
            )
        ordered += found
    return ordered
