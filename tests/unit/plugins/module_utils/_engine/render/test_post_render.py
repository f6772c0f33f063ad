# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Post-rendering: patches, images, labels; hooks too, recorded, and part of the inputs."""

from __future__ import annotations

import re
from typing import Any

import pytest
from ansible_collections.windlass.charts.plugins.module_utils._ansible.results.mirrors import unmatched_of_release
from ansible_collections.windlass.charts.plugins.module_utils._engine import errors
from ansible_collections.windlass.charts.plugins.module_utils._engine.objects.patches.strategic import merged, patched
from ansible_collections.windlass.charts.plugins.module_utils._engine.objects.policy import Selector
from ansible_collections.windlass.charts.plugins.module_utils._engine.render.post_render import ImageRule, Patch, PostRendering, rewritten
from ansible_collections.windlass.charts.tests.unit.plugins.module_utils._engine.world import World, chart, config_map, hook

WEB = """apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
spec:
  replicas: 1
  template:
    spec:
      containers:
        - name: app
          image: nginx:1.27
          args: ["--side-image=quay.io/x/side:1"]
        - name: side
          image: quay.io/x/side:1
"""
ALL = chart({"a.yaml": config_map("a"), "web.yaml": WEB, "h.yaml": hook("h", "pre-install,pre-upgrade")})


def test_labels_and_annotations_of_every_object_hooks_too(world: World) -> None:
    world.up(ALL, post=PostRendering(labels={"team": "red"}, annotations={"note": "x"}))
    (release,) = world.history
    assert release.manifest.count("team: red") == 2 and release.manifest.count("note: x") == 2
    assert "team: red" in release.hooks[0].manifest
    assert world.cluster.get("ConfigMap", "a")["metadata"]["labels"]["team"] == "red"
    assert "labels" not in world.cluster.get("Deployment", "web")["spec"]["template"]


def test_it_is_part_of_the_inputs(world: World) -> None:
    one, two = PostRendering(labels={"team": "red"}), PostRendering(labels={"team": "blue"})
    assert world.up(ALL, post=one).changed
    assert not world.up(ALL, post=one).changed
    assert world.up(ALL, post=two, check=True).changed
    assert world.up(ALL, post=two).plan.action == "upgrade"
    assert world.up(ALL).changed and not world.up(ALL).changed


def test_a_document_that_nothing_is_done_to_keeps_its_text(world: World) -> None:
    world.up(ALL)
    world.up(ALL, post=PostRendering(patches=(Patch({"data": {"k": "new"}}, Selector("ConfigMap")),)))
    before, after = (release.manifest.split("---\n") for release in world.history)
    assert [text for text in before if "Deployment" in text] == [text for text in after if "Deployment" in text]
    assert [text for text in before if "ConfigMap" in text] != [text for text in after if "ConfigMap" in text]


