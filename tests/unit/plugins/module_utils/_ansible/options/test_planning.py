# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Plan files: where they are written.

A file without a plan is rejected with one sentence before anything is written.
"""

from __future__ import annotations

import json
import os
import resource
import signal
import stat
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible_collections.windlass.charts.plugins.module_utils._ansible.faces import chart_release as release
from ansible_collections.windlass.charts.plugins.module_utils._ansible.faces.chart_release import chart_release
from ansible_collections.windlass.charts.plugins.module_utils._ansible.options import specs
from ansible_collections.windlass.charts.plugins.module_utils._ansible.runner import run
from ansible_collections.windlass.charts.plugins.module_utils._engine.plan.model import Ports
from ansible_collections.windlass.charts.plugins.module_utils._engine.release.memory import MemoryStore
from ansible_collections.windlass.charts.tests.unit.plugins.module_utils._engine.fakes import FakeClock, FakeRandom, MemoryCluster


class Place:
    """A cluster in memory, a chart, and a folder for plans."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.folder = folder
        self.cluster = MemoryCluster("apps")
        self.cluster.put({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "kube-system"}})
        self.store = MemoryStore()
        ports = Ports(self.store, self.cluster, FakeClock(), FakeRandom())
        monkeypatch.setattr(release, "ports_of", lambda _task: ports)
        self.chart = folder / "c"
        (self.chart / "templates").mkdir(parents=True)
        (self.chart / "Chart.yaml").write_text("{apiVersion: v2, name: c, version: 0.1.0}\n")
        (self.chart / "templates" / "a.yaml").write_text("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n")

    def run(self, path: Any, check: bool, environ: dict[str, str] | None = None, **more: Any) -> dict[str, Any]:
        params = {"release_name": "r", "release_namespace": "apps", "chart_ref": str(self.chart), "plan_file": str(path), **more}
        checked = ArgumentSpecValidator(specs.chart_release()["argument_spec"]).validate(params)
        assert not checked.error_messages
        return run(chart_release, checked.validated_parameters, check, False, environ or {})

    def refused(self, *arguments: Any, **options: Any) -> str:
        """The message of a run that fails and has written nothing."""
        result = self.run(*arguments, **options)
        assert result["failed"] and result["error"]["class"] == "OptionError", result
        assert self.store.list("apps") == []
        message = str(result["msg"])
        assert message.isprintable() and len(message) < 600
        return message


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Place:
    return Place(tmp_path, monkeypatch)


def test_a_plan_is_saved_and_applied(place: Place) -> None:
    path = place.folder / "plan.json"
    assert place.run(path, True)["plan_file"]["done"] == "saved"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    result = place.run(path, False)
    assert (result["changed"], result["plan_file"]["done"]) == (True, "applied")


def _file(path: Path) -> None:
    path.write_bytes(b"")


@pytest.mark.parametrize(
    ("path", "make", "sentence"),
    [
        ("missing/plan.json", None, "does not exist"),
        ("missing/deeper/plan.json", None, "does not exist"),
        ("file/plan.json", _file, "Not a directory"),
        ("folder", Path.mkdir, "it is a directory"),
        ("pipe", os.mkfifo, "it is not a regular file"),
        ("x" * 300, None, "File name too long"),
        ("a\0b", None, "null byte"),
        ("~no-such-user/plan", None, "there is no home directory of user 'no-such-user'"),
    ],
)
def test_places_for_a_plan_that_are_none(path: str, make: Callable[[Path], None] | None, sentence: str, place: Place) -> None:
    if make is not None:
        make(place.folder / path.partition("/")[0])
    before = sorted(entry.name for entry in place.folder.iterdir())
    full = path if path[0] == "~" else f"{place.folder}/{path}"
    for check in (True, False):
        message = place.refused(full, check, plan_mode="save")
        assert sentence in message and "plan_file" in message
    assert sorted(entry.name for entry in place.folder.iterdir()) == before


def test_devices_are_not_replaced(place: Place) -> None:
    for device in ("/dev/null", "/dev/full"):
        assert "it is not a regular file" in place.refused(device, True)
        assert stat.S_ISCHR(os.stat(device).st_mode)  # noqa: PTH116


