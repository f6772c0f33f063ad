# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every chart and archive in the test data of Helm's modules (3 and 4), with flags and values files.

Broken ones too.

Charts with the same bytes are tested once. A chart that helm refuses without flags gets only a few of the variants.
"""

from __future__ import annotations

import functools
import hashlib
from pathlib import Path

import pytest
from conftest import _build
from golden import _files

FEW = {
    "defaults": [],
    "no-schema": ["--skip-schema-validation", "--include-crds"],
}
VARIANTS = {
    **FEW,
    "crds": ["--include-crds"],
    "no-crds": ["--skip-crds"],
    "upgrade": ["--is-upgrade", "--namespace", "ns1"],
    "no-tests": ["--skip-tests"],
    "no-hooks": ["--no-hooks"],
    "old-cluster": ["--kube-version", "1.20.0"],
    "provider-cluster": ["--kube-version", "v1.33.4-gke.1043002"],
    "apis": ["--api-versions", "monitoring.coreos.com/v1,a.b/v1/C"],
    "only": ["--show-only", "templates/*"],
    "set": ["--set", "global.x=1,a.b[1]=c,name=other,enabled=false,replicaCount=3"],
    "set-string": ["--set-string", "service.port=80,tags.back-end=true,x=null"],
    "set-json": ["--set-json", '{"a":{"b":[1,2.5,null]},"tags":{"front-end":true,"back-end":false}}'],
    "tags": ["--set", "tags.front-end=false,tags.back-end=true,subchart1.enabled=true,subchart2.enabled=true,subcharta.enabled=true"],
    "null": ["--set", "service=null,global=null,image=null"],
    "notes": ["--render-subchart-notes", "--name-template", 'n-{{ upper "x" | lower }}'],
}


@functools.cache
def charts() -> dict[str, Path]:
    found: dict[str, Path] = {}
    seen: set[str] = set()
    for tool, module in (("helm4", "helm.sh/helm/v4"), ("helm3", "helm.sh/helm/v3")):
        root = Path(_build().module_folder(tool, module))
        folders = [path.parent for path in root.glob("**/testdata/**/Chart.y*ml")] + list(root.glob("**/testdata/**/*.tgz"))
        folders += [path for path in root.glob("**/testdata/*chart*") if path.is_dir()]
        for path in sorted(set(folders)):
            digest = hashlib.sha256(path.name.encode())
            for name, data in _files(path):
                digest.update(f"\0{name}\1{len(data)}\2".encode() + data)
            # a format that helm has not released yet is in internal/chart/v3
            if "/internal/chart/v3/" not in str(path) and digest.hexdigest() not in seen:
                seen.add(digest.hexdigest())
                found[f"{module[-2:]}/{path.relative_to(root)}"] = path
    return found


def test_there_are_many() -> None:
    assert len(charts()) > 150


@pytest.mark.parametrize("part", range(16))
def test_helms_charts(part: int, judge) -> None:
    different: dict[str, str] = {}
    for name in sorted(charts())[part::16]:
        chart = charts()[name]
        variants = FEW if judge.helm.template("rel", str(chart)).code else VARIANTS
        files = [path for path in sorted(chart.glob("*.y*ml")) if "values" in path.name] if chart.is_dir() else []
        tested = {**variants, **{path.name: ["--values", str(path)] for path in files}}
        for variant, args in tested.items():
            release = [] if "--name-template" in args else ["rel"]
            found = judge.compare(*release, str(chart), *args)
            known = f"helm/{name}" in judge.ledger
            if found and not known:
                different[f"{name} {variant}"] = found
            assert found or not known, f"helm/{name} stands in ledger.yaml and differs no more ({variant}): take it out"
    assert different == {}
