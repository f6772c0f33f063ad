# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Masking of results: names stay readable, credentials of URLs are masked in messages.

This includes Ansible's own messages.
"""

from __future__ import annotations

import dataclasses
import json
from typing import Any

import pytest
from ansible_collections.windlass.charts.plugins.module_utils._ansible.results.masking import masked_result
from ansible_collections.windlass.charts.plugins.module_utils._ansible.results.redact import MASK
from ansible_collections.windlass.charts.plugins.module_utils._engine.url_secrets import (
    url_credentials,
    without_address_credentials,
    without_url_credentials,
)


@dataclasses.dataclass(frozen=True)
class Event:
    """As Ansible words an error since ansible-core 2.19."""

    msg: str
    events: tuple[Any, ...] = ()
    chain: Any = None


RESULT = {
    "failed": True,
    "msg": "Not ready: Deployment shop/harbour-quay: ReplicaSet harbour-quay-6976d88967 says quay",
    "error": {"fields": {"objects": [{"object": "Deployment shop/harbour-quay", "pods": [{"name": "harbour-quay-6976d88967-x2"}]}]}},
    "status": {"name": "harbour", "namespace": "shop", "values": {"name": "quay"}},
}


def test_names_of_objects_are_not_masked_and_the_word_is() -> None:
    shown = masked_result(RESULT, {"quay", "harbour", "shop"})
    assert shown["msg"] == f"Not ready: Deployment shop/harbour-quay: ReplicaSet harbour-quay-6976d88967 says {MASK}"
    assert shown["error"] == RESULT["error"] and shown["status"] == {"name": "harbour", "namespace": "shop", "values": {"name": MASK}}


def test_an_error_about_a_label_names_its_key() -> None:
    options = {"release_labels": {"quay!": "x"}}
    result = {"msg": "release_labels: the key 'quay!' is not valid", "invocation": {"module_args": options}}
    assert masked_result(result, {"quay"})["msg"] == result["msg"]


def test_an_unusual_secret_is_masked_in_names_too() -> None:
    shown = masked_result({"msg": "ConfigMap shop/c-Tide-4711-x", "object": "ConfigMap shop/c-Tide-4711-x"}, {"Tide-4711-x"})
    assert "Tide-4711-x" not in json.dumps(shown)


def test_messages_of_ansible() -> None:
    inner = Event("cause Tide-4711-x")
    result = {"exception": Event("of http://u:pw@h Tide-4711-x", (inner,), inner), "warnings": [Event("w")]}
    shown = masked_result(result, {"Tide-4711-x"})
    assert shown["exception"] == Event(f"of http://{MASK}@h {MASK}", (Event(f"cause {MASK}"),), Event(f"cause {MASK}"))
    assert shown["warnings"] == [Event("w")]


def test_urls_are_masked_in_messages_and_not_in_objects() -> None:
    url = "https://u:p@example.com/x.tgz?sig=1&v=2"
    shown = masked_result({"msg": url, "command": f"helm --repo {url}", "releases": [{"msg": url}], "resources": [url]}, set())
    assert shown["msg"] == f"https://{MASK}@example.com/x.tgz?sig={MASK}&v=2" == shown["releases"][0]["msg"]
    assert shown["command"] == f"helm --repo {shown['msg']}" and shown["resources"] == [url]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("https://token@host/x", f"https://{MASK}@host/x"),
        ("https://u:p@ss@host:1/x", f"https://{MASK}@host:1/x"),
        ("see https://a:b@h/x, or ftp://c:d@i", f"see https://{MASK}@h/x, or ftp://{MASK}@i"),
        ("https://h/x?X-Amz-Credential=a&X-Amz-Signature=b&part=1", f"https://h/x?X-Amz-Credential={MASK}&X-Amz-Signature={MASK}&part=1"),
        ("https://h/x?q=" + "a" * 30, f"https://h/x?q={MASK}"),
        ("https://h/x?timeout=10s and a@b.c", "https://h/x?timeout=10s and a@b.c"),
        ("oci://registry/x@sha256:abc", "oci://registry/x@sha256:abc"),
        ("is 1 = 2? key=", "is 1 = 2? key="),
    ],
)
def test_urls(text: str, shown: str) -> None:
    assert without_url_credentials(text) == shown


def test_addresses_without_a_scheme() -> None:
    assert without_address_credentials("u:p@proxy:3128") == f"{MASK}@proxy:3128"
    assert without_address_credentials("system:serviceaccount:a:b") == "system:serviceaccount:a:b"
    assert set(url_credentials("u:pa%21ss@proxy:3128")) == {"pa%21ss", "pa!ss", "u:pa%21ss", "u:pa!ss"}
