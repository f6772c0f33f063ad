# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""20 processes pull, push, index and refresh at once, with the same files and caches.

Nothing is lost, no file is ever seen in part, and the caches stay within their bounds, which are lowered here. Real helm 3 and 4 read
the result.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import random
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import servers
import yaml
from calls import call, good
from real_helm import Helm
from web_server import WebServer

UNIT = Path(__file__).resolve().parents[1] / "unit" / "plugins" / "module_utils" / "_adapters"
sys.path.insert(0, str(UNIT / "registry"))
from fake_registry import archive

HERE = Path(__file__).resolve().parent
PROCESSES, ROUNDS = 20, 2
#: bytes of each cache; what is stored in all takes several times as much
BOUNDS = {"content": 150_000, "http": 60_000, "index": 40_000, "oci": 8_000}


class Watcher:
    """Reads the shared files all the time: each must be whole at any time."""

    def __init__(self, home: Path, site: Path) -> None:
        self.caches = home / ".cache"
        self.texts = [home / ".config/helm/repositories.yaml", site / "index.yaml"]
        self.findings: list[str] = []
        self.reads: dict[str, int] = {}

    def look(self) -> None:
        for path in (*self.texts, *self.found("helm/repository/*-index.yaml")):
            data = self.read("texts", path)
            if data is not None and not self.is_whole(data):
                self.findings.append(f"{path}: {data[-200:]!r}")
        for path in (*self.found("helm/content/??/[0-9a-f]*.chart"), *self.found("windlass-charts/http/bodies/[0-9a-f]*")):
            data = self.read(path.parent.name if path.suffix != ".chart" else "archives", path)
            if data is not None and hashlib.sha256(data).hexdigest() != path.stem:
                self.findings.append(f"{path}: {len(data)} bytes")

    def found(self, pattern: str) -> list[Path]:
        """Files of the caches; none if a folder is removed meanwhile, which ``glob`` does not expect."""
        try:
            return list(self.caches.glob(pattern))
        except FileNotFoundError:
            return []

    def read(self, kind: str, path: Path) -> bytes | None:
        try:
            data = path.read_bytes()
        except FileNotFoundError:
            return None
        self.reads[kind] = self.reads.get(kind, 0) + 1
        return data

    @staticmethod
    def is_whole(data: bytes) -> bool:
        try:
            tree = yaml.load(data, yaml.CSafeLoader)
        except yaml.YAMLError:
            return False
        return isinstance(tree, dict) and bool(tree.get("entries") or tree.get("repositories"))


@contextlib.contextmanager
def all_the_time(*steps: Callable[[], None]) -> Iterator[None]:
    """Calls functions in threads, until the end."""
    over = threading.Event()

    def repeat(step: Callable[[], None]) -> None:
        while not over.is_set():
            step()
            over.wait(0.05)

    threads = [threading.Thread(target=repeat, args=(step,)) for step in steps]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        over.set()
        for thread in threads:
            thread.join()


def changing(index: Path) -> Callable[[], None]:
    """Replaces an index by one that has the same entries and another text."""
    text, count = index.read_text(), iter(range(1_000_000))

    def change() -> None:
        fresh = index.with_name(f".{index.name}.new")
        fresh.write_text(f"{text}# {next(count):06}\n")
        os.utime(fresh, (time.time(), random.Random(fresh.read_bytes()).randrange(1, 1 << 30)))  # another date, and thus another ETag
        fresh.replace(index)

    return change


