# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Logins in docker's config.json, and what credential helpers answer."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest
from ansible_collections.windlass.charts.plugins.module_utils._engine.oci.logins import (
    Login,
    Logins,
    file_text,
    helper_input,
    helper_key,
    helper_login,
    read_logins,
    with_login,
)


def auth(text: str) -> dict[str, str]:
    return {"auth": base64.b64encode(text.encode()).decode()}


def got(document: dict[str, Any], host: str, repository: str = "a/b") -> tuple[str, str]:
    login = Logins(document, "file").get(host, repository)
    return login.username, login.password


AUTHS = {
    "h": auth("host:1"),
    "h/a": auth("project:2"),
    "h/a/b": auth("chart:3"),
    "h:5000": auth("port:4"),
    "https://web.example.org/v1/": auth("web:5"),
    "https://index.docker.io/v1/": auth("hub:6"),
}


@pytest.mark.parametrize(
    ("host", "repository", "user"),
    [
        ("h", "a/b", "chart"),
        ("h", "a/b/c", "chart"),
        ("h", "a/c", "project"),
        ("h", "ab", "host"),
        ("h:5000", "a/b", "port"),
        ("web.example.org", "x", "web"),
        ("registry-1.docker.io", "library/x", "hub"),
        ("other", "a/b", ""),
        ("h.example.org", "a", ""),
    ],
)
def test_the_longest_key_wins(host: str, repository: str, user: str) -> None:
    assert got({"auths": AUTHS}, host, repository)[0] == user


@pytest.mark.parametrize("text", ["robot$ci+build:päss:w$rd", "a:", "a:b:c", "a:\U0001f600"])
def test_every_character_stays(text: str) -> None:
    user, _colon, password = text.partition(":")
    assert got({"auths": {"h": auth(text)}}, "h") == (user, password)


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        ({"username": "u", "password": "p"}, Login("u", "p", source="file")),
        ({"identitytoken": "i"}, Login(identity_token="i", source="file")),
        ({**auth("u:"), "identitytoken": "i"}, Login("u", "", "i", source="file")),
        ({"registrytoken": "r"}, Login(registry_token="r", source="file")),
        ({}, Login()),
        (None, Login()),
        (3, Login()),
        ({"auth": 3}, Login()),
        ({"auth": "no base64!"}, Login()),
    ],
)
def test_kinds_of_logins(entry: Any, expected: Login) -> None:
    assert Logins({"auths": {"h": entry}}, "file").get("h", "a") == expected


def test_no_secret_is_printed() -> None:
    shown = repr(Login("name", "secret-1", "secret-2", "secret-3"))
    assert "name" in shown
    assert "secret" not in shown


@pytest.mark.parametrize(
    ("document", "host", "helper"),
    [
        ({"credHelpers": {"h": "one"}, "credsStore": "all"}, "h", "one"),
        ({"credHelpers": {"h": "one"}, "credsStore": "all"}, "other", "all"),
        ({"credHelpers": {"h": "one"}}, "other", ""),
        ({"credHelpers": {"docker.io": "one"}}, "registry-1.docker.io", "one"),
        ({"credHelpers": {"h": 3}, "credsStore": 4}, "h", ""),
        ({"credHelpers": [], "auths": 3}, "h", ""),
        ({}, "h", ""),
    ],
)
def test_which_helper(document: dict[str, Any], host: str, helper: str) -> None:
    assert Logins(document, "file").helper(host) == helper


@pytest.mark.parametrize("text", [b"{", b"\xff", b"[" * 100_000])
def test_a_file_that_is_not_json(text: bytes) -> None:
    assert read_logins(text, "file") is None


@pytest.mark.parametrize("text", [b"", b" ", b"null", b"[]", b"3", b'{"auths":null}', b'{"auths":{"h":[]}}'])
def test_a_file_of_another_form_has_no_logins(text: bytes) -> None:
    found = read_logins(text, "file")
    assert found is not None
    assert found.get("h", "a").is_empty
    assert found.helper("h") == ""


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ({"ServerURL": "h", "Username": "u", "Secret": "s"}, Login("u", "s", source="helper")),
        ({"ServerURL": "h", "Username": "<token>", "Secret": "s"}, Login(identity_token="s", source="helper")),
        ({"Username": "u"}, None),
        ({"Username": 1, "Secret": 2}, None),
        ([], None),
    ],
)
def test_answers_of_helpers(answer: Any, expected: Login | None) -> None:
    assert helper_login(json.dumps(answer).encode(), "helper") == expected


def test_an_answer_that_is_not_json() -> None:
    assert helper_login(b"no", "helper") is None


@pytest.mark.parametrize(("host", "key"), [("registry-1.docker.io", "https://index.docker.io/v1/"), ("h:5000", "h:5000")])
def test_what_a_helper_is_asked_for(host: str, key: str) -> None:
    assert helper_key(host) == key


@pytest.mark.parametrize("document", [{}, None, [], {"auths": None}, {"auths": {"https://h/v1/": auth("old:1"), "h": auth("older:1")}}])
def test_a_login_is_put_into_a_file(document: Any) -> None:
    changed = with_login(document, "h", Login("u", "p:w"))
    assert changed == {"auths": {"h": auth("u:p:w")}}
    assert with_login(changed, "h", None) == {"auths": {}}
    assert file_text(changed) == b'{\n\t"auths": {\n\t\t"h": {\n\t\t\t"auth": "dTpwOnc="\n\t\t}\n\t}\n}'


def test_the_login_for_docker_hub_has_its_own_key() -> None:
    document = {"auths": {"docker.io": auth("old:1"), "other": auth("a:b")}, "x": 1}
    changed = with_login(document, "registry-1.docker.io", Login("u", "p"))
    assert changed == {"auths": {"https://index.docker.io/v1/": auth("u:p"), "other": auth("a:b")}, "x": 1}
    assert got(changed, "registry-1.docker.io") == ("u", "p")
    assert json.loads(helper_input("docker.io", Login("u", "ä"))) == {"ServerURL": "https://index.docker.io/v1/", "Username": "u", "Secret": "ä"}
