# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""``make bench-repository``: one chart out of an index of 13 MB, compared with helm.

The index has 150 charts with 100 versions each.

The server is nginx on loopback. ``helm pull`` is a process each time and reads the whole index each time. This collection is measured
``cold`` as a new process with empty caches, with the start of Python and the imports, and ``revalidated`` as by the action plugin: in this
process, where the server says that the index has not changed. All take turns; the archive is the same and is fetched each time. Processor
seconds depend less on what else the machine does. ``ROUNDS`` (5). Exit 1 where a median is above its target.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import statistics
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "tools"), str(ROOT / "tests" / "cluster"), str(ROOT / "tests" / "registry"), str(ROOT / "plugins")]
import build
from bench_index import archive
from module_utils._ansible.faces.chart_pull import chart_pull
from module_utils._ansible.runner import run
from places import BUILD, say
from web_server import WebServer

FOLDER = BUILD / "bench-repository"
CHARTS, VERSIONS = 150, 100
ROUNDS = int(os.environ.get("ROUNDS") or "5")
TARGETS = {"cold": 0.3, "revalidated": 0.02}
NAME, VERSION = "chart-075", "4.19.1"
ENTRY = """  - annotations:
      artifacthub.io/category: database
      artifacthub.io/images: |
        - name: {name}
          image: registry.example.com/{name}:{version}
        - name: shell
          image: registry.example.com/shell:1.2.{number}
      artifacthub.io/license: Apache-2.0
    apiVersion: v2
    appVersion: {version}
    created: "2026-01-11T10:15:00.123456789Z"
    dependencies:
    - name: redis
      repository: oci://registry.example.com/charts
      version: 17.x.x
    description: 'Runs {name} on Kubernetes: with replicas, backups and metrics.'
    digest: {digest}
    home: https://example.com/{name}
    keywords:
    - database
    - {name}
    maintainers:
    - email: jo@example.com
      name: Jo
    name: {name}
    sources:
    - https://github.com/example/{name}
    urls:
    - {name}-{version}.tgz
    version: {version}
"""


def index(digest: str) -> str:
    """The index as Helm writes it. All entries have one digest, and one archive exists."""
    parts = ["apiVersion: v1\nentries:\n"]
    for chart in range(CHARTS):
        name = f"chart-{chart:03d}"
        parts.append(f"  {name}:\n")
        for number in reversed(range(VERSIONS)):
            version = f"{number // 20}.{number % 20}.{number % 7}"
            parts.append(ENTRY.format(name=name, version=version, number=number, digest=digest))
    return "".join([*parts, 'generated: "2026-11-01T00:00:00Z"\n'])


def params(url: str, destination: Path) -> dict[str, Any]:
    switches = ("untar_chart", "provenance", "verify_chart", "pass_credentials", "skip_tls_certs_check", "plain_http", "update_repo_cache")
    given = {"chart_ref": NAME, "repo_url": url, "chart_version": VERSION, "destination": str(destination), "force": True, "offline": False}
    return {**dict.fromkeys(switches, False), **given}


@dataclass(frozen=True)
class Cost:
    """What a run takes. ``memory`` is the peak in MiB of a process, 0 where it is not measured."""

    seconds: float
    processor: float
    memory: float = 0.0

    def __str__(self) -> str:
        return f"{self.seconds:.3f} s, {self.processor:.3f} processor s" + (f", {self.memory:.0f} MiB" if self.memory else "")


def ours(url: str, home: Path) -> Cost:
    """A task in this process."""
    started, processor = time.perf_counter(), time.process_time()
    result = run(chart_pull, params(url, home), False, False, {"HOME": str(home)})
    cost = Cost(time.perf_counter() - started, time.process_time() - processor)
    assert result["path"].endswith(f"{NAME}-{VERSION}.tgz"), result
    return cost


def process(command: list[str], home: Path) -> Cost:
    """A process with an empty home."""
    shutil.rmtree(home, ignore_errors=True)
    home.mkdir()
    started = time.perf_counter()
    child = subprocess.Popen(command, env={"HOME": str(home), "PATH": os.environ["PATH"]}, stdout=subprocess.DEVNULL)
    _pid, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    assert child.returncode == 0, command
    return Cost(time.perf_counter() - started, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)


def main() -> int:
    if sys.argv[1:2] == ["--once"]:
        ours(sys.argv[2], Path(sys.argv[3]))
        return 0
    program = Path(os.environ.get("WINDLASS_HELM4") or build.programs(("helm4",))["helm4"])
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir(parents=True)
    server = WebServer(FOLDER / "nginx")
    try:
        return compare(program, server)
    finally:
        server.stop()
        shutil.rmtree(FOLDER)


def compare(program: Path, server: WebServer) -> int:
    data = archive(NAME, VERSION)
    (server.charts / f"{NAME}-{VERSION}.tgz").write_bytes(data)
    text = index(hashlib.sha256(data).hexdigest())
    (server.charts / "index.yaml").write_text(text)
    url, warm = server.url(), FOLDER / "warm"
    warm.mkdir()
    say(f"an index of {len(text) / 1e6:.1f} MB")
    ours(url, warm)
    ratios: dict[tuple[str, str], list[float]] = {}
    homes = {name: FOLDER / name for name in ("helm", "cold")}
    for _round in range(ROUNDS):
        helm = process([str(program), "pull", NAME, "--repo", url, "--version", VERSION, "-d", str(homes["helm"])], homes["helm"])
        cold = process([sys.executable, __file__, "--once", url, str(homes["cold"])], homes["cold"])
        shutil.rmtree(warm / ".cache" / "helm")  # the archive is fetched again
        again = ours(url, warm)
        print(f"helm {helm}; cold {cold}; revalidated {again}")
        for what, cost in (("cold", cold), ("revalidated", again)):
            for measure in ("seconds", "processor", "memory"):
                if getattr(cost, measure):
                    ratios.setdefault((what, measure), []).append(getattr(cost, measure) / getattr(helm, measure))
    good = True
    for (what, measure), found in ratios.items():
        median = statistics.median(found)
        good &= median <= TARGETS[what]
        print(f"{what}, {measure}: median ratio {median:.4f}, target {TARGETS[what]}")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
