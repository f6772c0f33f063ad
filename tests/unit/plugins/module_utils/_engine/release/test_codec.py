# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Records: written as Helm 4's JSON; a record that is read and written is unchanged."""

from __future__ import annotations

import base64
import gzip
import json
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from ansible_collections.windlass.charts.plugins.module_utils._engine.chart.model import Chart, Dependency, File, Lock, Maintainer, Metadata
from ansible_collections.windlass.charts.plugins.module_utils._engine.errors import ReleaseError
from ansible_collections.windlass.charts.plugins.module_utils._engine.plain import replace
from ansible_collections.windlass.charts.plugins.module_utils._engine.release import codec
from ansible_collections.windlass.charts.plugins.module_utils._engine.release.model import Info, Release, Status
from ansible_collections.windlass.charts.plugins.module_utils._engine.render.model import Hook, HookExecution
from hypothesis import given, settings
from hypothesis import strategies as st


def full_release() -> Release:
    return Release(
        name="demo",
        namespace="apps",
        version=3,
        info=Info(
            first_deployed="2026-05-01T12:00:00.123456789+02:00",
            last_deployed="2026-05-01T12:00:01+02:00",
            description="Rollback to 1",
            status=Status.DEPLOYED,
            rollback_revision=1,
            notes="hello <you> & \u2028",
        ),
        chart={
            "metadata": {"name": "demo", "version": "0.1.0", "apiVersion": "v2"},
            "lock": None,
            "templates": None,
            "values": {"b": 1.0, "a": 2.5},
            "schema": None,
        },
        config={"z": 1.0, "a": {"k": [1.0, "x", None, True]}},
        manifest="---\n# Source: demo/templates/a.yaml\nkind: A\n",
        hooks=[
            Hook(
                "h",
                "Job",
                "demo/templates/h.yaml",
                "kind: Job\n",
                ["pre-install", "post-upgrade"],
                HookExecution("2026-05-01T12:00:00+02:00", "", "Running"),
                -5,
                ["hook-succeeded"],
                ["hook-failed"],
            )
        ],
        apply_method="ssa",
    )


def test_json_is_helm_4s_in_order_and_escapes() -> None:
    assert codec.release_json(full_release()) == (
        '{"name":"demo","info":{"first_deployed":"2026-05-01T12:00:00.123456789+02:00","last_deployed":"2026-05-01T12:00:01+02:00",'
        '"description":"Rollback to 1","status":"deployed","rollback_revision":1,"notes":"hello \\u003cyou\\u003e \\u0026 \\u2028"},'
        '"chart":{"metadata":{"name":"demo","version":"0.1.0","apiVersion":"v2"},"lock":null,"templates":null,"values":{"a":2.5,"b":1},"schema":null},'
        '"config":{"a":{"k":[1,"x",null,true]},"z":1},"manifest":"---\\n# Source: demo/templates/a.yaml\\nkind: A\\n",'
        '"hooks":[{"name":"h","kind":"Job","path":"demo/templates/h.yaml","manifest":"kind: Job\\n","events":["pre-install","post-upgrade"],'
        '"last_run":{"started_at":"2026-05-01T12:00:00+02:00","phase":"Running"},"weight":-5,"delete_policies":["hook-succeeded"],'
        '"output_log_policies":["hook-failed"]}],"version":3,"namespace":"apps","apply_method":"ssa"}'
    )


def test_payload_is_gzip_with_gos_header() -> None:
    data = base64.b64decode(codec.encode(full_release()), validate=True)
    assert data[:10] == bytes.fromhex("1f8b08000000000002ff")
    assert json.loads(gzip.decompress(data))["name"] == "demo"


def test_empty_fields_are_left_out() -> None:
    assert codec.release_json(Release("r", "n", 1)) == '{"name":"r","info":{"status":"unknown"},"version":1,"namespace":"n"}'


def payload(tree: Any, zipped: bool = True) -> str:
    text = json.dumps(tree).encode()
    return base64.b64encode(gzip.compress(text, mtime=0) if zipped else text).decode()


