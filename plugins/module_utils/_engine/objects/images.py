# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""Finds the container images that objects run, for mirrors and sites without internet.

Helm has no counterpart. Images are searched for in:

* every list of ``containers``, ``initContainers`` and ``ephemeralContainers``, at any depth, so that the pod templates of custom
  resources count as those of Deployments do; image volumes;
* images that containers start later: arguments such as ``--reloader-image=...`` or ``--x=registry.example/y:1``, environment
  variables whose name ends in ``IMAGE`` or begins with ``RELATED_IMAGE_``;
* in custom resources: a text under a key ``image`` or ``...Image``, and a table that names a ``repository`` with a ``tag``, a ``digest``
  or a ``registry``, under such a key or with a tag next to it.

Definitions of custom resources and ConfigMaps run nothing and are not searched.

Some of these places may name something else: ``image: ubuntu-24.04`` of a custom resource can be a machine's. A use is ``certain`` where
the object runs a container, or where the text has a registry, a tag or a digest. Only certain uses are changed without being named.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from ..aliases import Json, JsonObject
from .image_names import has_host, image_parts

if TYPE_CHECKING:
    from dataclasses import dataclass
else:
    from ..plain import dataclass

_CONTAINERS = ("containers", "initContainers", "ephemeralContainers")
_REFERENCE = re.compile(
    r"(?=\S{1,512}\Z)[A-Za-z0-9][A-Za-z0-9._-]*(:[0-9]+(?=/))?(/[A-Za-z0-9][A-Za-z0-9._-]*)*"
    r"(:[A-Za-z0-9_][A-Za-z0-9_.-]{0,127})?(@[a-z0-9+._-]+:[0-9a-fA-F]{32,})?\Z"
)
_ARGUMENT = re.compile(r"-{1,2}[A-Za-z0-9._-]*?([Ii]mage)?[A-Za-z0-9._-]*=(.+)\Z", re.DOTALL)
_HOSTED = re.compile(r"(?:localhost|[a-z0-9-]+(?:\.[a-z0-9-]+)+)(?::[0-9]+)?/[a-z0-9._/-]+(?::[\w][\w.-]*|@[a-z0-9]+:[0-9a-f]{32,})\Z")
#: groups of Kubernetes itself; what they serve runs nothing but by containers
_BUILT_IN = re.compile(r"(v1|apps|batch|autoscaling|policy|extensions|(.*\.)?k8s\.io)(/.*)?\Z")
_POLICIES = ("Always", "Never", "IfNotPresent")
#: of the containers of Istio's gateways: its webhook fills in the image when the pod is created
_FILLED_IN = "auto"


@dataclass(frozen=True)
class ImageUse:
    """One place that names an image.

    ``path``: within the object, such as ``spec.template.spec.containers[0].image``. ``certain``: ``False`` where it may be no image.
    """

    image: str
    path: str
    certain: bool = True


def images_of(obj: Json) -> list[ImageUse]:
    """In the order of the object; a List is as its items.

    :param obj: an object of Kubernetes; anything else names none.
    """
    if not isinstance(obj, dict) or obj.get("kind") in ("CustomResourceDefinition", "ConfigMap", "Secret"):
        return []
    custom = not _BUILT_IN.match(str(obj.get("apiVersion", "")))
    if isinstance(obj.get("items"), list) and str(obj.get("kind", "")).endswith("List"):
        return [
            ImageUse(use.image, f"items[{at}].{use.path}", use.certain) for at, item in enumerate(obj["items"]) for use in images_of(item)
        ]
    found: dict[tuple[str, str], ImageUse] = {}
    for use in _walk(obj, "", "", custom):
        found.setdefault((use.image, use.path), use)
    return list(found.values())


def _walk(value: Json, path: str, key: str, custom: bool) -> Iterator[ImageUse]:
    if isinstance(value, dict):
        if custom:
            yield from _composed(value, path, key)
        for name, inner in value.items():
            here = f"{path}.{name}" if path else str(name)
            if name in _CONTAINERS and isinstance(inner, list):
                yield from _containers(inner, here)
            elif name == "volumes" and isinstance(inner, list):
                yield from _volumes(inner, here)
            elif custom and isinstance(inner, str) and _is_image_key(str(name)):
                if _REFERENCE.match(inner) and inner not in _POLICIES:
                    name, tag, digest = image_parts(inner)
                    yield ImageUse(inner, here, bool(tag or digest or has_host(name)))
                continue
            yield from _walk(inner, here, str(name), custom)
    elif isinstance(value, list):
        for at, inner in enumerate(value):
            yield from _walk(inner, f"{path}[{at}]", key, custom)


