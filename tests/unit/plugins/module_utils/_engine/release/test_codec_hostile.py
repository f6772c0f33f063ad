# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Payloads of records that are damaged or were written by another client.

The result is a release that can be written again, or one sentence.
"""

from __future__ import annotations

import base64
import gzip
import json

from ansible_collections.windlass.charts.plugins.module_utils._engine.release.codec import decode, encode
from ansible_collections.windlass.charts.tests.unit.plugins.module_utils._engine.hostile import TEXTS, damaged, refusal, variants

RELEASE = {
    "name": "r",
    "namespace": "n",
    "version": 1,
    "info": {"first_deployed": "2026-01-01T00:00:00Z", "description": "x", "status": "deployed", "notes": "n", "rollback_revision": 1},
    "chart": {
        "metadata": {"name": "c", "version": "1", "dependencies": [{"name": "a"}]},
        "templates": [{"name": "t", "data": "YQ=="}],
        "values": {"a": 1},
        "files": [],
    },
    "config": {"a": [1, {"b": None}]},
    "manifest": "---\n",
    "hooks": [{"name": "h", "kind": "Job", "manifest": "m", "events": ["pre-install"], "last_run": {"phase": ""}, "weight": 1}],
    "apply_method": "ssa",
}


def read_and_write(payload: str) -> None:
    encode(decode(payload))


def packed(text: bytes) -> str:
    return base64.b64encode(gzip.compress(text, mtime=0)).decode()


def plain(text: bytes) -> str:
    return base64.b64encode(text).decode()


def test_every_part_may_be_anything() -> None:
    assert refusal(read_and_write, plain(json.dumps(RELEASE).encode())) == ""
    refused = [refusal(read_and_write, plain(json.dumps(tree).encode())) for tree in variants(RELEASE)]
    assert any(refused) and not all(refused)
    assert all("The record cannot be read" in message for message in refused if message)


def test_damaged_payloads() -> None:
    payload = packed(json.dumps(RELEASE).encode()).encode()
    refused = [refusal(read_and_write, text.decode("latin-1")) for text in damaged(payload, 2000)]
    assert sum(map(bool, refused)) > 1000


def test_texts_that_are_no_release() -> None:
    for text in TEXTS:
        for form in (plain, packed):
            refusal(read_and_write, form(text))


def test_a_payload_that_unpacks_without_end() -> None:
    assert "more than any release holds" in refusal(read_and_write, packed(b" " * 300_000_000))