@pytest.mark.parametrize(
    ("patch", "target"),
    [
        ({"spec": {"replicas": 3}}, Selector("Deployment", "web")),
        ({"spec": {"replicas": 3}}, Selector("apps/Deployment")),
        ({"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "web"}, "spec": {"replicas": 3}}, None),
        ([{"op": "replace", "path": "/spec/replicas", "value": 3}], Selector(name="we*")),
    ],
)
def test_patches(world: World, patch: Any, target: Selector | None) -> None:
    outcome = world.up(ALL, post=PostRendering(patches=(Patch(patch, target),)))
    assert world.cluster.get("Deployment", "web")["spec"]["replicas"] == 3
    assert not outcome.warnings


def test_a_patch_that_matches_nothing_is_reported(world: World) -> None:
    outcome = world.up(ALL, post=PostRendering(patches=(Patch({"spec": {}}, Selector("Deployment")), Patch({"a": 1}, Selector("Secret")))))
    assert outcome.warnings == ["patches: number 2 matches no object"]


def test_an_image_entry_that_matches_nothing_is_a_warning(world: World) -> None:
    rules = (ImageRule("nginx", new_tag="2"), ImageRule("other.test/*", new_tag="2"), ImageRule("docker.io/library/*", new_tag="3"))
    outcome = world.up(ALL, post=PostRendering(images=rules))
    assert outcome.warnings == [
        "images: number 2 (other.test/*) matches no image",
        "images: number 3 (docker.io/library/*) matches only images that earlier entries match",
    ]


def test_an_object_with_faulty_metadata_matches_nothing(world: World) -> None:
    text = "apiVersion: v1\nkind: ConfigMap\nmetadata: none\n"
    post = PostRendering(patches=(Patch({"a": 1}, Selector(name="web")),), labels={"a": "b"})
    with pytest.raises(errors.EngineError):
        world.up(chart({"z.yaml": text}), post=post)


def test_a_patch_that_does_not_fit_is_refused_before_anything_is_written(world: World) -> None:
    before = world.state()
    patch = Patch([{"op": "replace", "path": "/spec/nothing/here", "value": 1}], Selector("Deployment"))
    with pytest.raises(errors.OptionError, match=r"patches, number 1: operation 1 \(replace /spec/nothing/here\) cannot be applied"):
        world.up(ALL, post=PostRendering(patches=(patch,)))
    assert world.state() == before


def test_a_patch_can_make_a_hook_and_remove_an_object(world: World) -> None:
    into = Patch({"metadata": {"annotations": {"helm.sh/hook": "pre-install"}}}, Selector("ConfigMap"))
    away = Patch({"$patch": "delete"}, Selector("Deployment"))
    world.up(ALL, post=PostRendering(patches=(into, away)))
    (release,) = world.history
    assert sorted(item.name for item in release.hooks) == ["a", "h"] and release.manifest == ""


def test_images(world: World) -> None:
    rules = (ImageRule("nginx", new_registry="mirror.example.com/hub"), ImageRule("quay.io/*", new_tag="2"))
    world.up(ALL, post=PostRendering(images=rules))
    app, side = world.cluster.get("Deployment", "web")["spec"]["template"]["spec"]["containers"]
    assert (app["image"], side["image"]) == ("mirror.example.com/hub/library/nginx:1.27", "quay.io/x/side:2")
    assert app["args"] == ["--side-image=quay.io/x/side:2"]


D = "sha256:" + "a" * 64


@pytest.mark.parametrize(
    ("image", "rule", "after"),
    [
        ("nginx", ImageRule("nginx", new_tag="1"), "nginx:1"),
        ("nginx:1", ImageRule("docker.io/library/nginx", new_tag="2"), "nginx:2"),
        ("nginx:1", ImageRule("other", new_tag="2"), "nginx:1"),
        ("x/y:1", ImageRule("docker.io/x/*", new_registry="r:5000"), "r:5000/x/y:1"),
        ("r:5000/a:1", ImageRule("r:5000/a", new_name="b"), "b:1"),
        ("r:5000/a", ImageRule("r:5000/a", new_registry="s"), "s/a"),
        ("docker.io/nginx:1", ImageRule("docker.io/library/nginx", new_registry="r:5000"), "r:5000/library/nginx:1"),
        (f"a@{D}", ImageRule("a", new_tag="1"), "a:1"),
        ("a:1", ImageRule("a", digest=D), f"a@{D}"),
        ("a:1", ImageRule("a", new_tag="2", digest=D), f"a:2@{D}"),
        (f"a:1@{D}", ImageRule("a", new_registry="m"), f"m/library/a:1@{D}"),
    ],
)
def test_how_an_image_is_rewritten(image: str, rule: ImageRule, after: str) -> None:
    assert rewritten(image, (rule,)) == after


PODS = """apiVersion: v1
kind: Pod
metadata:
  name: %s
%s
spec:
  containers:
    - name: a
      image: %s
"""
HOOKED = "  annotations: {helm.sh/hook: '%s'}"
CRD = """apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: tides.steps.test}
spec:
  group: steps.test
  names: {kind: Tide, plural: tides}
  scope: Namespaced
  versions: [{name: v1, served: true, storage: true, schema: {openAPIV3Schema: {type: object, default: {image: quay.io/crd/x:1}}}}]
"""
MIRRORED = chart(
    {
        "web.yaml": WEB,
        "p.yaml": PODS % ("p", "", "registry.k8s.io/pause:3"),
        "h.yaml": PODS % ("h", HOOKED % "pre-install", "busybox"),
        "t.yaml": PODS % ("t", HOOKED % "test", "mirror.test/hub/library/busybox:1"),
    }
)


@pytest.mark.parametrize(
    ("registries", "images", "warnings"),
    [
        (
            {"*": "mirror.test/hub"},
            ["hub/library/nginx:1.27", "hub/x/side:1", "hub/x/side:1", "hub/pause:3", "hub/library/busybox", "hub/library/busybox:1"],
            [],
        ),
        # entries of a site that this chart does not need are no fault
        (
            {"docker.io": "mirror.test/hub", "quay.io": "mirror.test/quay", "registry.k8s.io": "mirror.test/k8s", "gcr.io": "mirror.test/gcr"},
            ["hub/library/nginx:1.27", "quay/x/side:1", "quay/x/side:1", "k8s/pause:3", "hub/library/busybox", "hub/library/busybox:1"],
            [],
        ),
        # but one that is spelled wrong leaves images over
        (
            {"docker.io": "mirror.test/hub", "quay.oi": "mirror.test/quay", "registry.k8s.io": "mirror.test/k8s"},
            ["hub/library/nginx:1.27", "quay.io/x/side:1", "quay.io/x/side:1", "k8s/pause:3", "hub/library/busybox", "hub/library/busybox:1"],
            ["image_registry: no image is in quay.oi, and no entry is for quay.io/x/side:1"],
        ),
    ],
)
def test_registries_of_images(world: World, registries: dict[str, str], images: list[str], warnings: list[str]) -> None:
    """Also in hooks and tests, and a second run has nothing to do."""
    post = PostRendering(registries=tuple(registries.items()))
    predicted = world.up(MIRRORED, post=post, check=True)
    outcome = world.up(MIRRORED, post=post)
    assert outcome.warnings == predicted.warnings == warnings
    assert [operation.id for operation in predicted.plan.operations] == [operation.id for operation in outcome.plan.operations]
    (release,) = world.history
    assert predicted.release is not None and predicted.release.manifest == release.manifest
    wanted = [image if "quay.io" in image else f"mirror.test/{image}" for image in images]
    app, side = world.cluster.get("Deployment", "web")["spec"]["template"]["spec"]["containers"]
    pod = world.cluster.get("Pod", "p")["spec"]["containers"][0]
    hooks = {hook.name: re.findall("image: (.*)", hook.manifest)[0] for hook in release.hooks}
    assert [app["image"], app["args"][0].partition("=")[2], side["image"], pod["image"], hooks["h"], hooks["t"]] == wanted
    left = ["quay.io/x/side:1"] if warnings else []
    assert unmatched_of_release(release, registries) == unmatched_of_release(predicted.release, registries) == left
    again = world.up(MIRRORED, post=post)
    assert not again.changed and not world.up(MIRRORED, post=post, check=True).changed
    assert world.up(MIRRORED, post=PostRendering(registries=(("*", "other.test"),)), check=True).changed


def test_without_the_option_the_inputs_are_those_of_earlier_versions() -> None:
    assert "image_registry" not in PostRendering(labels={"a": "b"}).inputs()["post_rendering"]
    assert PostRendering(registries=(("*", "m.test"),)).inputs()["post_rendering"]["image_registry"] == {"*": "m.test"}


def test_images_and_patches_come_first(world: World) -> None:
    patch = Patch({"spec": {"template": {"spec": {"containers": [{"name": "side", "image": "gcr.io/y/side:2"}]}}}}, Selector("Deployment"))
    world.up(ALL, post=PostRendering(patches=(patch,), images=(ImageRule("nginx", new_tag="2"),), registries=(("*", "m.test/hub"),)))
    app, side = world.cluster.get("Deployment", "web")["spec"]["template"]["spec"]["containers"]
    assert (app["image"], side["image"]) == ("m.test/hub/library/nginx:2", "m.test/hub/y/side:2")


def test_two_images_that_become_one_are_reported(world: World) -> None:
    both = chart({"a.yaml": PODS % ("a", "", "quay.io/x/y:1"), "b.yaml": PODS % ("b", "", "x/y:1"), "c.yaml": PODS % ("c", "", "docker.io/x/y:1")})
    outcome = world.up(both, post=PostRendering(registries=(("*", "m.test"),)))
    assert outcome.warnings == [
        "image_registry: docker.io/x/y and quay.io/x/y become the same image, m.test/x/y:1; use a dictionary with a new registry for each of them"
    ]


def test_definitions_of_custom_resources_keep_their_text(world: World) -> None:
    world.up(chart({"crd.yaml": CRD}), post=PostRendering(registries=(("*", "m.test"),)))
    assert CRD in world.history[0].manifest


POD = {"apiVersion": "v1", "kind": "Pod", "spec": {"containers": [{"name": "a", "image": "1"}, {"name": "b"}], "nodeSelector": {"x": "1"}}}


@pytest.mark.parametrize(
    ("patch", "spec"),
    [
        ({"containers": [{"name": "a", "image": "2"}]}, {"containers": [{"name": "a", "image": "2"}, {"name": "b"}]}),
        ({"containers": [{"name": "c"}]}, {"containers": [*POD["spec"]["containers"], {"name": "c"}]}),
        ({"containers": [{"name": "a", "$patch": "delete"}]}, {"containers": [{"name": "b"}]}),
        ({"containers": [{"$patch": "replace"}, {"name": "z"}]}, {"containers": [{"name": "z"}]}),
        ({"nodeSelector": None}, {"nodeSelector": None}),
        ({"nodeSelector": {"$patch": "replace", "y": "2"}}, {"nodeSelector": {"y": "2"}}),
        ({"nodeSelector": {"y": "2"}}, {"nodeSelector": {"x": "1", "y": "2"}}),
    ],
)
def test_strategic(patch: dict[str, Any], spec: dict[str, Any]) -> None:
    wanted = {key: value for key, value in {**POD["spec"], **spec}.items() if value is not None}
    assert merged(POD, {"spec": patch}) == {**POD, "spec": wanted}


DNS = [{"name": "u", "port": 53, "protocol": "UDP"}, {"name": "t", "port": 53}, {"name": "h", "port": 80}]


@pytest.mark.parametrize(
    ("patch", "ports"),
    [
        ([{"port": 53, "protocol": "TCP", "targetPort": 1}], [DNS[0], {**DNS[1], "protocol": "TCP", "targetPort": 1}, DNS[2]]),
        ([{"port": 53, "protocol": "UDP", "targetPort": 1}], [{**DNS[0], "targetPort": 1}, *DNS[1:]]),
        ([{"port": 53, "name": "t", "targetPort": 1}], [DNS[0], {**DNS[1], "targetPort": 1}, DNS[2]]),
        ([{"port": 53, "protocol": "UDP", "$patch": "delete"}], DNS[1:]),
        ([{"port": 53, "$patch": "delete"}], DNS[2:]),
        ([{"port": 9, "protocol": "UDP"}, {"port": 9, "protocol": "TCP"}], [*DNS, {"port": 9, "protocol": "UDP"}, {"port": 9, "protocol": "TCP"}]),
        ([{"port": 80, "protocol": "UDP", "name": "hu"}], [*DNS, {"port": 80, "protocol": "UDP", "name": "hu"}]),
    ],
)
def test_ports_of_one_number_differ_by_protocol(patch: list[Any], ports: list[Any]) -> None:
    service = {"apiVersion": "v1", "kind": "Service", "spec": {"ports": DNS}}
    assert merged(service, {"spec": {"ports": patch}})["spec"]["ports"] == ports


def test_variables_of_one_name_differ_by_value() -> None:
    env = [{"name": "A", "value": "1"}, {"name": "A", "value": "2"}]
    pod = {"apiVersion": "v1", "kind": "Pod", "spec": {"containers": [{"name": "c", "env": env}]}}
    for change, left in ([{"name": "A", "value": "1", "$patch": "delete"}, env[1:]], [{"name": "A", "$patch": "delete"}, []]):
        patch = {"spec": {"containers": [{"name": "c", "env": [change]}]}}
        assert merged(pod, patch)["spec"]["containers"][0]["env"] == left


def test_the_lists_of_a_custom_kind_are_replaced() -> None:
    ship = {"apiVersion": "example.com/v1", "kind": "Ship", "spec": {"sails": [{"name": "a"}]}}
    assert merged(ship, {"spec": {"sails": [{"name": "b"}]}})["spec"] == {"sails": [{"name": "b"}]}


@pytest.mark.parametrize(
    ("operations", "after"),
    [
        ([{"op": "add", "path": "/b", "value": 1}], {"a": [1, 2], "b": 1}),
        ([{"op": "add", "path": "/a/-", "value": 3}], {"a": [1, 2, 3]}),
        ([{"op": "add", "path": "/a/0", "value": 0}], {"a": [0, 1, 2]}),
        ([{"op": "remove", "path": "/a/1"}], {"a": [1]}),
        ([{"op": "replace", "path": "/a/0", "value": 9}], {"a": [9, 2]}),
        ([{"op": "move", "from": "/a/0", "path": "/c"}], {"a": [2], "c": 1}),
        ([{"op": "copy", "from": "/a", "path": "/c"}], {"a": [1, 2], "c": [1, 2]}),
        ([{"op": "test", "path": "/a/0", "value": 1}, {"op": "add", "path": "/x~1y", "value": 1}], {"a": [1, 2], "x/y": 1}),
    ],
)
def test_json_patch(operations: Any, after: Any) -> None:
    before = {"a": [1, 2]}
    assert patched(before, operations, "x") == after
    assert before == {"a": [1, 2]}


@pytest.mark.parametrize(
    "operation",
    [
        {"op": "remove", "path": "/no"},
        {"op": "replace", "path": "/a/9", "value": 1},
        {"op": "add", "path": "/no/way", "value": 1},
        {"op": "add", "path": "/a/9", "value": 1},
        {"op": "test", "path": "/a/0", "value": 2},
        {"op": "jump", "path": "/a", "from": "/a"},
        {"op": "add", "path": "a", "value": 1},
        {"path": "/a"},
        {"op": "add", "path": "/a/x", "value": 1},
        {"op": "add", "path": "/a/0/b/c", "value": 1},
        {"op": "remove", "path": "/a/-1"},
        {"op": "remove", "path": "/a/0/b"},
        {"op": "move", "from": "/a/0/b", "path": "/c"},
        {"op": "remove", "path": ""},
        {"op": "add", "path": ["a"], "value": 1},
        "text",
        5,
        None,
    ],
)
def test_no_json_patch(operation: Any) -> None:
    with pytest.raises(errors.OptionError, match=r"x: operation 1 .* cannot be applied") as caught:
        patched({"a": [1, 2]}, [operation], "x")
    assert not re.search("' object|literal for|index out of range|NoneType", str(caught.value))
