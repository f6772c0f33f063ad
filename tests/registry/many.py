# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""``many.py SPEC``: processes that work on the same caches and folders at the same time.

``SPEC`` is JSON, see ``test_many_processes.py``. Each process calls the modules in an order of its own. What goes wrong is printed, and
the exit code is the number of processes in which something did.
"""

from __future__ import annotations

import hashlib
import importlib
import importlib.util
import json
import os
import random
import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
if __name__ == "__main__":
    _spec = importlib.util.spec_from_file_location("unit_conftest", HERE.parent / "unit" / "conftest.py")
    assert _spec is not None and _spec.loader is not None
    _spec.loader.exec_module(importlib.util.module_from_spec(_spec))

from calls import FACES, call, good

ADAPTERS = "ansible_collections.windlass.charts.plugins.module_utils._adapters"
#: name of the bound in the spec -> module and constant
BOUNDS = {
    "content": ("charts.content_cache", "MAX_CACHED"),
    "http": ("http.http_cache", "MAX_CACHED"),
    "index": ("charts.repository.index_cache", "MAX_TOTAL"),
    "oci": ("registry.manifest_cache", "MAX_CACHED"),
}
MODULES = ("chart_pull", "chart_push", "chart_registry_auth", "chart_repository", "chart_repository_index", "chart_repository_info")


class Worker:
    """One of the processes."""

    def __init__(self, spec: dict[str, Any], number: int) -> None:
        self.spec = spec
        self.number = number
        self.environ = {"HOME": spec["home"], "PATH": "/usr/bin:/bin"}
        self.chance = random.Random(spec["seed"] * 1000 + number)
        self.own = Path(spec["folder"]) / f"process-{number}"
        self.own.mkdir()

    def round(self, number: int) -> None:
        """All operations, in random order."""
        steps: list[Callable[[int], None]] = [self.push, self.publish, self.pull_from_repository, self.pull_from_registry, self.refresh, self.log_in]
        self.chance.shuffle(steps)
        for step in steps:
            step(number)
        if number:
            good(self.call("chart_repository", repo_name=self.name(number - 1), repo_state="absent"))

    def call(self, module: str, **params: Any) -> Any:
        return call(module, self.environ, **params)

    def name(self, number: int) -> str:
        return f"own-{self.number}-{number}"

    def archive(self, number: int) -> str:
        return f"{self.spec['packages']}/pier-1.{self.number}.{number}.tgz"

    def push(self, number: int) -> None:
        """A new version into the registry; all processes push to one repository."""
        pushed = good(self.call("chart_push", chart_ref=self.archive(number), destination=self.spec["registry"], plain_http=True))
        assert pushed["changed"] is True

    def publish(self, number: int) -> None:
        """A new archive in a folder that all processes index."""
        good(self.call("chart_push", chart_ref=self.archive(number), destination=self.spec["site"]))
        good(self.call("chart_repository_index", path=self.spec["site"]))
        index = Path(self.spec["site"], "index.yaml").read_text()
        assert Path(self.archive(number)).name in index, "the index has every archive that was there before it was written"

    def pull_from_repository(self, _number: int) -> None:
        name = self.chance.choice(self.spec["archives"])
        version = name.removeprefix("quay-").removesuffix(".tgz")
        ref = self.chance.choice([{"chart_ref": "shared/quay"}, {"chart_ref": "quay", "repo_url": self.spec["url"]}])
        self.pulled(f"{self.spec['served']}/{name}", chart_version=version, **ref)

    def pull_from_registry(self, number: int) -> None:
        """A version that this process has pushed, if it has, and the one that was there before."""
        there = f"{self.spec['packages']}/pier-1.0.0-first.tgz"
        self.pulled(there, chart_ref=f"{self.spec['registry']}/pier", chart_version="1.0.0-first", plain_http=True)
        for earlier in range(number):
            self.pulled(self.archive(earlier), chart_ref=f"{self.spec['registry']}/pier:1.{self.number}.{earlier}", plain_http=True)

    def pulled(self, expected: str, **params: Any) -> None:
        """The same archive for all into one folder, unpacked for all into another, and a copy of its own."""
        data = Path(expected).read_bytes()
        for folder in (self.own, Path(self.spec["folder"], "together")):
            result = good(self.call("chart_pull", destination=str(folder), **params))
            assert Path(result["path"]).read_bytes() == data
        result = good(self.call("chart_pull", destination=f"{self.spec['folder']}/unpacked/{Path(expected).name}", untar_chart=True, **params))
        names = sorted(path.name for path in Path(result["path"]).iterdir())
        assert names == ["Chart.yaml", "data.bin"], names

    def refresh(self, number: int) -> None:
        url = self.spec["url"]
        good(self.call("chart_repository", repo_name=self.name(number), repo_url=url))
        good(self.call("chart_repository", repo_name="shared", repo_url=url, force_update=True))
        found = good(self.call("chart_repository_info", repo_name="shared", search="quay", all_versions=True, update_repo_cache=True))
        assert {f"quay-{chart['version']}.tgz" for chart in found["charts"]} == set(self.spec["archives"])
        listed = {entry["name"] for entry in good(self.call("chart_repository_info"))["repositories"]}
        assert {"shared", self.name(number)} <= listed

    def log_in(self, _number: int) -> None:
        host = self.spec["registry"].partition("://")[2].partition("/")[0]
        place = self.chance.choice([host, host.replace("127.0.0.1", "localhost")])
        good(self.call("chart_registry_auth", host=place, username="all", password=f"{place} canary", plain_http=True))


def main() -> int:
    spec = json.loads(Path(sys.argv[1]).read_text())
    for name in MODULES:
        importlib.import_module(f"{FACES}.{name}")
    for bound, size in spec["bounds"].items():
        module, constant = BOUNDS[bound]
        found = importlib.import_module(f"{ADAPTERS}.{module}")
        assert hasattr(found, constant)
        setattr(found, constant, size)
    children = []
    for number in range(spec["processes"]):
        child = os.fork()
        if not child:
            os._exit(work(spec, number))
        children.append(child)
    return sum(os.waitpid(child, 0)[1] != 0 for child in children)


def work(spec: dict[str, Any], number: int) -> int:
    try:
        worker = Worker(spec, number)
        for turn in range(spec["rounds"]):
            worker.round(turn)
    except BaseException:
        sys.stderr.write(f"process {number}:\n{traceback.format_exc()}")
        sys.stderr.flush()
        return 1
    return 0


def digest_of(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


if __name__ == "__main__":
    sys.exit(main())
