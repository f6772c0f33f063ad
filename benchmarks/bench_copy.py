# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""``make bench-copy``: 200 archives of 50 kB from a repository, and from a registry, into another.

``chart_copy`` is called as by the action plugin, in this process; helm runs ``helm pull`` and ``helm push`` for each archive. Both take turns.
``ROUNDS`` (3), ``ARCHIVES`` (200). Exit 1 where a median is above the target.
"""

from __future__ import annotations

import functools
import http.server
import os
import shutil
import statistics
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / part) for part in ("tools", "tests/cluster", "tests/registry", "benchmarks", "plugins")]
import build
import servers
from bench_index import archive
from module_utils._ansible.faces.chart_copy import chart_copy
from module_utils._ansible.options import specs
from module_utils._ansible.runner import run
from places import BUILD, say

FOLDER = BUILD / "bench-copy"
ARCHIVES = int(os.environ.get("ARCHIVES") or "200")
ROUNDS = int(os.environ.get("ROUNDS") or "3")
TARGET = 0.1
VERSIONS = [f"1.{number // 10}.{number % 10}" for number in range(ARCHIVES)]


class Quiet(http.server.SimpleHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # else a body may wait 40 ms for the acknowledgement of its headers

    def log_message(self, *_arguments: Any) -> None:
        """Nothing is printed."""


def ours(source: str, destination: str) -> float:
    """Seconds of a task."""
    params: dict[str, Any] = {name: option.get("default") for name, option in specs.chart_copy()["argument_spec"].items()}
    params |= {"source": source, "destination": destination, "charts": ["chart-00"], "plain_http": True, "destination_plain_http": True}
    started = time.perf_counter()
    result = run(chart_copy, params, False, False, {"HOME": str(FOLDER / "own")})
    assert len(result.get("copied", ())) == ARCHIVES, result.get("msg")
    return time.perf_counter() - started


def helm(program: Path, source: str, destination: str) -> float:
    """Seconds of a loop of ``helm pull`` and ``helm push``."""
    started, home = time.perf_counter(), FOLDER / "helm"
    home.mkdir(exist_ok=True)
    for version in VERSIONS:
        place = ["chart-00", "--repo", source] if source.startswith("http") else [f"{source}/chart-00", "--plain-http"]
        for words in (
            ["pull", *place, "--version", version, "-d", str(home)],
            ["push", str(home / f"chart-00-{version}.tgz"), destination, "--plain-http"],
        ):
            subprocess.run([str(program), *words], check=True, env={"HOME": str(home)}, capture_output=True)
    shutil.rmtree(home)
    return time.perf_counter() - started


def main() -> int:
    program = Path(os.environ.get("WINDLASS_HELM4") or build.programs(("helm4",))["helm4"])
    shutil.rmtree(FOLDER, ignore_errors=True)
    packages = FOLDER / "packages"
    packages.mkdir(parents=True)
    say(f"packaging {ARCHIVES} charts")
    for version in VERSIONS:
        (packages / f"chart-00-{version}.tgz").write_bytes(archive("chart-00", version))
    subprocess.run([str(program), "repo", "index", str(packages)], check=True, env={"HOME": str(FOLDER)})
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=str(packages)))
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    registries = [servers.plain(FOLDER / name) for name in ("first", "second")]
    try:
        medians = _rounds(program, f"http://127.0.0.1:{server.server_address[1]}", *(f"oci://{one.host}" for one in registries))
    finally:
        for registry in registries:
            registry.stop()
        server.shutdown()
        server.server_close()
        shutil.rmtree(FOLDER)
    return 0 if max(medians) <= TARGET else 1


def _rounds(program: Path, repository: str, first: str, second: str) -> list[float]:
    """From the repository into the first registry, and from there into the second one."""
    ratios: dict[str, list[float]] = {"repository": [], "registry": []}
    for number in range(ROUNDS):
        for kind, source, target in (("repository", repository, first), ("registry", f"{first}/ours{number}", second)):
            helms = helm(program, source, f"{target}/helms{number}")
            seconds = ours(source, f"{target}/ours{number}")
            ratios[kind].append(seconds / helms)
            print(f"from a {kind}: {seconds:.2f} s, helm {helms:.2f} s, ratio {ratios[kind][-1]:.3f}")
    medians = [statistics.median(found) for found in ratios.values()]
    print(f"median ratios {medians[0]:.3f} and {medians[1]:.3f}, target {TARGET}")
    return medians


if __name__ == "__main__":
    sys.exit(main())
