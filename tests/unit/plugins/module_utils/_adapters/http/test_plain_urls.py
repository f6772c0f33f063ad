# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""URLs that are sent without ``requests`` preparing them are those that it would leave as they are."""

from __future__ import annotations

import random

import pytest
import requests
from ansible_collections.windlass.charts.plugins.module_utils._adapters.http.connections import _PLAIN

HOSTS = ("a.b", "127.0.0.1:5000", "x-y:80", "h", "1.2")
PIECES = ("a", "Z", "0", ".", "..", "/", "~", "?", "=", "&", ":", "-", "%3D", "_")


def test_what_is_plain_is_not_changed() -> None:
    chance = random.Random(1)
    texts = {f"http://{chance.choice(HOSTS)}/{''.join(chance.choices(PIECES, k=chance.randrange(12)))}" for _ in range(4000)}
    plain = {text: found["target"] for text in texts if (found := _PLAIN.fullmatch(text))}
    assert len(plain) > 1000
    for text, target in plain.items():
        request = requests.PreparedRequest()
        request.prepare_url(text, None)
        assert (request.url, requests.adapters.HTTPAdapter().request_url(request, {})) == (text, target)


@pytest.mark.parametrize(
    "url",
    [
        "http://h", "http://h//a", "http://h/a/../b", "http://h/.", "http://h/a?", "http://h/a b", "http://h/%2e", "http://u:p@h/a",
        "http://ü/a", "http://.h/a", "http://h/#a", "http://H/a", "http://h:123456/a", "http://[::1]/a", "ftp://h/a", "http://h/a\n",
    ],
)  # fmt: skip
def test_what_is_prepared(url: str) -> None:
    assert not _PLAIN.fullmatch(url)
