# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The patch of client-side apply.

Three-way and strategic for built-in kinds, two-way JSON merge for the others.

``tests/parity/test_patches.py`` compares random objects with what Helm's client sends; here are the cases that a reader wants to see.
"""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.windlass.charts.plugins.module_utils._engine.objects.patches.gosort import go_sorted
from ansible_collections.windlass.charts.plugins.module_utils._engine.objects.patches.lost import lists_with_equal_keys, lost_items
from ansible_collections.windlass.charts.plugins.module_utils._engine.objects.patches.merge import patch_between

MAP = {"apiVersion": "v1", "kind": "ConfigMap"}
POD = {"apiVersion": "v1", "kind": "Pod"}
WEB = {"apiVersion": "apps/v1", "kind": "Deployment"}
SHIP = {"apiVersion": "example.com/v1", "kind": "Ship"}


def containers(*items: dict[str, Any]) -> dict[str, Any]:
    return {**POD, "spec": {"containers": list(items)}}


A, A2, B = {"name": "a", "image": "1"}, {"name": "a", "image": "2"}, {"name": "b", "image": "1"}
SIDECAR = {"name": "sidecar", "image": "x"}


@pytest.mark.parametrize(
    ("original", "wanted", "live", "patch"),
    [
        # maps: wanted keys are set, own old ones go, those of other managers stay
        ({}, {"a": "1"}, {"a": "1"}, {}),
        ({"a": "1"}, {"a": "2"}, {"a": "1"}, {"a": "2"}),
        ({"a": "1"}, {"a": "1"}, {"a": "theirs"}, {"a": "1"}),
        ({"a": "1", "b": "1"}, {"a": "1"}, {"a": "1", "b": "1"}, {"b": None}),
        ({"a": "1", "b": "1"}, {"a": "1"}, {"a": "1"}, {"b": None}),
        ({"a": "1"}, {"a": "1"}, {"a": "1", "theirs": "x"}, {}),
        ({}, {"a": None}, {}, {"a": None}),
        ({}, {"a": None}, {"a": "x"}, {"a": None}),
        ({"a": "1"}, {"a": True}, {"a": 1}, {"a": True}),
        ({}, {"a": 1.0}, {"a": 1}, {}),
    ],
)
def test_maps(original: Any, wanted: Any, live: Any, patch: Any) -> None:
    found = patch_between({**MAP, "data": original}, {**MAP, "data": wanted}, {**MAP, "data": live})
    assert found == ("strategic", {"data": patch} if patch else {})


ORDER = "$setElementOrder/containers"


@pytest.mark.parametrize(
    ("original", "wanted", "live", "patch"),
    [
        ([A], [A], [A], {}),
        ([A], [A2], [{**A, "imagePullPolicy": "Always"}], {"containers": [{"name": "a", "image": "2"}], ORDER: [{"name": "a"}]}),
        ([A], [A, B], [A], {"containers": [B], ORDER: [{"name": "a"}, {"name": "b"}]}),
        ([A, B], [A], [A, B], {"containers": [{"$patch": "delete", "name": "b"}], ORDER: [{"name": "a"}]}),
        ([A, B], [A], [A], {"containers": [{"$patch": "delete", "name": "b"}], ORDER: [{"name": "a"}]}),
        ([A], [A], [SIDECAR, A], {ORDER: [{"name": "a"}]}),
        ([A], [A2], [A, SIDECAR], {"containers": [{"name": "a", "image": "2"}], ORDER: [{"name": "a"}]}),
        ([A, B], [B, A], [A, B], {ORDER: [{"name": "b"}, {"name": "a"}]}),
        (
            [{**A, "env": [{"name": "x", "value": "1"}, {"name": "y", "value": "1"}]}],
            [{**A, "env": [{"name": "x", "value": "2"}]}],
            [{**A, "env": [{"name": "x", "value": "1"}, {"name": "y", "value": "1"}, {"name": "z", "value": "theirs"}]}],
            {
                "containers": [
                    {
                        "name": "a",
                        "env": [{"name": "x", "value": "2"}, {"$patch": "delete", "name": "y"}],
                        "$setElementOrder/env": [{"name": "x"}],
                    }
                ],
                ORDER: [{"name": "a"}],
            },
        ),
        # lists without a key are replaced
        (
            [{**A, "args": ["x"]}],
            [{**A, "args": ["x", "y"]}],
            [{**A, "args": ["x"]}],
            {"containers": [{"name": "a", "args": ["x", "y"]}], ORDER: [{"name": "a"}]},
        ),
    ],
)
def test_lists_with_a_key(original: Any, wanted: Any, live: Any, patch: Any) -> None:
    found = patch_between(containers(*original), containers(*wanted), containers(*live))
    assert found == ("strategic", {"spec": patch} if patch else {})


def test_fields_that_exclude_each_other() -> None:
    """``retainKeys``: another strategy removes the settings of the old one."""
    rolling = {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": 1}}
    one, two, live = ({**WEB, "spec": {"strategy": item}} for item in (rolling, {"type": "Recreate"}, rolling))
    assert patch_between(one, two, live)[1] == {"spec": {"strategy": {"type": "Recreate", "rollingUpdate": None, "$retainKeys": ["type"]}}}


def test_sets_of_scalars() -> None:
    one, two, live = ({**MAP, "metadata": {"finalizers": items}} for items in (["a", "b"], ["b", "c"], ["a", "b", "theirs"]))
    assert patch_between(one, two, live)[1] == {
        "metadata": {
            "finalizers": ["c"],
            "$deleteFromPrimitiveList/finalizers": ["a"],
            "$setElementOrder/finalizers": ["b", "c"],
        }
    }


@pytest.mark.parametrize(
    ("wanted", "live", "ordered"),
    [(["a", "b"], ["b", "a"], False), (["b", "a"], ["a", "b"], True), (["b", "a"], ["b", "a"], True), (["a", "b"], ["b", "c", "a"], True)],
)
def test_a_set_is_put_in_order_only_where_it_is_not_sorted(wanted: list[str], live: list[str], ordered: bool) -> None:
    one, two = ({**MAP, "metadata": {"finalizers": items}} for items in (wanted, live))
    assert bool(patch_between(one, one, two)[1]) is ordered


@pytest.mark.parametrize(
    ("original", "wanted", "patch"),
    [
        ({"a": 1, "b": [1]}, {"a": 1, "b": [1]}, {}),
        ({"a": 1}, {"a": 2, "c": {"d": 1}}, {"a": 2, "c": {"d": 1}}),
        ({"a": 1, "b": [1]}, {"b": [1, 2]}, {"a": None, "b": [1, 2]}),
        ({"m": {"x": 1, "y": 1}}, {"m": {"x": 1}}, {"m": {"y": None}}),
    ],
)
def test_a_custom_kind_is_patched_from_what_was_applied(original: Any, wanted: Any, patch: Any) -> None:
    """Two-way, as Helm: the live object does not count."""
    found = patch_between({**SHIP, "spec": original}, {**SHIP, "spec": wanted}, {**SHIP, "spec": {"a": "theirs"}})
    assert found == ("merge", {"spec": patch} if patch else {})


def test_another_version_of_the_same_kind() -> None:
    old = {"apiVersion": "apps/v1beta2", "kind": "Deployment", "spec": {"paused": True}}
    assert patch_between(old, {**WEB, "spec": {}}, {**WEB, "spec": {"paused": True}}) == ("strategic", {"spec": {"paused": None}})


UDP, TCP = {"name": "u", "port": 53, "protocol": "UDP"}, {"name": "t", "port": 53, "protocol": "TCP"}
HTTP = {"name": "http", "port": 80}
PORTS = "$setElementOrder/ports"


def service(*ports: dict[str, Any]) -> dict[str, Any]:
    return {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "s"}, "spec": {"ports": list(ports)}}


@pytest.mark.parametrize(
    ("original", "wanted", "live", "patch"),
    [
        # no change: nothing is sent, also where the server has added fields
        ([HTTP, UDP, TCP], [HTTP, UDP, TCP], [{**port, "targetPort": port["port"]} for port in (HTTP, UDP, TCP)], {}),
        ([UDP, TCP], [UDP, {**TCP, "targetPort": 9}], [UDP, TCP], {"ports": [{"port": 53, "targetPort": 9}], PORTS: [{"port": 53}] * 2}),
        ([UDP], [UDP, TCP], [UDP], {"ports": [{"port": 53, "name": "t", "protocol": "TCP"}, UDP], PORTS: [{"port": 53}] * 2}),
        ([UDP, TCP], [UDP], [UDP, TCP], {"ports": [{"port": 53, "name": "u", "protocol": "UDP", "$patch": "delete"}], PORTS: [{"port": 53}]}),
    ],
)
def test_equal_merge_keys(original: Any, wanted: Any, live: Any, patch: Any) -> None:
    """Element by element what Helm sends, where Helm loses an element too."""
    found = patch_between(service(*original), service(*wanted), service(*live))
    assert found == ("strategic", {"spec": patch} if patch else {})


def test_equal_keys_are_sorted_as_go_sorts_them() -> None:
    assert go_sorted([1, 2, 3, 4], ["b", "a", "b", "a"]) == [4, 2, 3, 1]
    many = [f"{number % 3}" for number in range(30)]
    assert sorted(go_sorted(range(30), many)) == list(range(30))
    assert [many[at] for at in go_sorted(range(30), many)] == sorted(many)


def test_lists_that_no_strategic_patch_can_express() -> None:
    """Helm fails; here the list is replaced, and what others have added stays."""
    one = {**POD, "spec": {"imagePullSecrets": [{"name": "p"}]}}
    two = {**POD, "spec": {"imagePullSecrets": [{}, {"name": "q"}]}}
    live = {**POD, "spec": {"imagePullSecrets": [{"name": "p"}, {"name": "theirs"}], "nodeName": "n"}}
    assert patch_between(one, two, live) == ("merge", {"spec": {"imagePullSecrets": [{}, {"name": "q"}, {"name": "theirs"}]}})


def test_items_that_a_patch_has_lost_are_named_without_their_values() -> None:
    env = [{"name": "A", "value": "secret"}, {"name": "A", "value": "other"}, {"name": "B", "value": "1"}]
    wanted, live = containers({**A, "env": env}), containers({**A, "env": [env[0], {**env[1], "value": "old"}]})
    assert lost_items(wanted, live) == ["spec.containers.a.env: item 2 (name A)", "spec.containers.a.env: item 3 (name B)"]
    assert lost_items(wanted, containers({**A, "env": [env[1], env[2], env[0], {"name": "C"}]})) == []
    assert lost_items(service(UDP, TCP), service(UDP)) == ["spec.ports: item 2 (port 53)"]
    assert lost_items(service(UDP, HTTP), service(UDP)) == ["spec.ports: item 2 (port 80)"]
    changed = {**UDP, "targetPort": 9}
    assert lost_items(service(changed), service({**UDP, "targetPort": "9"})) == []
    assert lost_items(service(changed), service(UDP)) == [], "with keys that differ, the server may write a value in another way"
    assert lost_items(service(changed), service(UDP), None, service(UDP, TCP)) == ["spec.ports: item 1 (port 53)"]
    assert lost_items({"apiVersion": "example.com/v1", "kind": "Ship", "spec": {}}, {}) == []


def test_lists_with_equal_keys_are_named_by_their_path() -> None:
    assert lists_with_equal_keys(service(UDP, HTTP), service(UDP)) == []
    assert lists_with_equal_keys(service(UDP, HTTP), None, service(UDP, TCP)) == ["spec.ports"]
    assert lists_with_equal_keys(containers({**A, "env": [{"name": "A"}, {"name": "A"}]}, B)) == ["spec.containers.a.env"]
