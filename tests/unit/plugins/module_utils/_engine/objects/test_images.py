# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Images that objects run: one object a line."""

from __future__ import annotations

from typing import Any

import pytest
import yaml
from ansible_collections.windlass.charts.plugins.module_utils._engine.objects.images import images_of, with_image

CASES = {
    "{kind: Pod, apiVersion: v1, spec: {containers: [{image: a}], initContainers: [{image: b}], ephemeralContainers: [{image: c}]}}": [
        "a",
        "b",
        "c",
    ],
    "{kind: Deployment, apiVersion: apps/v1, spec: {template: {spec: {containers: [{image: 'r.io:5000/a/b:1@sha256:"
    + "0" * 64
    + "'}]}}}}": ["r.io:5000/a/b:1@sha256:" + "0" * 64],
    "{kind: CronJob, apiVersion: batch/v1, spec: {jobTemplate: {spec: {template: {spec: {containers: [{image: a:1}]}}}}}}": ["a:1"],
    "{kind: List, apiVersion: v1, items: [{kind: Pod, apiVersion: v1, spec: {containers: [{image: a}]}}]}": ["a"],
    "{kind: Pod, apiVersion: v1, spec: {containers: [], volumes: [{image: {reference: quay.io/m/n:1}}, {emptyDir: {}}]}}": [
        "quay.io/m/n:1"
    ],
    "{kind: Pod, apiVersion: v1, spec: {containers: [{args: ["
    "'--reloader-image=a/b:1', '--x=quay.io/c/d:2', '--image-pull=Always', '--n=3', '--u=http://e.f/g:1']}]}}": [
        "a/b:1",
        "quay.io/c/d:2",
    ],
    "{kind: Pod, apiVersion: v1, spec: {containers: [{env: ["
    "{name: RELATED_IMAGE_X, value: a/b}, {name: SIDE_IMAGE, value: 'c:1'}, "
    "{name: IMAGE, value: plain}, {name: X, value: 'd/e:1'}]}]}}": [
        "a/b",
        "c:1",
    ],
    # custom resources
    "{kind: Prometheus, apiVersion: monitoring.coreos.com/v1, spec: {image: quay.io/p/p:v3, containers: [{name: x}]}}": ["quay.io/p/p:v3"],
    "{kind: Cluster, apiVersion: x.io/v1, spec: {podTemplate: {spec: {containers: [{image: a:1}]}}, agentImage: b:2}}": ["a:1", "b:2"],
    "{kind: K, apiVersion: x.io/v1, spec: {image: {repository: a/b, tag: 1.2}}}": ["a/b:1.2"],
    "{kind: K, apiVersion: x.io/v1, spec: {image: {registry: r.io, repository: a/b, digest: 'sha256:" + "1" * 64 + "'}}}": [
        "r.io/a/b@sha256:" + "1" * 64
    ],
    "{kind: K, apiVersion: x.io/v1, spec: {tool: {repository: a/b, tag: '1'}}}": ["a/b:1"],
    "{kind: K, apiVersion: x.io/v1, spec: {git: {repository: 'https://x.y/z', tag: '1'}}}": [],
    "{kind: K, apiVersion: x.io/v1, spec: {image: 'not an image', pullPolicyImage: Always}}": [],
    # what runs nothing
    "{kind: CustomResourceDefinition, apiVersion: apiextensions.k8s.io/v1, spec: {containers: [{image: a}]}}": [],
    "{kind: ConfigMap, apiVersion: v1, data: {image: a}}": [],
    "{kind: Deployment, apiVersion: apps/v1, spec: {template: {metadata: {annotations: {image: a}}, spec: {containers: [{}, null, x]}}}}": [],
    "{kind: Pod, apiVersion: v1, spec: {containers: [{image: ' '}, {image: auto}, {image: auto:1}]}}": ["auto:1"],
    "[1]": [],
}


@pytest.mark.parametrize("text", CASES, ids=lambda text: text[:60])
def test_images(text: str) -> None:
    assert [use.image for use in images_of(yaml.safe_load(text))] == CASES[text]


