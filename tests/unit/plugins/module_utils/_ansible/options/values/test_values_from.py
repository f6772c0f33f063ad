# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""``values_from``: the values of each source, precedence, optional sources, masking."""

from __future__ import annotations

import base64
import sys
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any

import pytest
from ansible_collections.windlass.charts.plugins.module_utils._ansible.options.values import values_from
from ansible_collections.windlass.charts.plugins.module_utils._ansible.options.values.chart_values import user_values
from ansible_collections.windlass.charts.plugins.module_utils._ansible.task import Task
from ansible_collections.windlass.charts.plugins.module_utils._engine.errors import EngineError, OptionError, ValuesError
from ansible_collections.windlass.charts.tests.unit.plugins.module_utils._engine.fakes import MemoryCluster

CANARY = "tide-4711-under-the-bridge"


def encoded(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


@pytest.fixture
def cluster(monkeypatch: pytest.MonkeyPatch) -> MemoryCluster:
    cluster = MemoryCluster("apps", "other")
    data = {"values.yaml": encoded(f"a: {{b: {CANARY}}}\nport: 5432\n"), "password": encoded(f"{CANARY}\n"), "list": encoded("[1, 2]"), "bytes": "/w=="}
    cluster.put({"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "s", "namespace": "apps"}, "data": data})
    cluster.put({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "c", "namespace": "other"}, "data": {"values.yaml": "m: 1\n", "n": "007"}})
    cluster.requests.clear()
    monkeypatch.setattr(values_from, "cluster_of", lambda task: cluster)
    return cluster


def task(*sources: dict[str, Any], **params: Any) -> Task:
    return Task(params={"values_from": list(sources), "release_namespace": "apps", **params}, environ={})


@pytest.mark.parametrize(
    ("source", "values"),
    [
        ({"content": {"a": 1}}, {"a": 1.0}),
        ({"content": "a: {b: x}\n"}, {"a": {"b": "x"}}),
        ({"content": "a: 1\n---\nb: 2\n"}, {"a": 1.0, "b": 2.0}),
        ({"content": "8080", "target_path": "port"}, {"port": 8080}),
        ({"content": "8080", "target_path": "port", "literal": True}, {"port": "8080"}),
        ({"content": {"x": [1]}, "target_path": "a.b"}, {"a": {"b": {"x": [1]}}}),
        ({"content": "x", "target_path": "a[1].b"}, {"a": [None, {"b": "x"}]}),
        ({"content": "a,b={c}", "target_path": "a\\.b", "literal": True}, {"a.b": "a,b={c}"}),
        ({"file": "x.yaml", "content": "read: here\n"}, {"read": "here"}),
        ({"secret": {"name": "s"}}, {"a": {"b": CANARY}, "port": 5432.0}),
        ({"secret": {"name": "s", "key": "password"}, "target_path": "p"}, {"p": f"{CANARY}\n"}),
        ({"secret": {"name": "s", "key": "list"}, "target_path": "p", "literal": False}, {"p": [1, 2]}),
        ({"config_map": {"name": "c", "namespace": "other"}}, {"m": 1.0}),
        ({"config_map": {"name": "c", "namespace": "other", "key": "n"}, "target_path": "n"}, {"n": "007"}),
        ({"secret": {"name": "none"}, "optional": True}, {}),
        ({"secret": {"name": "s", "key": "none"}, "target_path": "p", "optional": True}, {}),
        ({"file": "nowhere.yaml", "optional": True}, {}),
        ({"file": "/nowhere.yaml", "remote_src": True, "optional": True}, {}),
    ],
)
def test_the_values_of_a_source(cluster: MemoryCluster, source: dict[str, Any], values: dict[str, Any]) -> None:
    assert user_values(task(source)) == values


def test_files_of_the_host(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("a: 1\n")
    assert user_values(task({"file": str(tmp_path / "a.yaml"), "remote_src": True})) == {"a": 1.0}


@pytest.mark.parametrize(
    ("source", "sentence"),
    [
        ({}, r"values_from\[0\] requires exactly one of file, template"),
        ({"file": "a", "secret": {"name": "s"}}, "it has file and secret"),
        ({"secret": {"name": "none"}}, "Secret apps/none does not exist"),
        ({"secret": {"name": "s", "key": "none"}}, "has no key none; it has bytes, list, password, values.yaml"),
        ({"secret": {"name": "s", "key": "password"}}, "is not a (YAML )?dictionary of values"),
        ({"secret": {"name": "s", "key": "list"}}, "is not a (YAML )?dictionary of values"),
        ({"secret": {"name": "s", "key": "bytes"}}, "is not UTF-8 text"),
        ({"content": "a: [1", "target_path": "p"}, "is not valid YAML"),
        ({"content": "x", "target_path": "a[-1]"}, "target_path"),
        ({"file": "/nowhere.yaml", "remote_src": True}, "no such file"),
        ({"file": "nowhere.yaml"}, "action plugin"),
    ],
)
def test_errors_contain_no_values(cluster: MemoryCluster, source: dict[str, Any], sentence: str) -> None:
    with pytest.raises(EngineError, match=sentence) as caught:
        user_values(task(source))
    assert isinstance(caught.value, (OptionError, ValuesError))
    assert "tide" not in caught.value.message + str(caught.value.fields) + str(caught.value.helm)


def test_the_order_and_the_trace(cluster: MemoryCluster, tmp_path: Path) -> None:
    (tmp_path / "f.yaml").write_text("a: {b: file, c: file, d: file, e: file}\nkeep: 1\n")
    traced_task = task(
        {"content": {"a": {"c": "content", "d": "content", "e": "content"}}},
        {"secret": {"name": "s"}, "target_path": "whole"},
        {"config_map": {"name": "c", "namespace": "other", "key": "n"}, "target_path": "a.e"},
        values_files=[str(tmp_path / "f.yaml")],
        release_values={"a": {"d": "values", "e": "values"}, "l": [1]},
        set_values=[{"value": "a.e=set,x[0].y=1"}],
        values_trace=True,
    )
    values = user_values(traced_task)
    assert values["a"] == {"b": "file", "c": "content", "d": "values", "e": "set"}
    source_by_path = {entry["key"]: entry["source"] for entry in values_from.trace(traced_task.origins, {**values, "old": {"k": 1}})}
    assert source_by_path == {
        "a.b": f"values_files: {tmp_path}/f.yaml",
        "a.c": "values_from[0]: content",
        "a.d": "release_values",
        "a.e": "set_values",
        "keep": f"values_files: {tmp_path}/f.yaml",
        "l": "release_values",
        "old.k": "the previous revision",
        "whole": "values_from[1]: Secret apps/s, key values.yaml",
        "x": "set_values",
    }
    assert CANARY not in str(source_by_path)


def test_a_table_over_a_scalar_and_back_in_the_trace() -> None:
    traced_task = task({"content": {"a": 1, "b": {"c": 1}}}, {"content": {"a": {"x": 1}, "b": 2}}, values_trace=True)
    values = user_values(traced_task)
    assert values == {"a": {"x": 1.0}, "b": 2.0}
    assert values_from.trace(traced_task.origins, values) == [
        {"key": "a.x", "source": "values_from[1]: content"},
        {"key": "b", "source": "values_from[1]: content"},
    ]


def test_an_empty_table_sets_nothing_in_the_trace() -> None:
    traced_task = task({"content": {"a": {"b": 1}}}, {"content": {"a": {}, "c": {}, "a.b[0]": 1}}, values_trace=True)
    values = user_values(traced_task)
    assert values == {"a": {"b": 1.0}, "c": {}, "a.b[0]": 1.0}
    assert [(entry["key"], entry["source"][:14]) for entry in values_from.trace(traced_task.origins, values)] == [
        ("a.b", "values_from[0]"),
        ("a\\.b[0]", "values_from[1]"),
        ("c", "values_from[1]"),
    ]


def test_sources_do_not_share_tables() -> None:
    """A source that is laid later changes no value that a task or an earlier source gave."""
    first = {"a": {"b": 1}}
    traced_task = task({"content": first}, {"content": {"a": {"c": 2}}}, release_values={"a": {"d": 3}})
    assert user_values(traced_task) == {"a": {"b": 1.0, "c": 2.0, "d": 3.0}}
    assert first == {"a": {"b": 1}} and traced_task.params["release_values"] == {"a": {"d": 3}}


def work(call: Callable[[], Any]) -> int:
    """The number of Python instructions of a call, which is the same on every machine."""
    done = 0

    def count(frame: FrameType, event: str, _arg: Any) -> Any:
        nonlocal done
        frame.f_trace_opcodes = True
        done += event == "opcode"
        return count

    before = sys.gettrace()
    sys.settrace(count)
    try:
        call()
    finally:
        sys.settrace(before)
    return done


SHAPES: dict[str, Callable[[int], list[dict[str, Any]]]] = {
    "flat": lambda n: [{"content": {f"key{i}": i for i in range(n)}}] * 2,
    "nested": lambda n: [{"content": {f"key{i // 50}": {f"k{j}": j for j in range(50)} for i in range(0, n, 50)}}] * 2,
    "text": lambda n: [{"content": "".join(f"key{i}: {i}\n" for i in range(n))}],
    "many sources": lambda n: [{"content": str(i), "target_path": f"key{i}"} for i in range(n // 4)],
}


@pytest.mark.parametrize("traced", [False, True])
@pytest.mark.parametrize("shape", SHAPES)
def test_the_work_grows_with_the_values_and_not_with_their_square(shape: str, traced: bool) -> None:
    def of(leaves: int) -> int:
        traced_task = task(*SHAPES[shape](leaves), values_trace=traced, set_values=[{"value": f"set{i}=1"} for i in range(leaves // 10)])
        return work(lambda: values_from.trace(traced_task.origins, user_values(traced_task)))

    of(800)  # what is imported late counts once
    assert of(800) < 4.5 * of(200)


def test_secrets_are_hidden_and_the_rest_is_not(cluster: MemoryCluster) -> None:
    traced_task = task({"secret": {"name": "s"}}, {"content": {"open": "as the sea", "kept": "quiet-one"}}, secret_paths=["kept"])
    user_values(traced_task)
    assert {CANARY, "5432", "quiet-one"} <= traced_task.secrets
    assert not any("sea" in text for text in traced_task.secrets)


def test_only_sources_in_the_cluster_cause_requests(cluster: MemoryCluster) -> None:
    user_values(task({"content": {"a": 1}}))
    assert cluster.requests == []
    user_values(task({"secret": {"name": "s"}}, {"config_map": {"name": "c", "namespace": "other"}}))
    assert len(cluster.requests) == 2


def test_a_vaulted_values_file_is_an_error_with_advice(tmp_path: Path) -> None:
    (tmp_path / "v.yaml").write_text("$ANSIBLE_VAULT;1.1;AES256\n6130\n")
    with pytest.raises(ValuesError, match="values_from"):
        user_values(Task(params={"values_files": [str(tmp_path / "v.yaml")]}, environ={}))
