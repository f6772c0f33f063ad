# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The kubeconfig on disk may contain any token.

It is reused only if it is a token of the account with time left.
"""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest
from ansible_collections.windlass.charts.plugins.module_utils._engine.access import identity
from ansible_collections.windlass.charts.tests.unit.plugins.module_utils._engine.fakes import FakeClock, MemoryCluster

SUB = "system:serviceaccount:ops:deployer"
LATER = 4_000_000_000


def token(claims: Any) -> str:
    middle = claims if isinstance(claims, bytes) else json.dumps(claims).encode()
    return f"head.{base64.urlsafe_b64encode(middle).decode().rstrip('=')}.signature"


HOSTILE = {
    "nothing": "",
    "no dots": "opaque",
    "dots alone": "..",
    "no base64": "a.%%%.c",
    "beyond ASCII": "a.é北.c",
    "half a surrogate pair": "a.\ud800.c",
    "no JSON": token(b"{"),
    "bytes": token(b"\xff\xfe"),
    "deep JSON": token(b"[" * 100_000),
    "a list": token([1]),
    "a text": token("x"),
    "exp that is a text": token({"sub": SUB, "exp": "tomorrow"}),
    "exp that is a number as text": token({"sub": SUB, "exp": str(LATER)}),
    "exp that is null": token({"sub": SUB, "exp": None}),
    "exp that is true": token({"sub": SUB, "exp": True}),
    "exp that is a list": token({"sub": SUB, "exp": [LATER]}),
    "exp that is a mapping": token({"sub": SUB, "exp": {"a": 1}}),
    "exp that is not a number": token({"sub": SUB, "exp": float("nan")}),
    "exp without end": token({"sub": SUB, "exp": float("inf")}),
    "exp beyond any date": token({"sub": SUB, "exp": 10**30}),
    "exp of many digits": token(b'{"sub": "' + SUB.encode() + b'", "exp": ' + b"9" * 6000 + b"}"),
    "exp below zero": token({"sub": SUB, "exp": -5}),
    "exp that is past": token({"sub": SUB, "exp": 1000}),
    "no exp": token({"sub": SUB}),
    "another account": token({"sub": "system:serviceaccount:ops:other", "exp": LATER}),
    "sub that is a list": token({"sub": [SUB], "exp": LATER}),
}


@pytest.mark.parametrize("what", HOSTILE)
def test_a_token_that_cannot_be_used_is_replaced(what: str) -> None:
    cluster = MemoryCluster("ops")
    request = identity.IdentityRequest(
        name="deployer", namespace="ops", scope="namespace", namespaces=("ops",), rules=(), token_seconds=3600, token=HOSTILE[what]
    )
    assert identity._is_valid(request, cluster, FakeClock()) is False
    assert cluster.requests == [], "no server is asked about it"


def test_the_time_of_a_good_token() -> None:
    assert identity._expiry(token({"sub": SUB, "exp": LATER})) == LATER
    assert identity._expiry(token({"sub": SUB, "exp": 1.5})) == 1.5
