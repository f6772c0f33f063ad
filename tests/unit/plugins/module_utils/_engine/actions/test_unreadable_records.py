# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Unreadable records: one sentence for each.

Every action works from the others, or reports what it cannot determine.
"""

from __future__ import annotations

import base64
import gzip
import json
import resource
import time
from collections.abc import Callable
from typing import Any

import pytest
from ansible_collections.windlass.charts.plugins.module_utils._ansible.faces import chart_release_info as info
from ansible_collections.windlass.charts.plugins.module_utils._ansible.faces.chart_release_info import chart_release_info
from ansible_collections.windlass.charts.plugins.module_utils._ansible.options.specs import chart_release_info as info_options
from ansible_collections.windlass.charts.plugins.module_utils._ansible.runner import run
from ansible_collections.windlass.charts.plugins.module_utils._engine.errors import ReleaseError
from ansible_collections.windlass.charts.plugins.module_utils._engine.plain import replace
from ansible_collections.windlass.charts.plugins.module_utils._engine.release import codec
from ansible_collections.windlass.charts.plugins.module_utils._engine.release.records import from_record
from ansible_collections.windlass.charts.tests.unit.plugins.module_utils._engine.world import NS, World, chart, config_map

ONE = chart({"a.yaml": config_map("one")})
TWO = chart({"a.yaml": config_map("one"), "b.yaml": config_map("two")}, version="0.2.0")


def packed(data: bytes) -> str:
    return base64.b64encode(gzip.compress(data, mtime=0)).decode()


def jsoned(**keys: Any) -> str:
    return packed(json.dumps({"name": "demo", "version": 2, "info": {"status": "deployed"}, **keys}).encode())


def bomb() -> str:
    return base64.b64encode(gzip.compress(b'{"manifest": "' + b" " * (codec.MAX_JSON + 1024) + b'"}', 1)).decode()


#: what -> payload
HOSTILE: dict[str, Callable[[], str]] = {
    "nothing": lambda: "",
    "no base64": lambda: "%%%\x00",
    "no ASCII": lambda: "\ufffd\ufffd",
    "base64 of a wrong length": lambda: "H4sIA",
    "plain text": lambda: base64.b64encode(b"hello there").decode(),
    "bytes": lambda: base64.b64encode(bytes(range(256))).decode(),
    "no gzip": lambda: base64.b64encode(b"\x1f\x8b\x08 no gzip").decode(),
    "gzip of nothing": lambda: packed(b""),
    "truncated gzip": lambda: base64.b64encode(gzip.compress(b'{"name": "demo", "manifest": "' + bytes(range(32, 127)) * 50)[:60]).decode(),
    "damaged gzip": lambda: base64.b64encode(gzip.compress(b"x" * 500)[:-8] + b"\0" * 8).decode(),
    "gzip bomb": bomb,
    "no JSON": lambda: packed(b"name: demo"),
    "half JSON": lambda: packed(b'{"name": "demo", "info": {'),
    "a list": lambda: packed(b"[1]"),
    "a number": lambda: packed(b"5"),
    "null": lambda: packed(b"null"),
    "deep JSON": lambda: packed(b'{"config": ' + b'{"a":' * 200_000 + b"1" + b"}" * 200_000 + b"}"),
    "a huge number": lambda: packed(b'{"name": "demo", "version": 1e999}'),
    "digits": lambda: packed(b'{"version": ' + b"9" * 20_000 + b"}"),
    "name of a list": lambda: jsoned(name=["demo"]),
    "version of a text": lambda: jsoned(version="two"),
    "version of a fraction": lambda: jsoned(version=1.5),
    "info of a list": lambda: jsoned(info=[]),
    "status of an object": lambda: jsoned(info={"status": {}}),
    "time of a number": lambda: jsoned(info={"last_deployed": 5}),
    "chart of a text": lambda: jsoned(chart="demo"),
    "chart without shape": lambda: jsoned(chart={"metadata": []}),
    "chart name of a number": lambda: jsoned(chart={"metadata": {"name": 5}}),
    "chart values of a list": lambda: jsoned(chart={"values": [1]}),
    "chart files of an object": lambda: jsoned(chart={"files": {"a": "b"}}),
    "chart files of texts": lambda: jsoned(chart={"files": ["a"]}),
    "config of a list": lambda: jsoned(config=[1]),
    "manifest of an object": lambda: jsoned(manifest={"a": "b"}),
    "hooks of an object": lambda: jsoned(hooks={"a": 1}),
    "hooks of texts": lambda: jsoned(hooks=["a"]),
    "hook events of numbers": lambda: jsoned(hooks=[{"events": [1]}]),
    "hook weight of a text": lambda: jsoned(hooks=[{"weight": "5"}]),
    "hook run of a list": lambda: jsoned(hooks=[{"last_run": []}]),
}
CHECK = pytest.mark.parametrize("check", [True, False], ids=["check", "run"])


@pytest.mark.parametrize("what", HOSTILE)
@pytest.mark.slow
def test_one_sentence_that_names_the_record(world: World, what: str) -> None:
    world.up(ONE)
    record = replace(world.store.list(NS, "demo")[0], payload=HOSTILE[what]())
    before, began = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.process_time()
    with pytest.raises(ReleaseError) as caught:
        from_record(record)
    message = caught.value.message
    assert "Revision 1 of release demo in namespace apps cannot be read" in message and "sh.helm.release.v1.demo.v1" in message
    assert "\n" not in message and len(message) < 500 and "object has no attribute" not in message and "must be str" not in message
    assert time.process_time() - began < 5 and resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 600 * 1024


def test_nulls_and_numbers_as_helm_writes_them_are_read() -> None:
    found = codec.decode(jsoned(info=None, chart={"files": None, "values": None, "metadata": {"name": "demo"}}, config=None, hooks=None, version=2.0))
    assert (found.version, found.chart_name, found.hooks, found.config) == (2, "demo", [], {})


def test_a_record_speaks_of_its_own_release_only(world: World) -> None:
    """A Secret that was copied, or created manually, does not act on another release."""
    world.up(ONE)
    record = world.store.list(NS, "demo")[0]
    copied = from_record(replace(record, release="other", namespace="labs", revision=7))
    assert (copied.name, copied.namespace, copied.version) == ("other", "labs", 7)


def spoiled(world: World, revision: int, payload: str = "garbage") -> None:
    record = world.store.get(NS, "demo", revision)
    world.store.update(replace(record, payload=payload))


@pytest.fixture
def three(world: World) -> World:
    """Three revisions: 1 and 2 superseded, 3 deployed."""
    for number in (1, 2, 3):
        world.up(ONE if number < 3 else TWO, {"k": f"v{number}"})
    return world


@CHECK
@pytest.mark.parametrize("revision", [1, 2])
@pytest.mark.parametrize("act", ["upgrade", "uninstall", "keep history", "rollback"])
def test_an_old_revision_stops_nothing(three: World, revision: int, act: str, check: bool) -> None:
    spoiled(three, revision)
    acts: dict[str, Callable[[], Any]] = {
        "upgrade": lambda: three.up(ONE, {"k": "v4"}, check=check),
        "uninstall": lambda: three.down(check=check),
        "keep history": lambda: three.down(check=check, keep_history=True),
        "rollback": lambda: three.back(3 - revision, check=check),
    }
    assert acts[act]().changed
    if not check:
        assert three.store.get(NS, "demo", revision).payload == "garbage" if act != "uninstall" else three.store.list(NS) == []


@CHECK
def test_the_newest_revision_and_an_uninstall(three: World, check: bool) -> None:
    spoiled(three, 3)
    outcome = three.down(check=check)
    assert outcome.changed and any("Revision 3" in text and "are unknown and are not deleted" in text for text in outcome.warnings)
    if not check:
        assert three.store.list(NS) == [] and three.cluster.get("ConfigMap", "one") is None
        assert three.cluster.get("ConfigMap", "two") is not None  # what only revision 3 had made


@CHECK
def test_the_newest_revision_and_the_others_actions(three: World, check: bool) -> None:
    spoiled(three, 3)
    before = three.state()
    for act in (lambda: three.up(ONE, {"k": "v9"}, check=check), lambda: three.down(check=check, keep_history=True)):
        with pytest.raises(ReleaseError, match=r"Revision 3 of release demo .* cannot be read"):
            act()
    assert three.state() == before


def test_a_rollback_is_a_way_out(three: World) -> None:
    spoiled(three, 3)
    check = three.back(2, check=True)
    outcome = three.back(2)
    assert outcome.changed and check.changed and any("Revision 3" in text for text in outcome.warnings)
    assert outcome.release is not None and outcome.release.version == 4
    assert [record.status for record in three.store.list(NS, "demo")] == ["superseded", "superseded", "superseded", "deployed"]
    assert three.store.get(NS, "demo", 3).payload == "garbage" and three.store.get(NS, "demo", 3).labels["status"] == "superseded"
    assert three.up(ONE, {"k": "v5"}).changed


@CHECK
def test_no_revision_can_be_read(three: World, check: bool) -> None:
    for revision in (1, 2, 3):
        spoiled(three, revision)
    before = three.state()
    for act in (lambda: three.down(check=check), lambda: three.up(ONE, check=check), lambda: three.back(1, check=check)):
        with pytest.raises(ReleaseError, match="cannot be read"):
            act()
    assert three.state() == before


@CHECK
def test_a_failed_revision_on_top(three: World, check: bool) -> None:
    three.cluster.rejects = lambda obj: "no" if obj.get("data", {}).get("k") == "v4" else ""
    with pytest.raises(Exception, match="no"):
        three.up(ONE, {"k": "v4"})
    with pytest.raises(Exception, match="no"):
        three.up(ONE, {"k": "v4"})
    spoiled(three, 4)
    outcome = three.up(ONE, {"k": "v6"}, check=check)
    assert outcome.changed and any("Revision 4" in text for text in outcome.warnings)


# ----------------------------------------------------------------------------------------------------------------- info


def result_of(three: World, monkeypatch: pytest.MonkeyPatch, **params: Any) -> dict[str, Any]:
    monkeypatch.setattr(info, "ports_of", lambda task: three.ports())
    spec = info_options()["argument_spec"]
    whole = {name: option.get("default") for name, option in spec.items()}
    return run(chart_release_info, {**whole, **params}, False, False, {})


def test_one_release(three: World, monkeypatch: pytest.MonkeyPatch) -> None:
    spoiled(three, 2)
    result = result_of(three, monkeypatch, release_name="demo", release_namespace=NS)
    assert [item["revision_number"] for item in result["history"]] == [1, 2, 3] and result["status"]["revision"] == "3"
    assert result["history"][1]["description"] == "its record cannot be read" and result["history"][1]["status"] == "superseded"
    assert any("sh.helm.release.v1.demo.v2" in text for text in result["warnings"])
    spoiled(three, 3)
    result = result_of(three, monkeypatch, release_name="demo", release_namespace=NS, resources=True)
    assert not result.get("failed") and result["status"]["status"] == "deployed" and result["status"]["revision"] == "3"
    assert len(result["warnings"]) == 2


def test_a_list(three: World, monkeypatch: pytest.MonkeyPatch) -> None:
    from ansible_collections.windlass.charts.plugins.module_utils._engine.actions.converge import converge
    from ansible_collections.windlass.charts.plugins.module_utils._engine.plan.model import ReleaseRequest

    converge(ReleaseRequest("second", NS, chart({"c.yaml": config_map("three")})), three.ports())
    spoiled(three, 3)
    for params in ({}, {"release_namespace": NS}, {"release_state": ["deployed"]}):
        result = result_of(three, monkeypatch, **params)
        assert [(item["name"], item["status"]) for item in result["releases"]] == [("demo", "deployed"), ("second", "deployed")]
        assert [text for text in result["warnings"] if "sh.helm.release.v1.demo.v3" in text]
