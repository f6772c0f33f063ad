# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What must never come out."""

from __future__ import annotations

import json

import pytest
from ansible_collections.windlass.charts.plugins.module_utils._ansible.redact import (
    MASK,
    mask_leaves,
    mask_manifest,
    mask_object,
    mask_params,
    mask_set_value,
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
