# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""``image_registry``: what may be written, and what the modules return for the same chart."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible_collections.windlass.charts.plugins.module_utils._ansible.faces.chart_copy import chart_copy
from ansible_collections.windlass.charts.plugins.module_utils._ansible.faces.chart_info import chart_info
from ansible_collections.windlass.charts.plugins.module_utils._ansible.faces.chart_package import chart_package
from ansible_collections.windlass.charts.plugins.module_utils._ansible.faces.chart_template import chart_template
from ansible_collections.windlass.charts.plugins.module_utils._ansible.options import specs
from ansible_collections.windlass.charts.plugins.module_utils._ansible.options.image_registry import registries_of
from ansible_collections.windlass.charts.plugins.module_utils._ansible.task import Task
from ansible_collections.windlass.charts.plugins.module_utils._engine.errors import OptionError


def task(spec: dict[str, Any], environ: dict[str, str] | None = None, **params: Any) -> Task:
    checked = ArgumentSpecValidator(spec["argument_spec"]).validate(params)
    assert checked.error_messages == []
    return Task(params=checked.validated_parameters, environ=environ or {}, check_mode=False, diff=False)


@pytest.mark.parametrize(
    ("given", "found"),
    [
        (None, {}),
        ("", {}),
        ({}, {}),
        ("r.test", {"*": "r.test"}),
        (" r.test/a/b/ ", {"*": "r.test/a/b"}),
        ("r:5000", {"*": "r:5000"}),
        ("localhost/a", {"*": "localhost/a"}),
        ({"quay.io": "r.test/q", "docker.io": "r.test/d", "*": "r.test"}, {"*": "r.test", "docker.io": "r.test/d", "quay.io": "r.test/q"}),
        ({"index.docker.io/a/": "r.test"}, {"docker.io/a": "r.test"}),
    ],
)
def test_registries(given: Any, found: dict[str, str]) -> None:
    assert list(registries_of(task(specs.chart_template(), chart_ref="x", image_registry=given)).items()) == list(found.items())


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ("https://r.test/a", "write r.test/a instead of https://r.test/a; image names have no scheme"),
        ("oci://r.test", "write r.test instead of oci://r.test"),
        ("mirror", "'mirror' is not a registry; use the form registry.example.com"),
        ("mirror/hub", "'mirror/hub' is not a registry"),
        ("r.test/a:1", "'r.test/a:1' is not a registry"),
        ("r.test/Upper", "'r.test/Upper' is not a registry"),
        ("r.test//a", "'r.test//a' is not a registry"),
        ("r test", "'r test' is not a registry"),
        ({"bitnami": "r.test"}, "'bitnami' is not a registry"),
        ({"docker.io": "*"}, r"'\*' is not a registry"),
        ({"docker.io": None}, "a registry must be text"),
        ({"docker.io": "r.test", "index.docker.io": "s.test"}, "two entries for docker.io"),
        (["r.test"], "must be a registry such as registry.example.com/mirror, or a dictionary"),
        (5, "must be a registry such as"),
    ],
)
def test_what_is_no_registry(given: Any, words: str) -> None:
    with pytest.raises(OptionError, match=words):
        registries_of(task(specs.chart_template(), chart_ref="x", image_registry=given))


def test_credentials_are_not_shown() -> None:
    with pytest.raises(OptionError, match="without credentials") as caught:
        registries_of(task(specs.chart_template(), chart_ref="x", image_registry="robot:hunter2@r.test"))
    assert "hunter2" not in str(caught.value)


POD = """apiVersion: v1
kind: Pod
metadata: {name: a}
spec: {containers: [{name: a, image: nginx:1}, {name: b, image: quay.io/a/b:1}, {name: c, image: r.test/hub/c:1}]}
---
apiVersion: x.test/v1
kind: Machine
metadata: {name: m}
spec: {image: ubuntu-24.04}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    chart = tmp_path / "web"
    (chart / "templates").mkdir(parents=True)
    (chart / "Chart.yaml").write_text("{apiVersion: v2, name: web, version: 0.1.0}\n")
    (chart / "templates" / "a.yaml").write_text(POD)
    return chart


@pytest.mark.parametrize(
    ("given", "mirrors", "unmatched"),
    [
        ("r.test/hub", {"nginx:1": "r.test/hub/library/nginx:1", "quay.io/a/b:1": "r.test/hub/a/b:1"}, ["ubuntu-24.04"]),
        ({"docker.io": "r.test/hub"}, {"nginx:1": "r.test/hub/library/nginx:1"}, ["quay.io/a/b:1", "ubuntu-24.04"]),
        ({"quay.io": "r.test/quay"}, {"quay.io/a/b:1": "r.test/quay/a/b:1"}, ["nginx:1", "ubuntu-24.04"]),
    ],
)
def test_modules_agree(folder: Path, given: Any, mirrors: dict[str, str], unmatched: list[str]) -> None:
    """The listed places to copy to are what is rendered; lists of images stay those of the chart."""
    environ = {"HOME": str(folder.parent), "PATH": "/usr/bin:/bin"}
    images = ["nginx:1", "quay.io/a/b:1", "r.test/hub/c:1", "ubuntu-24.04"]
    rendered = chart_template(task(specs.chart_template(), environ, chart_ref=str(folder), image_registry=given))
    assert rendered["images"] == sorted(mirrors.get(image, image) for image in images)
    assert rendered["unmatched_images"] == unmatched
    assert "ubuntu-24.04" in rendered["stdout"]

    described = chart_info(task(specs.chart_info(), environ, chart_ref=str(folder), image_registry=given))
    chart_package(task(specs.chart_package(), environ, chart_ref=str(folder), destination=str(folder.parent / "dist")))
    places = {"source": str(folder.parent / "dist"), "destination": str(folder.parent / "out")}
    copied = chart_copy(task(specs.chart_copy(), environ, images=True, image_registry=given, **places))
    for result in (described, copied):
        assert result["images"] == images
        assert result["image_mirrors"] == [{"image": image, "mirror": mirror} for image, mirror in mirrors.items()]
        assert result["unmatched_images"] == unmatched

    plain = chart_info(task(specs.chart_info(), environ, chart_ref=str(folder)))
    assert not {"image_mirrors", "unmatched_images"} & set(plain)
    with pytest.raises(OptionError, match="requires images: true"):
        chart_copy(task(specs.chart_copy(), environ, image_registry=given, **places))
