# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""Facts about a rendering as results.

Objects, hooks, images, and functions whose results differ between renders.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, TypeVar, cast

from ..._engine.aliases import Json
from ..._engine.chart.model import Chart
from ..._engine.objects.images import images_of
from ..._engine.render.manifests import split
from ..._engine.render.model import ClusterQueries, Hook
from ..._engine.yamlio.load import loads_object
from ..task import Result

if TYPE_CHECKING:
    from ..._engine.lint.calls import Call


Shape = TypeVar("Shape")

_LOOKUP_FIELDS = ("api_version", "kind", "namespace", "name")


def printable(value: Shape) -> Shape:
    """Text without surrogates.

    The engine uses them for bytes that are not UTF-8, and JSON cannot hold them.
    """
    return cast("Shape", _printable(value))


def _printable(value: Json) -> Json:
    if isinstance(value, str):
        return value if value.isascii() else value.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    if isinstance(value, dict):
        return {_printable(key): _printable(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_printable(inner) for inner in value]
    return value


def resources(documents: Iterable[tuple[str, str]]) -> list[Result]:
    """Each document as an object, with the template that it came from.

    Documents without content are left out.
    """
    found = ((path, loads_object(part)) for path, text in documents for part in (split(text) if "\n---" in text else (text,)))
    return [{"source": path, "object": printable(obj)} for path, obj in found if obj is not None]


def images(objects: Iterable[Result]) -> list[Result]:
    """Every place that names an image. :param objects: as ``resources`` gives them."""
    return [
        {"image": use.image, "source": entry["source"], "object": _name(entry["object"]), "path": use.path}
        for entry in objects
        for use in images_of(entry["object"])
    ]


def names_of(places: Iterable[Result]) -> list[str]:
    return sorted({place["image"] for place in places})


def _name(obj: Json) -> str:
    metadata = obj.get("metadata")
    name = metadata.get("name") or metadata.get("generateName") if isinstance(metadata, dict) else ""
    return f"{obj.get('kind', '')}/{name or ''}"


def hook_result(hook: Hook) -> Result:
    return {
        "name": hook.name,
        "kind": hook.kind,
        "source": hook.path,
        "events": list(hook.events),
        "weight": hook.weight,
        "delete_policies": list(hook.delete_policies),
    }


def call_result(call: Call) -> Result:
    return {"function": call.function, "template": call.template, "line": call.line, "define": call.define, "files": list(call.files)}


def queries_result(queries: ClusterQueries, chart: Chart) -> Result:
    """``unrepeatable`` and ``lookups`` of a render.

    The first are places of called functions that return a different result each time. The second are lookups that found nothing here.

    :param chart: as it was rendered.
    """
    found: list[Result] = []
    if queries.unrepeatable:
        from ..._engine.lint.jinja_calls import chart_calls  # late: most charts call none
        from ..._engine.lint.trees import trees_of

        calls, _broken = chart_calls(chart, trees_of(chart), queries.unrepeatable)
        found = [call_result(call) for call in calls if call.files]
        seen = {call["function"] for call in found}
        # a function that was called and is in no template was in a text given to tpl
        found += [
            {"function": name, "template": "", "line": 0, "define": "", "files": []}
            for name in sorted(queries.unrepeatable)
            if name not in seen
        ]
    lookups = [dict(zip(_LOOKUP_FIELDS, lookup, strict=True)) for lookup in queries.lookups]
    return {"unrepeatable": found, "lookups": lookups}