@pytest.fixture
def small_files() -> Iterator[None]:
    """No file may grow beyond 100 bytes, as on a disk that is full."""
    before, handler = resource.getrlimit(resource.RLIMIT_FSIZE), signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100, before[1]))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, before)
    signal.signal(signal.SIGXFSZ, handler)


@pytest.mark.usefixtures("small_files")
def test_a_full_disk_keeps_the_older_plan(place: Place) -> None:
    path = place.folder / "plan.json"
    path.write_bytes(b"older")
    assert "plan.json cannot be written: File too large" in place.refused(path, True)
    assert path.read_bytes() == b"older"
    assert sorted(entry.name for entry in place.folder.iterdir()) == ["c", "plan.json"]


def saved(place: Place) -> dict[str, Any]:
    assert not place.run(place.folder / "good.json", True).get("failed")
    return dict(json.loads((place.folder / "good.json").read_bytes()))


HOSTILE: list[Any] = [None, True, -1, 1.5, "text", [], {}, [1], [[]], {"a": 1}, ["\x1b[31m"], "zz", "é" * 16]


@pytest.mark.parametrize(
    "data",
    [
        b"", b"\0", b"{", b"null", b"[]", b"1", b'"text"', b"\xff\xfe{\0}\0", b"\xef\xbb\xbf{}",
        b"{}", b'{"windlass_plan": 1}', b'{"windlass_plan": "1"}', b'{"windlass_plan": 2}',
        b"[" * 200_000, b'{"a":' * 200_000, b'{"windlass_plan": 1, "cluster": {}}', b"NaN", b"1" * 10_000,
    ],
)  # fmt: skip
def test_files_that_are_no_plan(data: bytes, place: Place) -> None:
    (place.folder / "plan.json").write_bytes(data)
    for check in (False, True):
        message = place.refused(place.folder / "plan.json", check, plan_mode="apply")
        assert "save the plan again" in message


def test_a_plan_that_was_cut_off(place: Place) -> None:
    whole = json.dumps(saved(place)).encode()
    for length in range(0, len(whole) - 1, 37):
        (place.folder / "plan.json").write_bytes(whole[:length])
        assert "save the plan again" in place.refused(place.folder / "plan.json", False)


@pytest.mark.slow
def test_every_part_of_a_plan_may_be_anything(place: Place) -> None:
    """A part of another type is refused.

    A part of the right type with another value is a plan for something else.
    """
    plan = saved(place)
    path = place.folder / "plan.json"
    for name in plan:
        for value in HOSTILE:
            path.write_text(json.dumps({**plan, name: value}))
            if name in ("state", "reason", "drawn_anew") and isinstance(value, type(plan[name])):
                continue  # only for users, compared with nothing
            result = place.run(path, False)
            assert result.get("failed"), (name, value)
            assert result["error"]["class"] in ("OptionError", "ReleaseError"), (name, value, result["msg"])
            assert place.store.list("apps") == []
        path.write_text(json.dumps({key: part for key, part in plan.items() if key != name}))
        assert "save the plan again" in place.refused(path, False)


@pytest.mark.parametrize("value", HOSTILE)
def test_every_operation_of_a_plan_may_be_anything(value: Any, place: Place) -> None:
    plan = saved(place)
    path = place.folder / "plan.json"
    for operations in ([value], [{**plan["operations"][0], "id": value}], [{"id": "x", "verb": value, "changes": value}]):
        path.write_text(json.dumps({**plan, "operations": operations}))
        result = place.run(path, False)
        assert result.get("failed") and result["error"]["class"] in ("OptionError", "ReleaseError"), result["msg"]
        assert place.store.list("apps") == []


@pytest.mark.parametrize("path", ["/dev/zero", "/dev/null", "/proc/self/mem", "/"])
def test_odd_files_are_not_read(path: str, place: Place) -> None:
    assert "plan_file" in place.refused(path, False)


def test_a_missing_plan(place: Place) -> None:
    assert "does not exist; save a plan first" in place.refused(place.folder / "none.json", False)
    assert "plan_file" in place.refused(place.folder / "none.json" / "deeper", False)