HELM3 = {
    "name": "old",
    "info": {
        "first_deployed": "2020-01-01T00:00:00Z",
        "last_deployed": "2020-01-01T00:00:00Z",
        "deleted": "",
        "status": "deployed",
        "resources": {"v1/Pod": []},
    },
    "chart": {"metadata": {"name": "c", "version": "1.0.0"}, "future": {"b": 1, "a": 2}},
    "hooks": [{"name": "h", "events": ["pre-install"], "last_run": {"started_at": "", "completed_at": "", "phase": ""}, "delete_timeout": 5}],
    "version": 2,
    "namespace": "n",
    "someday": {"y": 1, "x": [1]},
}


@pytest.mark.parametrize("zipped", [True, False])
def test_helm_3_records_come_back_whole(zipped: bool) -> None:
    release = codec.decode(payload(HELM3, zipped))
    assert (release.version, release.info.deleted, release.hooks[0].last_run) == (2, "", HookExecution())
    again = json.loads(codec.release_json(release))
    assert again["someday"] == {"y": 1, "x": [1]} and again["chart"]["future"] == {"b": 1, "a": 2}
    assert again["info"]["resources"] == {"v1/Pod": []} and again["hooks"][0]["delete_timeout"] == 5
    assert "deleted" not in again["info"]


@pytest.mark.parametrize(
    ("word", "status"),
    [
        ("deleted", Status.UNINSTALLED),
        ("deleting", Status.UNINSTALLING),
        ("pending_install", Status.PENDING_INSTALL),
        ("pending-rollback", Status.PENDING_ROLLBACK),
        ("superseded", Status.SUPERSEDED),
        ("DEPLOYED", Status.DEPLOYED),
        ("", Status.UNKNOWN),
        ("strange", Status.UNKNOWN),
    ],
)
def test_spellings_of_a_status(word: str, status: Status) -> None:
    assert codec.decode(payload({"name": "x", "info": {"status": word}})).info.status is status


def test_spellings_of_helm_2to3_in_hooks() -> None:
    hook = {"events": ["pre_install", "release_test_success"], "delete_policies": ["before_hook_creation", "succeeded"]}
    read = codec.decode(payload({"name": "x", "hooks": [hook]})).hooks[0]
    assert (read.events, read.delete_policies) == (["pre-install", "test"], ["before-hook-creation", "hook-succeeded"])


@pytest.mark.parametrize(
    "text",
    [
        "%%%",
        "aGVsbG8=",
        base64.b64encode(b"\x1f\x8b\x08 no gzip").decode(),
        codec.encode(full_release())[:80],
        payload([1]),
        payload({"version": "x"}),
        payload({"info": 5}),
    ],
)
def test_what_cannot_be_read_is_one_sentence(text: str) -> None:
    with pytest.raises(ReleaseError, match="The record cannot be read"):
        codec.decode(text)


JSON = st.recursive(
    st.none() | st.booleans() | st.floats(allow_nan=False, allow_infinity=False) | st.text(st.characters(exclude_categories=["Cs"]), max_size=12),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(st.characters(exclude_categories=["Cs"]), max_size=6), inner, max_size=3),
    max_leaves=8,
)
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
HOOKS = st.builds(
    Hook,
    name=TEXT,
    kind=TEXT,
    path=TEXT,
    manifest=TEXT,
    events=st.lists(st.sampled_from(["pre-install", "test"]), max_size=2),
    weight=st.integers(-1000, 1000),
    last_run=st.builds(HookExecution, TEXT, TEXT, st.sampled_from(["", "Unknown", "Running", "Succeeded", "Failed"])),
)


