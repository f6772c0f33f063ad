# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""Refuses, before the first write, hooks whose object exists and belongs to another release.

A hook deletes the object of its name, or applies over it, and Helm does so whatever release that object belongs to. Objects of hooks
have no labels of ownership, so that two releases of one chart with the same hook are not refused.
"""

from __future__ import annotations

from collections.abc import Sequence

from ..errors import AlreadyExists, Forbidden, ReleaseError, UnknownKind
from ..objects.ownership import other_owner
from ..ports import Reader
from ..release.model import Release
from ..render.model import Hook
from .build import build_known

BEFORE = "before-hook-creation"
#: Helm applies these whatever the release was made by
REMOVING = ("pre-delete", "post-delete")


def is_posted(release: Release, hook: Hook, events: Sequence[str]) -> bool:
    """Whether a hook is created, not applied, in one of these events: Helm uses each action's method."""
    return release.apply_method != "ssa" and any(event in hook.events and event not in REMOVING for event in events)


def hook_exists(ref: str) -> AlreadyExists:
    """The error for a hook whose object exists. :param ref: the object."""
    return AlreadyExists(
        f"{ref} already exists, and client-side apply does not adopt objects for hooks; delete it, or set the hook delete policy {BEFORE}",
        object=ref,
        status=409,
    )


def check_hook_owners(cluster: Reader, hooks: Sequence[Hook], events: Sequence[str], release: Release) -> None:
    """Checks the owners of existing objects of the hooks of these events.

    One read of metadata for each named object.

    :raises ReleaseError: it belongs to another release.
    :raises AlreadyExists: the release is applied client-side, and no delete policy removes the object before.
    """
    for hook in hooks:
        if not set(events) & set(hook.events):
            continue
        for item in build_known(cluster, hook.manifest, release.namespace, successors=False)[0]:
            if not item.ref.name:
                continue
            try:
                live = cluster.read(item.ref, metadata_only=True)
            except (Forbidden, UnknownKind):
                continue
            owner = other_owner(live or {}, release.name, release.namespace)
            if owner:
                raise ReleaseError(
                    f"{item.ref} of the hook {hook.path} exists and belongs to {owner}; rename the object of the hook, or disable hooks",
                    release=release.name,
                    namespace=release.namespace,
                    object=str(item.ref),
                    owner=owner,
                )
            if live is not None and is_posted(release, hook, events) and BEFORE not in (hook.delete_policies or [BEFORE]):
                raise hook_exists(str(item.ref))
