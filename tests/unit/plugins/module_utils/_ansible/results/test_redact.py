# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Secrets are masked in every result."""

from __future__ import annotations

import json
from typing import Any

import pytest
from ansible_collections.windlass.charts.plugins.module_utils._ansible.results.masked_options import mask_params, mask_set_value
from ansible_collections.windlass.charts.plugins.module_utils._ansible.results.masking import texts_of, without_secrets
from ansible_collections.windlass.charts.plugins.module_utils._ansible.results.redact import (
    MASK,
    at_paths,
    mask_leaves,
    mask_manifest,
    mask_object,
)
from ansible_collections.windlass.charts.plugins.module_utils._engine.yamlio.dump import dumps
from ansible_collections.windlass.charts.plugins.module_utils._engine.yamlio.load import loads

LEAVES = [
    ({"a": 1, "b": {"c": "x", "d": [True, None]}}, {"a": MASK, "b": {"c": MASK, "d": [MASK, None]}}),
    ({}, {}),
    ({"empty": [], "none": None}, {"empty": [], "none": None}),
]


@pytest.mark.parametrize(("value", "masked"), LEAVES)
def test_leaves(value: object, masked: object) -> None:
    assert mask_leaves(value) == masked


SECRET = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "s"}, "data": {"k": "c2VjcmV0"}, "stringData": {"p": "hunter2"}}


def test_objects() -> None:
    assert mask_object(SECRET)["data"] == {"k": MASK}
    assert mask_object(SECRET)["stringData"] == {"p": MASK}
    assert mask_object({"kind": "SecretList", "items": [SECRET]})["items"][0]["data"] == {"k": MASK}
    copied = {**SECRET, "metadata": {"name": "s", "annotations": {"kubectl.kubernetes.io/last-applied-configuration": "hunter2", "a": "b"}}}
    assert mask_object(copied)["metadata"] == {
        "name": "s",
        "annotations": {"kubectl.kubernetes.io/last-applied-configuration": MASK, "a": "b"},
    }
    config = {"kind": "ConfigMap", "data": {"a": "b"}}
    assert mask_object(config) is config


MANIFEST = """---
# Source: c/templates/config.yaml
apiVersion: v1
kind: ConfigMap
data:
  about: Secret things   # kept as it is written
---
# Source: c/templates/secret.yaml
apiVersion: v1
kind: Secret
stringData:
  password: hunter2
---
# Source: c/templates/last.yaml
kind: Service
"""


def test_manifest() -> None:
    masked = mask_manifest(MANIFEST, loads, dumps)
    assert "hunter2" not in masked
    assert f"password: '{MASK}'" in masked
    assert "# Source: c/templates/secret.yaml" in masked
    assert masked.split("---\n")[1] == MANIFEST.split("---\n")[1]
    assert masked.endswith("kind: Service\n")


def test_manifest_that_does_not_parse() -> None:
    masked = mask_manifest("---\nkind: Secret\nstringData: {a: [hunter2\n---\nkind: Service\n", loads, dumps)
    assert "hunter2" not in masked and "kind: Service" in masked


SET_VALUES = [("a.b=secret", f"a.b={MASK}"), ("a=1,b=secret", f"a={MASK}"), ("secret", MASK), ("a==x", f"a={MASK}")]


@pytest.mark.parametrize(("text", "masked"), SET_VALUES)
def test_set_value(text: str, masked: str) -> None:
    assert mask_set_value(text) == masked


def test_params() -> None:
    params = {
        "release_values": {"password": "hunter2"},
        "values": {"password": "hunter2"},
        "set_values": [{"value": "a=hunter2", "value_type": "raw"}],
        "kubeconfig": {"users": [{"user": {"token": "hunter2"}}]},
        "release_name": "web",
    }
    text = json.dumps(mask_params(params))
    assert "hunter2" not in text and "web" in text and "password" in text
    shown = mask_params({**params, "return_values": True})
    assert shown["release_values"] == {"password": "hunter2"} and shown["kubeconfig"] == MASK


KEY = "-----BEGIN KEY-----\nMIIEpAIBAAKCAQEA7\nabcd\n-----END KEY-----\n"


@pytest.mark.parametrize(
    "encoded",
    [
        "the password is tide-4711!",
        "dGlkZS00NzEx",
        {"deep": [["x tide-4711"]]},
        "port 54321",
        54321,
        json.dumps({"text": KEY}),
        "    MIIEpAIBAAKCAQEA7\n",
    ],
)
def test_a_secret_is_found_in_every_form(encoded: Any) -> None:
    secrets = texts_of({"a": ["tide-4711"], "b": 54321.0, "c": KEY, "d": True, "e": "yes", "f": None, "g": ""})
    shown = json.dumps(without_secrets(encoded, secrets))
    for text in ("tide-4711", "dGlkZS00NzEx", "54321", "MIIEpAIBAAKCAQEA7"):
        assert text not in shown
    assert MASK in shown


def test_what_is_short_or_a_truth_value_hides_nothing_else() -> None:
    secrets = texts_of(["true", "yes", 1, 2.0, "abc", False, "    "])
    encoded = {"changed": True, "revision": "1", "text": "yes, abc is true", "n": 2}
    assert without_secrets(encoded, secrets) == encoded
    assert without_secrets({"status": "known", "known": 1}, texts_of("known")) == {"status": MASK, "known": 1}


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("auth.password", ["p"]),
        ("auth", [{"password": "p"}]),
        ("users[*].token", ["t1", "t2"]),
        ("users.*.token", ["t1", "t2"]),
        ("users[1].token", ["t2"]),
        ("users[9].token", []),
        ("*.password", ["p"]),
        ("a\\.b.c", ["dotted"]),
        ("none.at.all", []),
        ("auth.password.deeper", []),
    ],
)
def test_paths(path: str, found: list[Any]) -> None:
    values = {"auth": {"password": "p"}, "users": [{"token": "t1"}, {"token": "t2"}], "a.b": {"c": "dotted"}}
    assert list(at_paths(values, [path])) == found


def test_sources_in_the_invocation() -> None:
    params = {"values_from": [{"content": {"a": {"b": "tide"}}}, {"content": "p: tide"}, {"file": "x", "content": None}]}
    assert mask_params(params)["values_from"] == [{"content": {"a": {"b": MASK}}}, {"content": MASK}, {"file": "x", "content": None}]
    shown = mask_params({**params, "return_values": True})["values_from"]
    assert shown[1] == {"content": "p: tide"}
    assert mask_params({"return_values": True, "values_from": [{"content": "p", "sensitive": True}]})["values_from"][0]["content"] == MASK
