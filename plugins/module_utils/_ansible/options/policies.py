# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""Converts options to the engine's ``ApplyPolicy`` (what may be changed) and ``PostRendering``.

The older switches of kubernetes.core are mapped here.
"""

from __future__ import annotations

import json

from ..._engine.aliases import Json, JsonObject, Object
from ..._engine.errors import OptionError
from ..._engine.objects.paths import parse_pattern
from ..._engine.objects.policy import RECREATE_KINDS, ApplyPolicy, IgnoreRule, Selector
from ..._engine.render.post_render import ImageRule, Patch, PostRendering
from ..task import Task
from .image_registry import registries_of


def policy_of(task: Task) -> ApplyPolicy:
    """The ``ApplyPolicy`` of a task.

    :raises OptionError: an invalid path, or two options that are mutually exclusive.
    """
    forced = task.get("force_conflicts_for", {})
    return ApplyPolicy(
        drift=str(task.get("drift", "missing")),
        drift_ignore=tuple(_rule(item) for item in task.get("drift_ignore", [])),
        force_managers=tuple(str(name) for name in forced.get("managers") or []),
        force_paths=tuple(parse_pattern(str(path), "force_conflicts_for.paths") for path in forced.get("paths") or []),
        adopt=_adopt(task),
        adopt_objects=tuple(_selector(item) for item in task.get("adopt_objects", [])),
        on_immutable=str(task.get("on_immutable", "fail")),
        recreate_kinds=tuple(str(kind) for kind in task.get("recreate_kinds", list(RECREATE_KINDS))),
        crds=_crds(task),
        namespace_labels=_texts(task, "namespace_labels"),
        namespace_annotations=_texts(task, "namespace_annotations"),
    )


def _selector(item: JsonObject) -> Selector:
    return Selector(kind=str(item.get("kind") or ""), name=str(item.get("name") or ""), namespace=str(item.get("namespace") or ""))


def _rule(item: JsonObject) -> IgnoreRule:
    return IgnoreRule(_selector(item), tuple(parse_pattern(str(path), "drift_ignore.paths") for path in item.get("paths") or []))


def _adopt(task: Task) -> str:
    chosen = task.get("adopt")
    if task.get("take_ownership") and chosen not in (None, "any"):
        raise OptionError(f"take_ownership: true is the same as adopt: any, but adopt is {chosen}; set one of them.", option="adopt")
    if task.get("adopt_objects") and chosen not in (None, "listed"):
        raise OptionError(f"adopt_objects requires adopt: listed, but adopt is {chosen}.", option="adopt_objects")
    if chosen == "listed" and not task.get("adopt_objects"):
        raise OptionError("adopt: listed requires adopt_objects.", option="adopt_objects")
    if task.get("take_ownership"):
        return "any"
    return str(chosen or ("listed" if task.get("adopt_objects") else "none"))


def _crds(task: Task) -> str:
    chosen = str(task.get("crds", ""))
    if task.get("skip_crds") and chosen not in ("", "skip"):
        raise OptionError(f"skip_crds: true is the same as crds: skip, but crds is {chosen}; set one of them.", option="crds")
    return "skip" if task.get("skip_crds") else chosen


def _texts(task: Task, option: str) -> dict[str, str]:
    given = task.get(option, {})
    for key, value in given.items():
        if isinstance(value, (dict, list)) or value is None:
            raise OptionError(f"{option}: the value of {key!r} must be a string.", option=option)
    return {str(key): ("true" if value else "false") if isinstance(value, bool) else str(value) for key, value in given.items()}


def post_of(task: Task) -> PostRendering:
    """The ``PostRendering`` of a task.

    Raises ``OptionError``: an invalid patch, or one that selects no object; an invalid registry.
    """
    return PostRendering(
        labels=_texts(task, "common_labels"),
        annotations=_texts(task, "common_annotations"),
        patches=tuple(_patch(place + 1, item) for place, item in enumerate(task.get("patches", []))),
        images=tuple(ImageRule(**{key: str(value) for key, value in item.items() if value is not None}) for item in task.get("images", [])),
        registries=tuple(registries_of(task).items()),
    )


def _names_its_object(body: Object | list[Json]) -> bool:
    metadata = body.get("metadata") if isinstance(body, dict) else None
    return isinstance(body, dict) and bool(body.get("kind")) and isinstance(metadata, dict) and bool(metadata.get("name"))


def _patch(number: int, item: JsonObject) -> Patch:
    body, target = item.get("patch"), item.get("target")
    if isinstance(body, str):
        from ..._engine.yamlio.errors import YamlError
        from ..._engine.yamlio.load import loads

        try:
            body = loads(body)
        except YamlError as error:
            raise OptionError(f"patches: number {number} is not valid YAML: {error.message}.", option="patches") from None
    if not isinstance(body, (dict, list)) or not body:
        raise OptionError(
            f"patches: number {number} must be a dictionary (strategic merge patch) or a list (JSON patch).", option="patches"
        )
    try:
        json.dumps(body, allow_nan=False)
    except ValueError:
        raise OptionError(
            f"patches: number {number} contains a number that JSON does not support (.inf or .nan).", option="patches"
        ) from None
    if target is None and not _names_its_object(body):
        raise OptionError(
            f"patches: number {number} does not select an object; specify a target, or apiVersion, kind and metadata.name in the patch.",
            option="patches",
        )
    return Patch(body, None if target is None else _selector(target))
