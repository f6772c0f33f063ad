# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Mail and web addresses, each judged as Helm 4 judges it in a Chart.yaml."""

from __future__ import annotations

import time

import pytest
from ansible_collections.windlass.charts.plugins.module_utils._engine.lint.rules.addresses import is_mail, is_request, is_web

MAILS = [
    ("a@b.c", True),
    ("a.b+c@d-e.example.com", True),
    ("A@B.CD", True),
    ('"x"@z.de', True),
    ('"xy"@z.de', False),
    ("ä@ö.de", True),
    ("a@b.c.", True),
    ("a@b", False),
    ("a@localhost", False),
    ("<a@b.c>", False),
    ("a b@c.de", False),
    ("a..b@c.de", False),
    (".a@b.c", False),
    ("@b.c", False),
    ("a@-b.c", False),
    ("a@b.c1", False),
]
#: address, as a maintainer's url, as an icon or a source
WEB = [
    ("https://example.org/x?y#z", True, True),
    ("example.org/x", True, False),
    ("http://localhost:8080", True, True),
    ("http://1.2.3.4/x", True, True),
    ("http://[::1]:80/", True, True),
    ("https://example.org/@user", True, True),
    ("https://u:p@h.example.org/", True, True),
    ("foo", False, False),
    ("https://a b", False, False),
    ("http://a..b", False, True),
    ("mailto:a@b.c", True, True),
    ("data:image/png;base64,AA", False, True),
    (".a.b", False, False),
    ("http://@1", True, True),
    ("", False, False),
]


@pytest.mark.parametrize(("text", "answer"), MAILS)
def test_mail(text: str, answer: bool) -> None:
    assert is_mail(text) is answer


@pytest.mark.parametrize(("text", "web", "request_"), WEB)
def test_web(text: str, web: bool, request_: bool) -> None:
    assert (is_web(text), is_request(text)) == (web, request_)


@pytest.mark.parametrize(
    "text", ["a." * 5000 + "!", "https://" + "a-" * 900 + "/ ", "a@" * 900, "a@" + "a.-" * 4000, "http://" + "1." * 900 + "_"]
)
def test_no_address_takes_long(text: str) -> None:
    started = time.process_time()
    is_mail(text), is_web(text), is_request(text)
    assert time.process_time() - started < 1
