# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What helm pushes is what this collection would write: config, annotations and layers."""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Callable
from pathlib import Path

import pytest
import servers
from ansible_collections.windlass.charts.plugins.module_utils._engine.chart.load import load_archive
from ansible_collections.windlass.charts.plugins.module_utils._engine.oci.artifacts import (
    annotations_of,
    config_of,
    descriptor_of,
    manifest_of,
)
from ansible_collections.windlass.charts.plugins.module_utils._engine.oci.manifests import CHART, CONFIG, MANIFEST
from ansible_collections.windlass.charts.plugins.module_utils._engine.release.codec import metadata_tree

CHARTS = {
    "small": "",
    "everything": """\
description: " a <chart> & 'more' \\u00e4\\u2028 "
home: https://example.org/?a=b&c=d
sources: [https://example.org/a, https://example.org/b]
keywords: [one, two]
maintainers: [{name: A, email: a@example.org, url: https://example.org}, {name: B}, {email: c@example.org}]
icon: https://example.org/i.png
appVersion: "1.10"
deprecated: true
kubeVersion: ">=1.20"
type: application
annotations:
  z: "1"
  a: "<2>"
  org.opencontainers.image.title: other
  org.opencontainers.image.url: own
""",
}


@pytest.mark.parametrize("version", ["helm", "helm3"])
@pytest.mark.parametrize("chart", sorted(CHARTS))
def test_what_helm_pushes(
    chart: str, version: str, request: pytest.FixtureRequest, plain_registry: servers.Registry, project: str, packaged: Callable[..., Path]
) -> None:
    helm, host = request.getfixturevalue(version), plain_registry.host
    archive = packaged(version="1.0.0+b", more=CHARTS[chart])
    helm.must("push", archive, f"oci://{host}/{project}", "--plain-http")
    place = f"http://{host}/v2/{project}/pier"
    asked = urllib.request.Request(f"{place}/manifests/1.0.0_b", headers={"Accept": MANIFEST})
    with urllib.request.urlopen(asked, timeout=10) as answer:
        theirs = json.loads(answer.read())
    with urllib.request.urlopen(f"{place}/blobs/{theirs['config']['digest']}", timeout=10) as answer:
        config = answer.read()
    tree = metadata_tree(load_archive(archive.read_bytes()).metadata)
    assert config_of(tree) == config
    annotations = annotations_of(tree, theirs["annotations"]["org.opencontainers.image.created"])
    assert annotations == theirs["annotations"]
    ours = json.loads(manifest_of(descriptor_of(CONFIG, config), [descriptor_of(CHART, archive.read_bytes())], annotations))
    assert ours.pop("mediaType") == MANIFEST  # which helm leaves out
    assert ours == theirs
