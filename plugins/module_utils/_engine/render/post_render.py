# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""The built-in post-renderer: patches, images, labels and annotations, in this order.

A site uses it to adapt charts that it does not maintain. It changes every document that a chart renders, hooks too, before hooks are
separated from manifests (as Helm 4 does with the output of a post-renderer), so a patch can also make an object a hook. The release records
the result. A document without a change keeps its text. CRDs below ``crds/`` are not templates and are not changed. The options of the
post-renderer are part of the inputs.

Labels and annotations are added to the metadata of each object, never to selectors or pod templates: there they would make Deployments
roll out again, or the server would refuse them.
"""

from __future__ import annotations

from collections.abc import Mapping
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from ..aliases import Json, JsonObject, Object
from ..errors import OptionError
from ..objects.policy import Selector
from ..plain import replace
from ..ports import ObjectRef

if TYPE_CHECKING:
    from dataclasses import dataclass, field

    from .model import Rendered
else:
    from ..plain import dataclass, field


@dataclass(frozen=True)
class Patch:
    """``body``: a map is a strategic merge patch, a list a JSON patch.

    Without a target a map patches the object that it names.
    """

    body: Json
    target: Selector | None = None


@dataclass(frozen=True)
class ImageRule:
    """A rule for images.

    ``name``: the image as it is written without tag and digest, or in full (``docker.io/library/nginx``); shell patterns. The other fields
    replace its parts where they are given; a digest without a tag replaces the tag, and a tag the digest.
    """

    name: str
    new_registry: str = ""
    new_name: str = ""
    new_tag: str = ""
    digest: str = ""


@dataclass(frozen=True)
class PostRendering:
    """The changes to make; none by default."""

    labels: Mapping[str, str] = field(default_factory=dict)
    annotations: Mapping[str, str] = field(default_factory=dict)
    patches: tuple[Patch, ...] = ()
    images: tuple[ImageRule, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.labels or self.annotations or self.patches or self.images)

    def inputs(self) -> JsonObject:
        """The changes as JSON, for the digest of a release's inputs; empty where there are none."""
        if not self:
            return {}
        patches = [[patch.body, _names(patch.target, ("kind", "name", "namespace"))] for patch in self.patches]
        images = [_names(rule, ("name", "new_registry", "new_name", "new_tag", "digest")) for rule in self.images]
        inputs = {"labels": dict(self.labels), "annotations": dict(self.annotations), "patches": patches, "images": images}
        return {"post_rendering": inputs}


class Used:
    """The entries that matched something, by position.

    ``shadowed``: images that an earlier entry has matched, too.
    """

    def __init__(self, post: PostRendering) -> None:
        self._post = post
        self.patches: set[int] = set()
        self.images: set[int] = set()
        self.shadowed: set[int] = set()

    def warnings(self) -> list[str]:
        """A sentence for each entry that had no effect."""
        found = [f"patches: number {place + 1} matches no object" for place in range(len(self._post.patches)) if place not in self.patches]
        for place, rule in enumerate(self._post.images):
            if place not in self.images:
                why = "matches only images that earlier entries match" if place in self.shadowed else "matches no image"
                found.append(f"images: number {place + 1} ({rule.name}) {why}")
        return found


def _names(thing: object, fields: tuple[str, ...]) -> list[str] | None:
    return None if thing is None else [getattr(thing, name) for name in fields]


def post_rendered(rendered: Rendered, post: PostRendering, namespace: str) -> Rendered:
    """A rendered chart with the changes of the post-renderer.

    :raises OptionError: a patch does not fit an object that it selects.
    :raises ManifestError: the result is not an object.
    """
    if not post:
        return rendered
    from .manifests import joined, sort_manifests

    used = Used(post)
    files: dict[str, list[str]] = {}
    for path, text in [*((item.path, item.text) for item in rendered.manifests), *((hook.path, hook.manifest) for hook in rendered.hooks)]:
        files.setdefault(path, []).append(_document(text, post, namespace, used))
    warnings = list(rendered.warnings)
    hooks, manifests = sort_manifests({path: "\n---\n".join(texts) for path, texts in files.items()}, warnings)
    warnings += used.warnings()
    documents = [*rendered.crds, *((item.path, item.text) for item in manifests)]
    return replace(rendered, hooks=hooks, manifests=manifests, manifest=joined(documents), warnings=warnings)


