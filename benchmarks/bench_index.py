# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""``make bench-index``: the index of a folder with 2,000 archives of 50 kB, of which one is new.

``chart_repository_index`` is called as by the action plugin, in this process; ``helm repo index --merge`` is a process each time. Both work on
a folder of their own with the same archives, and take turns. ``ROUNDS`` (5). Exit 1 where the median is above the target.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "tools"), str(ROOT / "tests" / "cluster"), str(ROOT / "plugins")]
import build
from module_utils._ansible.faces.chart_repository_index import chart_repository_index
from module_utils._ansible.runner import run
from module_utils._engine.publish.pack import pack
from places import BUILD, say

FOLDER = BUILD / "bench-index"
CHARTS, VERSIONS, BYTES = 20, 100, 48_000
ROUNDS = int(os.environ.get("ROUNDS") or "5")
TARGET = 0.05
CHART = """apiVersion: v2
name: {name}
version: {version}
appVersion: "{version}"
description: Runs {name} on Kubernetes
home: https://example.com/{name}
icon: https://example.com/{name}.svg
keywords: [web, server]
maintainers: [{{name: Jo, email: jo@example.com}}]
sources: [https://github.com/example/{name}]
"""


def archive(name: str, version: str) -> bytes:
    """A chart whose archive has about 50 kB."""
    head = CHART.format(name=name, version=version).encode()
    noise = b"".join(hashlib.sha256(f"{name} {version} {part}".encode()).digest() for part in range(BYTES // 32))
    return pack([(f"{name}/Chart.yaml", head), (f"{name}/values.yaml", b"size: 1\n"), (f"{name}/files/data", noise)], 0)


def ours(folder: Path) -> tuple[float, dict[str, Any]]:
    """Seconds of a task, and its result."""
    params = {"path": str(folder), "merge": str(folder / "index.yaml"), "json": False, "rebuild": False}
    started = time.perf_counter()
    result = run(chart_repository_index, params, False, False, {"HOME": str(FOLDER)})
    return time.perf_counter() - started, result


def helm(program: Path, folder: Path) -> float:
    """Seconds of ``helm repo index --merge``."""
    started = time.perf_counter()
    subprocess.run([str(program), "repo", "index", str(folder), "--merge", str(folder / "index.yaml")], check=True, env={"HOME": str(FOLDER)})
    return time.perf_counter() - started


def main() -> int:
    program = Path(os.environ.get("WINDLASS_HELM4") or build.programs(("helm4",))["helm4"])
    shutil.rmtree(FOLDER, ignore_errors=True)
    own, theirs = FOLDER / "own", FOLDER / "helm"
    own.mkdir(parents=True)
    say(f"packaging {CHARTS * VERSIONS} charts")
    for chart in range(CHARTS):
        for number in range(VERSIONS):
            name, version = f"chart-{chart:02d}", f"1.{number // 10}.{number % 10}"
            (own / f"{name}-{version}.tgz").write_bytes(archive(name, version))
    shutil.copytree(own, theirs)
    time.sleep(3)  # archives that have just been written are not known yet
    first, first_of_helm = ours(own)[0], helm(program, theirs)
    print(f"no index yet: {first:.2f} s, helm {first_of_helm:.2f} s")
    ratios = []
    for number in range(ROUNDS):
        data = archive("chart-00", f"2.0.{number}")
        for folder in (own, theirs):
            (folder / f"chart-00-2.0.{number}.tgz").write_bytes(data)
        helms = helm(program, theirs)
        seconds, result = ours(own)
        unchanged, again = ours(own)
        assert result["added"] == [f"chart-00-2.0.{number}"] and not again["changed"], result
        ratios.append(seconds / helms)
        print(f"one new archive: {seconds:.3f} s, helm {helms:.2f} s, ratio {ratios[-1]:.3f}; unchanged: {unchanged:.3f} s")
    median = statistics.median(ratios)
    print(f"median ratio {median:.3f}, target {TARGET}")
    shutil.rmtree(FOLDER)
    return 0 if median <= TARGET else 1


if __name__ == "__main__":
    sys.exit(main())
