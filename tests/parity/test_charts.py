# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whole charts in several variants.

That of ``helm create``, three of kwok, and the example of this project.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = sorted((ROOT / "examples" / "charts").glob("harbourmaster-*"))  # that with Jinja2: test_jinja

CREATED = {
    "defaults": [],
    "upgrade": ["--is-upgrade", "--namespace", "ns1"],
    "ingress": ["--set", "ingress.enabled=true,ingress.className=nginx,ingress.annotations.a\\.b=c"],
    "autoscaling": ["--set", "autoscaling.enabled=true,autoscaling.targetMemoryUtilizationPercentage=80"],
    "route": ["--set", "httpRoute.enabled=true"],
    "no-account": ["--set", "serviceAccount.create=false", "--skip-tests"],
    "json": [
        "--set-json",
        'resources={"limits":{"cpu":"100m","memory":"128Mi"}}',
        "--set-json",
        'tolerations=[{"key":"a","operator":"Exists"}]',
    ],
    "names": ["--set", "fullnameOverride=" + "long-" * 16, "--no-hooks"],
    "node-port": ["--set", "service.type=NodePort,service.port=8080,podAnnotations.x=1,replicaCount=3"],
    "only-service": ["--show-only", "templates/service.yaml"],
    "only-tests": ["--show-only", "templates/tests/*"],
    "only-nothing": ["--show-only", "templates/nope.yaml"],
    "string": ["--set-string", "image.tag=1.10", "--set", "replicaCount=null"],
    "wrong-type": ["--set", "image=nginx"],
    "null": ["--set", "livenessProbe=null"],
    "bad-name": [],
}
KWOK = {
    "kwok": (
        [],
        ["--set", "replicas=2,hostNetwork=true"],
        ["--set", "enableDeployment=false"],
        ["--set", "image.tag=v9,podSecurityContext.fsGroup=1"],
    ),
    "stage-fast": ([], ["--namespace", "kube-system"]),
    "metrics-usage": ([], ["--include-crds"]),
}
EXAMPLE = {
    "defaults": [],
    "upgrade": ["--is-upgrade"],
    "unschedulable": ["--set", "resources.requests.cpu=4000"],
    "autoscaling": ["--set", "autoscaling.enabled=true"],
    "old-cluster": ["--kube-version", "1.24.9"],
    "provider-cluster": ["--kube-version", "v1.29.4-gke.1043002"],
    "sum-of-errors": ["--set", "replicas=many,service.port=0,harbour.name="],
    "errors-in-lists": ["--set-json", 'harbour.berths=[{"name": "North 1", "length": 0, "depth": 9}]'],
}


@pytest.mark.parametrize("variant", CREATED)
def test_helm_create(variant: str, judge, created: Path) -> None:
    judge(f"create/{variant}", "Not_A_Name" if variant == "bad-name" else "my-demo", str(created), *CREATED[variant])


@pytest.mark.parametrize(
    ("chart", "args"),
    [(chart, args) for chart, variants in KWOK.items() for args in variants],
    ids=lambda value: "-".join(value) if isinstance(value, list) else value,
)
def test_kwok(chart: str, args: list[str], judge, kwok: Path) -> None:
    judge(f"kwok/{chart}", "rel", str(kwok / chart), *args)


@pytest.mark.parametrize("variant", EXAMPLE)
@pytest.mark.parametrize("chart", EXAMPLES, ids=lambda path: path.name)
def test_example(chart: Path, variant: str, judge) -> None:
    judge(f"{chart.name}/{variant}", "rel", str(chart), *EXAMPLE[variant])


@pytest.mark.parametrize(
    ("chart", "values"), [(chart, values) for chart in EXAMPLES for values in sorted(chart.glob("ci/*.yaml"))], ids=lambda path: path.name
)
def test_example_values(chart: Path, values: Path, judge) -> None:
    judge(f"{chart.name}/{values.name}", "rel", str(chart), "--values", str(values))


@pytest.mark.parametrize("chart", EXAMPLES, ids=lambda path: path.name)
def test_packaged(chart: Path, judge, helm, tmp_path: Path) -> None:
    """An archive of helm's own making renders as its directory does."""
    assert helm.run("package", str(chart), "-d", str(tmp_path)).returncode == 0
    judge(f"{chart.name}/packaged", "rel", str(next(tmp_path.glob("*.tgz"))))


def test_the_script_itself(helm, created: Path) -> None:
    """Once as a user calls it, in a separate process."""
    script = ROOT / "scripts" / "chart_template"
    done = subprocess.run([sys.executable, str(script), "rel", str(created)], capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout == helm.template("rel", str(created)).out
