# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""The built-in post-renderer: patches, images, their registries, labels, annotations, in this order.

A site uses it to adapt charts that it does not maintain. It changes every document that a chart renders, hooks too, before hooks are
separated from manifests (as Helm 4 does with the output of a post-renderer), so a patch can also make an object a hook. The release records
the result. A document without a change keeps its text. CRDs below ``crds/`` are not templates and are not changed. The options of the
post-renderer are part of the inputs.

Registries come after images and patches, so that what these name is found in the mirror too. An image that must stay where it is has an
entry for its registry that leads to itself.

Labels and annotations are added to the metadata of each object, never to selectors or pod templates: there they would make Deployments
roll out again, or the server would refuse them.
"""

from __future__ import annotations

from collections.abc import Mapping
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from ..aliases import Json, JsonObject, Object
from ..errors import OptionError
from ..objects.image_names import ANY, entry_for, full_name, image_parts, in_registry
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
    """The changes to make; none by default.

    ``registries``: pairs of a registry of images and the new one, see ``objects/image_names``.
    """

    labels: Mapping[str, str] = field(default_factory=dict)
    annotations: Mapping[str, str] = field(default_factory=dict)
    patches: tuple[Patch, ...] = ()
    images: tuple[ImageRule, ...] = ()
    registries: tuple[tuple[str, str], ...] = ()

    def __bool__(self) -> bool:
        return bool(self.labels or self.annotations or self.patches or self.images or self.registries)

    def inputs(self) -> JsonObject:
        """The changes as JSON, for the digest of a release's inputs; empty where there are none."""
        if not self:
            return {}
        patches = [[patch.body, _names(patch.target, ("kind", "name", "namespace"))] for patch in self.patches]
        images = [_names(rule, ("name", "new_registry", "new_name", "new_tag", "digest")) for rule in self.images]
        inputs = {"labels": dict(self.labels), "annotations": dict(self.annotations), "patches": patches, "images": images}
        if self.registries:
            inputs["image_registry"] = dict(self.registries)
        return {"post_rendering": inputs}


class Used:
    """The entries that matched something, by position.

    ``shadowed``: images that an earlier entry has matched, too. ``registries``: entries for registries that matched. ``moved``: images in
    new registries -> full names of the images that they stand for. ``unmatched``: images that no entry for a registry is about.
    """

    def __init__(self, post: PostRendering) -> None:
        self._post = post
        self.patches: set[int] = set()
        self.images: set[int] = set()
        self.shadowed: set[int] = set()
        self.registries: set[str] = set()
        self.moved: dict[str, set[str]] = {}
        self.unmatched: set[str] = set()

    def warnings(self) -> list[str]:
        """A sentence for each entry that had no effect."""
        found = [f"patches: number {place + 1} matches no object" for place in range(len(self._post.patches)) if place not in self.patches]
        for place, rule in enumerate(self._post.images):
            if place not in self.images:
                why = "matches only images that earlier entries match" if place in self.shadowed else "matches no image"
                found.append(f"images: number {place + 1} ({rule.name}) {why}")
        return found + self._about_registries()

    def _about_registries(self) -> list[str]:
        """An unused entry is a fault only if images are left: a site has more entries than a chart needs."""
        unused = [old for old, new in self._post.registries if old not in self.registries and old not in (ANY, new)]
        equal = {new: " and ".join(sorted(names)) for new, names in self.moved.items() if len(names) > 1}
        advice = "use a dictionary with a new registry for each of them"
        found = [f"image_registry: {names} become the same image, {new}; {advice}" for new, names in equal.items()]
        if unused and self.unmatched:
            found.append(f"image_registry: no image is in {', '.join(unused)}, and no entry is for {', '.join(sorted(self.unmatched))}")
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
    if post.registries:
        obj = _with_registries(obj, dict(post.registries), used)
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
    from ..objects.images import images_of, with_image

    for use in images_of(obj):
        matching = _matching(use.image, rules)
        used.images.update(matching[:1])
        used.shadowed.update(matching[1:])
        obj = with_image(obj, use, rewritten(use.image, rules))
    return obj


def _with_registries(obj: Object, registries: Mapping[str, str], used: Used) -> JsonObject:
    from ..objects.images import images_of, with_image

    for use in images_of(obj):
        entry = entry_for(use.image, registries)
        if entry is None or (entry and not use.certain):
            used.unmatched.add(use.image)
        elif entry:
            new = in_registry(use.image, entry, registries)
            used.registries.add(entry)
            used.moved.setdefault(new, set()).add(full_name(image_parts(use.image)[0]))
            obj = with_image(obj, use, new)
    return obj


def rewritten(image: str, rules: tuple[ImageRule, ...]) -> str:
    """An image's reference, rewritten by the first rule that matches it."""
    matching = _matching(image, rules)
    if not matching:
        return image
    rule = rules[matching[0]]
    name, tag, digest = image_parts(image)
    if rule.new_name:
        name = rule.new_name
    if rule.new_registry:
        name = f"{rule.new_registry.rstrip('/')}/{full_name(name).partition('/')[2]}"
    if rule.new_tag or rule.digest:
        tag, digest = rule.new_tag, rule.digest
    return name + (f":{tag}" if tag else "") + (f"@{digest}" if digest else "")


def _matching(image: str, rules: tuple[ImageRule, ...]) -> list[int]:
    """Positions of the rules whose name matches an image's; the first of them applies."""
    name = image_parts(image)[0]
    return [place for place, rule in enumerate(rules) if any(fnmatchcase(text, rule.name) for text in (name, full_name(name)))]