def test_places() -> None:
    obj: dict[str, Any] = yaml.safe_load(next(iter(CASES)))
    assert [use.path for use in images_of(obj)] == [
        "spec.containers[0].image",
        "spec.initContainers[0].image",
        "spec.ephemeralContainers[0].image",
    ]


@pytest.mark.parametrize(
    ("text", "certain"),
    [
        ("{kind: Pod, apiVersion: v1, spec: {containers: [{image: nginx}]}}", True),
        ("{kind: Pod, apiVersion: v1, spec: {containers: [{image: '${IMAGE}'}]}}", False),
        ("{kind: Pod, apiVersion: v1, spec: {volumes: [{image: {reference: a}}]}}", True),
        ("{kind: Pod, apiVersion: v1, spec: {containers: [{env: [{name: X_IMAGE, value: a/b}]}]}}", True),
        ("{kind: K, apiVersion: x.io/v1, spec: {template: {spec: {containers: [{image: nginx}]}}}}", True),
        ("{kind: K, apiVersion: x.io/v1, spec: {image: ubuntu-24.04}}", False),
        ("{kind: K, apiVersion: x.io/v1, spec: {image: projects/p/global/images/i}}", False),
        ("{kind: K, apiVersion: x.io/v1, spec: {image: a:1}}", True),
        ("{kind: K, apiVersion: x.io/v1, spec: {image: quay.io/a/b}}", True),
        ("{kind: K, apiVersion: x.io/v1, spec: {image: {repository: a/b, tag: '1'}}}", True),
        ("{kind: K, apiVersion: x.io/v1, spec: {git: {repository: a/b, tag: '1'}}}", False),
        ("{kind: K, apiVersion: x.io/v1, spec: {tool: {repository: quay.io/a/b, tag: '1'}}}", True),
    ],
)
def test_what_is_certain_to_be_an_image(text: str, certain: bool) -> None:
    assert [use.certain for use in images_of(yaml.safe_load(text))] == [certain]
    assert [use.certain for use in images_of({"kind": "List", "items": [yaml.safe_load(text)]})] == [certain]


@pytest.mark.parametrize(
    ("spec", "image", "after"),
    [
        ("{image: a/b:1}", "m.io/x/a/b:1", "{image: m.io/x/a/b:1}"),
        (
            "{x: {containers: [{name: c, args: ['--reloader-image=a/b:1']}]}}",
            "c:2",
            "{x: {containers: [{name: c, args: ['--reloader-image=c:2']}]}}",
        ),
        ("{image: {repository: a/b, tag: 1}}", "m.io/x/a/b:1", "{image: {repository: m.io/x/a/b, tag: 1}}"),
        ("{image: {repository: a/b, tag: 1}}", "a/b:2", "{image: {repository: a/b, tag: '2'}}"),
        ("{image: {repository: a/b, tag: 1}}", "a/b@D", "{image: {repository: a/b, digest: 'D'}}"),
        (
            "{image: {registry: r.io, repository: a/b, tag: '1', pull: x}}",
            "m.io/x/a/b:1",
            "{image: {registry: m.io/x, repository: a/b, tag: '1', pull: x}}",
        ),
        (
            "{image: {registry: docker.io, repository: n, tag: '1'}}",
            "m.io/library/n:1",
            "{image: {registry: m.io/library, repository: n, tag: '1'}}",
        ),
        ("{image: {registry: r.io/, repository: /a, tag: '1'}}", "r.io/a:1", "{image: {registry: r.io/, repository: /a, tag: '1'}}"),
        ("{image: {registry: '', repository: a, tag: '1'}}", "m.io/a:1", "{image: {registry: '', repository: m.io/a, tag: '1'}}"),
        ("{image: {registry: r.io, repository: a, tag: '1'}}", "m.io/x/b:1", "{image: {registry: m.io, repository: x/b, tag: '1'}}"),
    ],
)
def test_an_object_with_another_image(spec: str, image: str, after: str) -> None:
    obj = {"kind": "K", "apiVersion": "x.io/v1", "spec": yaml.safe_load(spec)}
    (use,) = images_of(obj)
    assert with_image(obj, use, image)["spec"] == yaml.safe_load(after)
    assert obj["spec"] == yaml.safe_load(spec)
