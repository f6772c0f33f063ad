# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Names of images, and the same image in another registry: one image a line."""

from __future__ import annotations

import pytest
from ansible_collections.windlass.charts.plugins.module_utils._engine.objects.image_names import (
    entry_for,
    full_name,
    image_parts,
    in_registry,
)

D = "sha256:" + "a" * 64
ONE = {"*": "mirror.test/hub"}
SITE = {
    "docker.io": "mirror.test/hub",
    "docker.io/bitnami": "mirror.test/legacy",
    "quay.io": "mirror.test:5000/quay",
    "ghcr.io/org/app": "mirror.test/app",
    "corp.test": "corp.test",
}
DEFAULT = {**SITE, "*": "mirror.test/rest"}


@pytest.mark.parametrize(
    ("name", "full"),
    [
        ("nginx", "docker.io/library/nginx"),
        ("a/b", "docker.io/a/b"),
        ("a/b/c", "docker.io/a/b/c"),
        ("docker.io/nginx", "docker.io/library/nginx"),
        ("index.docker.io/nginx", "docker.io/library/nginx"),
        ("index.docker.io/a/b", "docker.io/a/b"),
        ("localhost/a", "localhost/a"),
        ("r:5000/a", "r:5000/a"),
        ("r.test/a/b", "r.test/a/b"),
        ("Upper/a", "Upper/a"),
    ],
)
def test_full_names(name: str, full: str) -> None:
    assert full_name(name) == full


@pytest.mark.parametrize(
    ("image", "registries", "after"),
    [
        # one registry for all: path, tag and digest stay, and Docker Hub's defaults are written out
        ("nginx", ONE, "mirror.test/hub/library/nginx"),
        ("nginx:1", ONE, "mirror.test/hub/library/nginx:1"),
        (f"nginx@{D}", ONE, f"mirror.test/hub/library/nginx@{D}"),
        (f"a/b:1@{D}", ONE, f"mirror.test/hub/a/b:1@{D}"),
        ("docker.io/nginx:1", ONE, "mirror.test/hub/library/nginx:1"),
        ("quay.io/a/b:1", ONE, "mirror.test/hub/a/b:1"),
        ("r:5000/a", ONE, "mirror.test/hub/a"),
        ("r:5000/a", {"*": "s:1"}, "s:1/a"),
        # what is there stays, and so does what is elsewhere in the same registry
        ("mirror.test/hub/library/nginx:1", ONE, ""),
        ("mirror.test/team/app:1", ONE, ""),
        ("mirror.test:5000/team/app:1", ONE, "mirror.test/hub/team/app:1"),
        ("mirror.test/hubble/x", ONE, ""),
        # a dictionary: the longest entry at the borders of a path
        ("nginx:1", SITE, "mirror.test/hub/library/nginx:1"),
        ("bitnami/redis:1", SITE, "mirror.test/legacy/redis:1"),
        ("bitnamilegacy/redis:1", SITE, "mirror.test/hub/bitnamilegacy/redis:1"),
        ("quay.io/a/b:1", SITE, "mirror.test:5000/quay/a/b:1"),
        ("quay.io.evil.test/a", SITE, None),
        ("ghcr.io/org/app:1", SITE, "mirror.test/app:1"),
        ("ghcr.io/org/other:1", SITE, None),
        ("corp.test/x:1", SITE, ""),
        ("mirror.test/legacy/redis:1", SITE, ""),
        ("registry.k8s.io/pause:3.10", SITE, None),
        ("registry.k8s.io/pause:3.10", DEFAULT, "mirror.test/rest/pause:3.10"),
        ("corp.test/x:1", DEFAULT, ""),
        # an entry for the registry of the mirror itself
        ("r.test/a", {"r.test": "r.test/mirror"}, "r.test/mirror/a"),
        ("r.test/mirror/a", {"r.test": "r.test/mirror"}, ""),
    ],
)
def test_an_image_in_another_registry(image: str, registries: dict[str, str], after: str | None) -> None:
    """``None``: no entry is about it; empty: it is there already. Replacing twice is replacing once."""
    entry = entry_for(image, registries)
    if not entry:
        assert entry == after
        return
    assert in_registry(image, entry, registries) == after
    assert image_parts(after or "")[1:] == image_parts(image)[1:]
    assert entry_for(after or "", registries) == ""