def size(folder: Path) -> int:
    """Bytes of all entries of a cache; its key is none."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file() and path.name != "key")


@pytest.mark.parametrize("seed", [1])
def test_twenty_processes(
    seed: int, plain_registry: servers.Registry, web_server: WebServer, helm: Helm, helm3: Helm, project: str, tmp_path: Path
) -> None:
    chance = random.Random(seed)
    packages, site, home, work = (tmp_path / name for name in ("packages", "site", "home", "work"))
    served = web_server.folder / "served" / project
    for folder in (packages, site, home, work, work / "together", served):
        folder.mkdir(parents=True)
    versions = [f"1.{process}.{number}" for process in range(PROCESSES) for number in range(ROUNDS)]
    for version in (*versions, "1.0.0-first"):
        (packages / f"pier-{version}.tgz").write_bytes(archive("pier", version, chance.randbytes(8000)))
    for number in range(30):
        (served / f"quay-1.{number}.0.tgz").write_bytes(archive("quay", f"1.{number}.0", chance.randbytes(8000)))
    helm.must("repo", "index", served)
    environ = {"HOME": str(home), "PATH": "/usr/bin:/bin"}
    place, url = f"oci://{plain_registry.host}/{project}", web_server.url(project)
    good(call("chart_push", environ, chart_ref=str(packages / "pier-1.0.0-first.tgz"), destination=place, plain_http=True))
    good(call("chart_repository", environ, repo_name="shared", repo_url=url))
    names = sorted(path.name for path in served.glob("*.tgz"))
    spec = {
        "seed": seed, "processes": PROCESSES, "rounds": ROUNDS, "bounds": BOUNDS, "home": str(home), "folder": str(work), "site": str(site),
        "packages": str(packages), "served": str(served), "archives": names, "registry": place, "url": url,
    }  # fmt: skip
    (tmp_path / "spec.json").write_text(json.dumps(spec))
    watcher = Watcher(home, site)
    with all_the_time(watcher.look, changing(served / "index.yaml")):
        command = [sys.executable, str(HERE / "many.py"), str(tmp_path / "spec.json")]
        done = subprocess.run(command, capture_output=True, text=True, timeout=1500, check=False)
    assert done.returncode == 0, done.stderr[-6000:]

    # no file in part, and none left behind
    watcher.look()
    assert watcher.findings == []
    assert min(watcher.reads[kind] for kind in ("texts", "archives", "bodies")) > 0
    assert [path for path in tmp_path.rglob(".*") if path.is_file()] == []

    # nothing is lost
    entries = yaml.load((home / ".config/helm/repositories.yaml").read_bytes(), yaml.CSafeLoader)["repositories"]
    assert {entry["name"] for entry in entries} == {"shared", *(f"own-{process}-{ROUNDS - 1}" for process in range(PROCESSES))}
    assert len(entries) == PROCESSES + 1
    index = yaml.load((site / "index.yaml").read_bytes(), yaml.CSafeLoader)["entries"]["pier"]
    assert {entry["version"]: entry["digest"] for entry in index} == {
        version: hashlib.sha256((packages / f"pier-{version}.tgz").read_bytes()).hexdigest() for version in versions
    }
    logins = json.loads((home / ".config/helm/registry/config.json").read_bytes())["auths"]
    assert set(logins) == {plain_registry.host, plain_registry.host.replace("127.0.0.1", "localhost")}
    for real in (helm, helm3):
        real.environment["HOME"] = str(home)
        assert len(json.loads(real.run("repo", "list", "-o", "json").stdout)) == PROCESSES + 1
        found = json.loads(real.run("search", "repo", "shared/quay", "-l", "-o", "json").stdout)
        assert sorted(f"quay-{chart['version']}.tgz" for chart in found) == names
        folder = tmp_path / Path(real.binary).name
        folder.mkdir()
        for version in chance.sample(versions, 3):
            real.must("pull", f"{place}/pier", "--version", version, "--plain-http", "-d", folder)
            assert (folder / f"pier-{version}.tgz").read_bytes() == (packages / f"pier-{version}.tgz").read_bytes()

    # the caches are within their bounds, which they had reached
    own = home / ".cache" / "windlass-charts"
    sizes = {"content": size(home / ".cache/helm/content"), "http": size(own / "http"), "index": size(own / "index"), "oci": size(own / "oci")}
    assert {name: total <= BOUNDS[name] for name, total in sizes.items()} == dict.fromkeys(BOUNDS, True), sizes
    assert {name: total * 4 >= BOUNDS[name] for name, total in sizes.items()} == dict.fromkeys(BOUNDS, True), sizes
