# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The charts that kubernetes.core's own tests fetch from the internet, for ``dropin.py``.

They are packed from folders that the user names, in the versions that the tests use, or made by ``helm create`` where they are not
there. One is signed.
"""

from __future__ import annotations

import base64
import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent))
from places import BUILD, ROOT  # next to this file

FOLDER = BUILD / "dropin"
#: name, version, and below which address of the loopback server the tests find it
CHARTS = [
    ("k8status", "0.16.1", "k8status"), ("k8status", "0.16.2", "k8status"), ("ingress-nginx", "4.2.4", "ingress-nginx"),
    ("cluster-autoscaler", "9.50.1", "autoscaler"), ("kube-state-metrics", "2.13.3", "kube-state-metrics"), ("redis", "17.0.5", "bitnami"),
    ("redis", "0.2.1", "bitnami"), ("grafana", "5.6.0", "grafana"), ("k8s-monitoring", "1.6.8", "grafana"),
]  # fmt: skip
#: name and version of charts that the tests find in a registry
REGISTRY_CHARTS = [("redis", "24.0.0"), ("redis", "24.1.0"), ("mariadb", "20.0.0"), ("apache", "11.0.0"), ("minio", "15.0.0")]
#: a test wants these verified
SIGNED = [("redis", "0.2.1")]
KEYS = ROOT / "tests/unit/plugins/module_utils/_adapters/openpgp/recorded.json"
#: a chart in a git repository: address, commits with its version there, folder
GIT_ADDRESS = "http://github.com/helm/charts.git"
GIT_COMMITS = {"631eb8413f6728962439488f48d7d6fbb954a6db": "1.32.0", "d37b5025ffc8be49699898369fbb59661e2a8ffb": "1.33.0"}
GIT_CHART = "stable/nginx-ingress"


def find_charts(folders: list[Path]) -> dict[str, Path]:
    """Chart name -> folder; the first that is found, the shallowest first."""
    found: dict[str, Path] = {}
    for folder in folders:
        for path in sorted(folder.rglob("Chart.yaml"), key=lambda p: (len(p.parts), str(p))):
            found.setdefault(path.parent.name, path.parent)
    return found


def pack(helm: Path, env: dict[str, str], known: dict[str, Path], name: str, version: str, target: Path) -> bool:
    """Whether it is the real chart.

    Dependencies come from the same folders; a chart whose dependencies lack is not the real one.
    """
    work = FOLDER / "charts" / f"{name}-{version}"
    quiet: dict[str, Any] = {"env": env, "check": True, "stdout": subprocess.DEVNULL}
    real = name in known and _vendored(known[name], work, known)
    if not real:
        shutil.rmtree(work, ignore_errors=True)
        made = work.parent / "made" / version / name
        made.parent.mkdir(parents=True, exist_ok=True)  # two of the charts have one version
        subprocess.run([str(helm), "create", str(made)], **quiet)
        shutil.move(made, work)
    if name == "kube-state-metrics":  # a test wants it pending for a while, and pods here are ready at once
        values = work / "values.yaml"
        values.write_text(values.read_text().replace("nodeSelector: {}", "nodeSelector: {windlass.test/nowhere: 'true'}"))
    target.mkdir(parents=True, exist_ok=True)
    signing = ["--sign", "--key", "rsa", "--keyring", str(keyring("secret"))] if (name, version) in SIGNED else []
    subprocess.run([str(helm), "package", str(work), "--version", version, "--destination", str(target), *signing], **quiet)
    return real


def keyring(kind: str) -> Path:
    """A file with the ``secret`` or the ``public`` key of the signer, as ``gpg --export`` writes it."""
    lines = str(json.loads(KEYS.read_text())["rsa"][kind]).strip().splitlines()
    body = [line for line in lines[lines.index("") + 1 : -1] if not line.startswith("=")]  # without the checksum
    path = FOLDER / f"{kind}.gpg"
    path.write_bytes(base64.b64decode("".join(body)))
    return path


def _vendored(chart: Path, work: Path, known: dict[str, Path]) -> bool:
    import yaml

    shutil.rmtree(work, ignore_errors=True)
    shutil.copytree(chart, work)
    (work / "Chart.lock").unlink(missing_ok=True)
    head = yaml.safe_load((work / "Chart.yaml").read_text())
    for dependency in head.get("dependencies") or []:
        name = dependency["name"]
        # several publishers have a chart named "common": the chart's own copy counts most, then the one next to it
        places = [chart / "charts" / name, chart.parent / name, *([known[name]] if name in known else [])]
        found = next((place for place in places if (place / "Chart.yaml").is_file()), None)
        if found is None or not _vendored(found, work / "charts" / name, known):
            return False
        lying = yaml.safe_load((work / "charts" / name / "Chart.yaml").read_text())
        dependency["version"] = lying["version"]
    (work / "Chart.yaml").write_text(yaml.safe_dump(head))
    return True


def repositories(helm: Path, env: dict[str, str], folders: list[Path]) -> list[str]:
    """Folders to be served, each with its index, and the folder of the charts for a registry.

    Returns the names of charts that had to be made.
    """
    known, made = find_charts(folders), []
    for name, version in REGISTRY_CHARTS:
        if not pack(helm, env, known, name, version, FOLDER / "registry-charts"):
            made.append(f"{name}-{version}")
    for name, version, place in CHARTS:
        target = FOLDER / "served" / place
        if not pack(helm, env, known, name, version, target):
            made.append(f"{name}-{version}")
    for target in (FOLDER / "served").iterdir():
        subprocess.run([str(helm), "repo", "index", str(target)], env=env, check=True)
    return made


def push(helm: Path, env: dict[str, str], registry: str, flags: list[str]) -> None:
    """Puts the charts for a registry where the tests look for them."""
    for name, version in REGISTRY_CHARTS:
        archive = FOLDER / "registry-charts" / f"{name}-{version}.tgz"
        words = [str(helm), "push", str(archive), f"oci://{registry}/bitnamicharts", *flags]
        subprocess.run(words, env=env, check=True, capture_output=True)


def has_commit(clone: str, commit: str) -> bool:
    """Whether a folder is a git repository with that commit."""
    words = ["git", "-C", clone, "cat-file", "-e", f"{commit}^{{commit}}"]
    return subprocess.run(words, check=False, capture_output=True).returncode == 0


def git_repository(helm: Path, env: dict[str, str], clone: str) -> tuple[dict[str, str], bool]:
    """A repository with the chart of the two commits.

    Returns the addresses to be changed, and whether it is the real chart.
    """
    folder = FOLDER / "git"
    folder.mkdir()
    identity = ["-c", "user.name=dropin", "-c", "user.email=dropin@localhost", "-c", "init.defaultBranch=main"]

    def git(*words: str) -> str:
        return subprocess.run(["git", *identity, *words], env=env, cwd=folder, check=True, capture_output=True, text=True).stdout.strip()

    git("init")
    git("config", "uploadpack.allowAnySHA1InWant", "true")
    changes, real = {GIT_ADDRESS: f"file://{folder}"}, bool(clone)
    for commit, version in GIT_COMMITS.items():
        chart = folder / GIT_CHART
        shutil.rmtree(chart, ignore_errors=True)
        chart.parent.mkdir(exist_ok=True)
        if clone:
            archive = subprocess.run(["git", "-C", clone, "archive", commit, GIT_CHART], check=True, capture_output=True).stdout
            subprocess.run(["tar", "x", "-C", str(folder)], input=archive, check=True)
        else:
            subprocess.run([str(helm), "create", str(chart)], env=env, check=True, stdout=subprocess.DEVNULL)
            head = chart / "Chart.yaml"
            head.write_text(head.read_text().replace("version: 0.1.0", f"version: {version}"))
        git("add", "-A")
        git("commit", "-m", version)
        changes[commit] = git("rev-parse", "HEAD")
    return changes, real