def _is_image_key(name: str) -> bool:
    return name == "image" or name.endswith("Image")


def _containers(containers: Iterable[Json], path: str) -> Iterator[ImageUse]:
    for at, container in enumerate(containers):
        if not isinstance(container, dict):
            continue
        here = f"{path}[{at}]"
        image = container.get("image")
        if isinstance(image, str) and image.strip() not in ("", _FILLED_IN):
            yield ImageUse(image.strip(), f"{here}.image", bool(_REFERENCE.match(image.strip())))
        for part in ("command", "args"):
            yield from _arguments(container.get(part), f"{here}.{part}")
        yield from _environment(container.get("env"), f"{here}.env")


def _arguments(arguments: Json, path: str) -> Iterator[ImageUse]:
    for at, argument in enumerate(arguments if isinstance(arguments, list) else ()):
        found = _ARGUMENT.match(argument) if isinstance(argument, str) else None
        if found is None:
            continue
        named = "image" in argument.partition("=")[0].lower()
        value = found.group(2)
        if _HOSTED.match(value) or (named and _REFERENCE.match(value) and re.search("[:/@]", value)):
            yield ImageUse(value, f"{path}[{at}]")


def _environment(variables: Json, path: str) -> Iterator[ImageUse]:
    for at, variable in enumerate(variables if isinstance(variables, list) else ()):
        if not isinstance(variable, dict):
            continue
        name, value = str(variable.get("name", "")), variable.get("value")
        named = name.upper().endswith("IMAGE") or name.startswith("RELATED_IMAGE_")
        if named and isinstance(value, str) and _REFERENCE.match(value) and re.search("[:/@]", value):
            yield ImageUse(value, f"{path}[{at}].value")


def _volumes(volumes: Iterable[Json], path: str) -> Iterator[ImageUse]:
    for at, volume in enumerate(volumes):
        image = volume.get("image") if isinstance(volume, dict) else None
        reference = image.get("reference") if isinstance(image, dict) else None
        if isinstance(reference, str) and reference:
            yield ImageUse(reference, f"{path}[{at}].image.reference", bool(_REFERENCE.match(reference)))


def _composed(table: JsonObject, path: str, key: str) -> Iterator[ImageUse]:
    """registry/repository:tag@digest out of its parts."""
    repository = table.get("repository")
    parts = {name: _part(table.get(name)) for name in ("registry", "tag", "digest")}
    named = key.lower().endswith("image")
    if not isinstance(repository, str) or not repository or "://" in repository:
        return
    if not (parts["tag"] or parts["digest"] or (named and parts["registry"])):
        return
    image = "/".join(part.strip("/") for part in (parts["registry"], repository) if part)
    if parts["tag"]:
        image += f":{parts['tag']}"
    if parts["digest"]:
        image += f"@{parts['digest']}"
    if _REFERENCE.match(image):
        yield ImageUse(image, path, bool(named or parts["registry"] or has_host(repository)))


def _part(value: Json) -> str:
    return str(value) if isinstance(value, (str, int, float)) and not isinstance(value, bool) else ""


# ------------------------------------------------------------------------------------------------------------- changes


def with_image(obj: JsonObject, use: ImageUse, image: str) -> JsonObject:
    """A copy of an object that names another image in one place."""
    from .paths import server_path, value_at, with_value

    path = server_path(f".{use.path}", obj)
    there = value_at(obj, path)
    if isinstance(there, str) and use.image in there:
        obj = with_value(obj, path, there.replace(use.image, image))
    elif isinstance(there, dict) and image != use.image:
        obj = with_value(obj, path, _with_parts(there, image))
    return obj


def _with_parts(table: JsonObject, image: str) -> JsonObject:
    """The table of ``_composed`` for another image. Equal values keep their type."""
    name, tag, digest = image_parts(image)
    repository = str(table["repository"])
    parts = {"repository": name, "tag": tag, "digest": digest}
    if _part(table.get("registry")):
        registry = name[: -len(repository) - 1] if name.endswith(f"/{repository}") else name.partition("/")[0]
        parts |= {"registry": registry, "repository": name[len(registry) + 1 :]}
    result = dict(table)
    for key, value in parts.items():
        if not value:
            result.pop(key, None)
        elif value != _part(table.get(key)).strip("/" if key in ("registry", "repository") else ""):
            result[key] = value
    return result
