# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Looking at a release: readiness of its objects, orphans, deprecated APIs. Nothing is written."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.windlass.charts.plugins.module_utils._engine.apply.inspect import deprecated_apis, orphans, resources
from ansible_collections.windlass.charts.plugins.module_utils._engine.release.model import Release
from ansible_collections.windlass.charts.tests.unit.plugins.module_utils._engine.world import NS, World, chart, config_map


@pytest.fixture
def world() -> World:
    world = World()
    world.up(chart({"a.yaml": config_map("a"), "b.yaml": config_map("b")}))
    return world


def marked(name: str, *, release: str = "demo", kind: str = "ConfigMap", **more: Any) -> dict[str, Any]:
    notes = {"meta.helm.sh/release-name": release, "meta.helm.sh/release-namespace": NS}
    meta = {"name": name, "namespace": NS, "labels": {"app.kubernetes.io/managed-by": "Helm"}, "annotations": notes, **more}
    return {"apiVersion": "v1", "kind": kind, "metadata": meta}


def test_resources(world: World) -> None:
    world.cluster.delete(world.cluster.ref(marked("b")))
    before = world.cluster.snapshot()
    found, warnings = resources(world.cluster, world.clock, world.history[0])
    assert warnings == []
    assert [(item["object"], item["exists"], item["ready"], item["state"]) for item in found] == [
        ("ConfigMap apps/a", True, True, "Current"),
        ("ConfigMap apps/b", False, False, "NotFound"),
    ]
    assert found[0]["source"] == "demo/templates/a.yaml"
    assert world.cluster.snapshot() == before


def test_orphans_are_objects_with_the_owner_annotations(world: World) -> None:
    world.cluster.put(marked("left"))
    world.cluster.put(marked("key", kind="Secret"))
    world.cluster.put(marked("other", release="other"))
    world.cluster.put(marked("owned", ownerReferences=[{"apiVersion": "v1", "kind": "ConfigMap", "name": "a", "uid": "1"}]))
    world.cluster.put({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "plain", "namespace": NS}})
    before = world.cluster.snapshot()
    found, warnings = orphans(world.cluster, world.history[0], world.history)
    assert sorted(item["object"] for item in found) == ["ConfigMap apps/left", "Secret apps/key"]
    assert warnings == []
    assert world.cluster.snapshot() == before


def test_a_deleted_object_is_no_orphan_and_a_kept_one_is(world: World) -> None:
    world.up(chart({"a.yaml": config_map("a")}, version="0.2.0"))
    assert orphans(world.cluster, world.history[-1], world.history)[0] == []
    world.up(chart({"a.yaml": config_map("a"), "k.yaml": config_map("k", **{"helm.sh/resource-policy": "keep"})}, version="0.3.0"))
    world.up(chart({"a.yaml": config_map("a")}, version="0.4.0"))
    assert [item["name"] for item in orphans(world.cluster, world.history[-1], world.history)[0]] == ["k"]


OLD = "---\n# Source: demo/templates/{name}.yaml\napiVersion: {version}\nkind: {kind}\nmetadata:\n  name: {name}\n"


@pytest.mark.parametrize(
    ("version", "kind", "server", "expected"),
    [
        ("batch/v1beta1", "CronJob", "v1.36.3", ("1.21", "1.25", "batch/v1 CronJob", True, True)),
        ("batch/v1beta1", "CronJob", "v1.24.0", ("1.21", "1.25", "batch/v1 CronJob", False, True)),
        ("batch/v1beta1", "CronJob", "v1.21.9+k3s1", ("1.21", "1.25", "batch/v1 CronJob", False, False)),
        ("batch/v1beta1", "CronJob", "v1.20.0", None),
        ("batch/v1", "CronJob", "v1.36.3", None),
        ("v1", "Endpoints", "v1.36.3", ("1.33", "", "discovery.k8s.io/v1 EndpointSlice", False, False)),
        ("autoscaling/v2beta2", "HorizontalPodAutoscaler", "v1.25.0", ("1.23", "1.26", "autoscaling/v2 HorizontalPodAutoscaler", False, True)),
        ("policy/v1beta1", "PodSecurityPolicy", "v1.36.3", ("1.21", "1.25", "", True, True)),
    ],
)
def test_deprecated_apis(version: str, kind: str, server: str, expected: tuple[Any, ...] | None) -> None:
    release = Release("demo", NS, 1, manifest=OLD.format(name="x", version=version, kind=kind))
    found = deprecated_apis(release, server)
    got = [tuple(item[key] for key in ("deprecated_in", "removed_in", "replacement", "removed", "removed_next")) for item in found]
    assert got == ([expected] if expected else [])
    assert all(item["source"] == "demo/templates/x.yaml" for item in found)