def _document(text: str, post: PostRendering, namespace: str, used: Used) -> str:
    from ..yamlio.dump import dumps
    from ..yamlio.load import loads_object

    found = loads_object(text)
    if not isinstance(found, dict) or not found:
        return text
    if str(found.get("kind", "")).endswith("List") and isinstance(found.get("items"), list):
        items = [_object(item, post, namespace, used) if isinstance(item, dict) else item for item in found["items"]]
        after: JsonObject | None = {**found, "items": [item for item in items if item is not None]}
    else:
        after = _object(found, post, namespace, used)
    if after is None:
        return ""
    return text if after == found else dumps(after)


def _object(obj: Object, post: PostRendering, namespace: str, used: Used) -> JsonObject | None:
    for place, patch in enumerate(post.patches):
        if _means(patch, obj, namespace):
            used.patches.add(place)
            found = _apply(obj, patch.body, f"patches, number {place + 1}")
            if found is None:
                return None
            obj = found
    if post.images:
        obj = _with_images(obj, post.images, used)
    if post.labels or post.annotations:
        obj = _with_metadata(obj, post)
    return obj


def _means(patch: Patch, obj: Mapping[str, Json], namespace: str) -> bool:
    metadata = _metadata(obj)
    name, where = str(metadata.get("name") or ""), str(metadata.get("namespace") or namespace)
    api_version, kind = str(obj.get("apiVersion", "")), str(obj.get("kind", ""))
    if patch.target is not None:
        return patch.target.covers(ObjectRef(api_version, kind, where, name))
    own = _metadata(patch.body)
    return (
        (patch.body.get("apiVersion"), patch.body.get("kind"), own.get("name")) == (api_version, kind, name)
        and str(own.get("namespace") or where) == where
    )


def _metadata(obj: Mapping[str, Json]) -> JsonObject:
    found = obj.get("metadata")
    return found if isinstance(found, dict) else {}


def _apply(obj: Object, body: Json, option: str) -> JsonObject | None:
    from ..objects.patches.strategic import merged, patched

    found = merged(obj, body) if isinstance(body, Mapping) else patched(obj, body, option)
    if found is not None and not isinstance(found, dict):
        raise OptionError(f"{option}: the patched {obj.get('kind')} is not an object", option=option)
    return found


def _with_metadata(obj: Object, post: PostRendering) -> JsonObject:
    metadata = dict(_metadata(obj))
    for key, more in (("labels", post.labels), ("annotations", post.annotations)):
        if more:
            there = metadata.get(key)
            metadata[key] = {**(there if isinstance(there, dict) else {}), **more}
    return {**obj, "metadata": metadata}


# -------------------------------------------------------------------------------------------------------------- images


def _with_images(obj: Object, rules: tuple[ImageRule, ...], used: Used) -> JsonObject:
    from ..objects.images import images_of
    from ..objects.paths import server_path, value_at, with_value

    for use in images_of(obj):
        matching = _matching(use.image, rules)
        used.images.update(matching[:1])
        used.shadowed.update(matching[1:])
        new = rewritten(use.image, rules)
        path = server_path(f".{use.path}", obj)
        there = value_at(obj, path)
        if new != use.image and isinstance(there, str) and use.image in there:
            obj = with_value(obj, path, there.replace(use.image, new))
    return obj


def rewritten(image: str, rules: tuple[ImageRule, ...]) -> str:
    """An image's reference, rewritten by the first rule that matches it."""
    matching = _matching(image, rules)
    if not matching:
        return image
    rule = rules[matching[0]]
    name, tag, digest = _parts(image)
    if rule.new_name:
        name = rule.new_name
    if rule.new_registry:
        name = f"{rule.new_registry.rstrip('/')}/{_in_full(name).partition('/')[2]}"
    if rule.new_tag or rule.digest:
        tag, digest = rule.new_tag, rule.digest
    return name + (f":{tag}" if tag else "") + (f"@{digest}" if digest else "")


def _parts(image: str) -> tuple[str, str, str]:
    """Name, tag and digest; empty where the reference has none."""
    rest, _at, digest = image.partition("@")
    name, colon, tag = rest.rpartition(":")
    return (name, tag, digest) if colon and "/" not in tag else (rest, "", digest)


def _matching(image: str, rules: tuple[ImageRule, ...]) -> list[int]:
    """Positions of the rules whose name matches an image's; the first of them applies."""
    name = _parts(image)[0]
    return [place for place, rule in enumerate(rules) if any(fnmatchcase(text, rule.name) for text in (name, _in_full(name)))]


def _in_full(name: str) -> str:
    """``nginx`` -> ``docker.io/library/nginx``."""
    first, slash, _rest = name.partition("/")
    if slash and ("." in first or ":" in first or first == "localhost"):
        return name
    return f"docker.io/{name}" if slash else f"docker.io/library/{name}"
