# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""What ``image_registry`` does to images, as results."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from ..._engine.aliases import Json
from ..._engine.objects.image_names import entry_for, in_registry
from ..._engine.objects.images import images_of
from ..task import Result

if TYPE_CHECKING:
    from ..._engine.release.model import Release


def certain_images(objects: Iterable[Json]) -> dict[str, bool]:
    """The images of objects, and whether one of their places is certain to name an image."""
    found: dict[str, bool] = {}
    for obj in objects:
        for use in images_of(obj):
            found[use.image] = use.certain or found.get(use.image, False)
    return found


def mirrors_result(images: Mapping[str, bool], registries: Mapping[str, str]) -> Result:
    """``image_mirrors``, where images are expected, and ``unmatched_images``, those not replaced.

    :param images: as ``certain_images`` returns them. :param registries: as ``registries_of`` returns them.
    """
    entries = {image: entry_for(image, registries) for image in sorted(images)}
    moved = {image: in_registry(image, entry, registries) for image, entry in entries.items() if entry and images[image]}
    return {
        "image_mirrors": [{"image": image, "mirror": mirror} for image, mirror in moved.items()],
        "unmatched_images": [image for image, entry in entries.items() if entry != "" and image not in moved],
    }


def unmatched_images(objects: Iterable[Json], registries: Mapping[str, str]) -> list[str]:
    """The images of rendered objects that are in none of the new registries."""
    return [image for image in sorted(certain_images(objects)) if entry_for(image, registries) != ""]


def unmatched_of_release(release: Release | None, registries: Mapping[str, str]) -> list[str]:
    """The same for a revision. Its record holds what is applied, also where nothing was rendered."""
    if release is None:
        return []
    from ..._engine.render.manifests import split
    from ..._engine.yamlio.load import loads_object

    texts = [*split(release.manifest), *(hook.manifest for hook in release.hooks)]
    return unmatched_images((loads_object(text) for text in texts), registries)