@settings(max_examples=60, deadline=None)
@given(
    st.builds(
        Release,
        name=TEXT,
        namespace=TEXT,
        version=st.integers(0, 10**6),
        info=st.builds(Info, description=TEXT, notes=TEXT, first_deployed=TEXT, status=st.sampled_from(list(Status)), rollback_revision=st.integers(0, 99)),
        chart=st.fixed_dictionaries(
            {},
            optional={
                "metadata": st.dictionaries(st.sampled_from(["home", "keywords", "odd"]), JSON, max_size=2),
                "values": st.dictionaries(TEXT, JSON, max_size=3),
                "odd": JSON,
                "lock": JSON,
            },
        ),
        config=st.dictionaries(TEXT, JSON, max_size=4),
        manifest=TEXT,
        hooks=st.lists(HOOKS, max_size=2),
        apply_method=st.sampled_from(["", "ssa", "csa"]),
        extra=st.dictionaries(st.sampled_from(["one", "two"]), JSON, max_size=2),
    )
)
def test_what_was_written_is_read(release: Release) -> None:
    assert codec.decode(codec.encode(release)) == release


def test_chart_json_in_gos_order() -> None:
    moment = datetime(2026, 5, 1, 12, 0, 0, 120000, timezone(timedelta(hours=-3, minutes=-30)))
    metadata = Metadata(
        api_version="v2",
        name="demo",
        version="0.1.0",
        app_version="1",
        type="application",
        maintainers=[Maintainer(name="m")],
        annotations={"b": "1", "a": "2"},
        dependencies=[Dependency(name="s", version="1", repository="", enabled=True, import_values=["d"])],
    )
    chart = Chart(
        metadata,
        lock=Lock("2026-01-01T00:00:00Z", "sha256:x", [Dependency(name="s", version="1.0.0", repository="r")]),
        raw=[File("Chart.yaml", b"", moment), File("values.yaml", b"", moment)],
        templates=[File("templates/a.yaml", b"a: 1\n", moment)],
        files=[File("README.md", b"hi", None)],
        schema=b"{}",
    )
    assert codec._ordered(codec.chart_json(chart)) == (
        '{"metadata":{"name":"demo","version":"0.1.0","maintainers":[{"name":"m"}],"apiVersion":"v2","appVersion":"1","annotations":{"a":"2","b":"1"},'
        '"dependencies":[{"name":"s","version":"1","repository":"","enabled":true,"import-values":["d"]}],"type":"application"},'
        '"lock":{"generated":"2026-01-01T00:00:00Z","digest":"sha256:x","dependencies":[{"name":"s","version":"1.0.0","repository":"r"}]},'
        '"templates":[{"name":"templates/a.yaml","data":"YTogMQo=","modtime":"2026-05-01T12:00:00.12-03:30"}],"values":{},"schema":"e30=",'
        '"schemamodtime":"0001-01-01T00:00:00Z","files":[{"name":"README.md","data":"aGk="}],"modtime":"2026-05-01T12:00:00.12-03:30"}'
    )


def test_a_chart_without_values_stores_null() -> None:
    assert codec.chart_json(Chart(Metadata(name="c")))["values"] is None


def test_charts_that_are_written_alternately_keep_their_own_text() -> None:
    releases = [replace(full_release(), name=f"r{n}", chart={"metadata": {"name": f"c{n}"}, "values": {"n": n}}) for n in range(9)]
    for _again in range(2):
        for number, release in enumerate(releases):
            tree = json.loads(codec.release_json(release.with_status(Status.SUPERSEDED, f"turn {_again}")))
            assert tree["chart"] == {"metadata": {"name": f"c{number}"}, "values": {"n": number}}
            assert tree["info"]["description"] == f"turn {_again}"


def test_a_chart_that_is_written_twice_is_worded_once(monkeypatch: pytest.MonkeyPatch) -> None:
    release, worded = full_release(), []
    ordered = codec._ordered
    monkeypatch.setattr(codec, "_ordered", lambda value: worded.append(value) or ordered(value))
    first = codec.release_json(release)
    count = sum(value is release.chart for value in worded)
    assert count == 1
    assert codec.release_json(release) == first
    assert sum(value is release.chart for value in worded) == 1
