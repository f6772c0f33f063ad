# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Challenges, scopes, token servers, and what registries and token servers answer."""

from __future__ import annotations

import time

import pytest
from ansible_collections.windlass.charts.plugins.module_utils._engine.errors import RepositoryError
from ansible_collections.windlass.charts.plugins.module_utils._engine.oci.challenges import (
    check_realm,
    error_texts,
    merged_scopes,
    parse_challenge,
    parse_token,
    repository_scope,
)

REALM = 'realm="https://auth.example.org/token"'


@pytest.mark.parametrize(
    ("header", "scheme", "parameters"),
    [
        (f'Bearer {REALM},service="s",scope="repository:a/b:pull"', "bearer", {"service": "s", "scope": "repository:a/b:pull"}),
        (f'bearer {REALM} , service=s , scope="a b"', "bearer", {"service": "s", "scope": "a b"}),
        (f'BEARER SERVICE="a\\"b", {REALM}', "bearer", {"service": 'a"b'}),
        (f'Basic realm="x", Bearer {REALM},scope="repository:a:pull,push"', "bearer", {"scope": "repository:a:pull,push"}),
        (f'Bearer {REALM},service="s", Basic realm="x"', "bearer", {"service": "s"}),
        ('Basic realm="Registry Realm"', "basic", {"realm": "Registry Realm"}),
        ("Basic", "basic", {}),
        ('Negotiate, Basic realm="x"', "basic", {"realm": "x"}),
        (f'Bearer {REALM},scope="broken', "bearer", {}),
    ],
)
def test_challenges(header: str, scheme: str, parameters: dict[str, str]) -> None:
    found = parse_challenge(header)
    assert found is not None
    assert found.scheme == scheme
    assert {key: found.parameters[key] for key in parameters} == parameters


@pytest.mark.parametrize("header", ["", " ", ",,,", "Negotiate", 'Digest realm="x"', "=", '"'])
def test_no_scheme_that_is_known(header: str) -> None:
    assert parse_challenge(header) is None


def test_a_hostile_header_is_read_quickly() -> None:
    started = time.process_time()
    parse_challenge('Bearer a="' + '\\"' * 500_000)
    parse_challenge("a=" * 500_000)
    assert time.process_time() - started < 1


@pytest.mark.parametrize(
    ("scopes", "merged"),
    [
        (["repository:a:pull", "repository:a:push"], ["repository:a:pull,push"]),
        (["repository:a:push,pull", "repository:a:pull"], ["repository:a:pull,push"]),
        (["repository:x-push:pull"], ["repository:x-push:pull"]),
        (["repository:h:5000/a:pull", "repository:b:pull"], ["repository:b:pull", "repository:h:5000/a:pull"]),
        (["repository:a:metadata_read", "repository:a:pull"], ["repository:a:metadata_read,pull"]),
        (["repository:a:*", "repository:a:pull"], ["repository:a:*"]),
        (["repository:a:", "repository:b:,"], []),
        (["registry:catalog:*", "openid"], ["openid", "registry:catalog:*"]),
        ([], []),
    ],
)
def test_scopes_are_merged(scopes: list[str], merged: list[str]) -> None:
    assert merged_scopes(scopes) == merged
    assert merged_scopes([*scopes, *scopes]) == merged


def test_the_scope_of_a_repository() -> None:
    assert repository_scope("a/b", "pull", "push") == "repository:a/b:pull,push"


@pytest.mark.parametrize(
    ("realm", "registry"),
    [
        ("https://auth.docker.io/token", "https://registry-1.docker.io/v2/"),
        ("http://127.0.0.1:5001/token", "http://127.0.0.1:5000/v2/"),
        ("http://tokens.example.org/token", "http://registry.example.org/v2/"),
        ("https://10.0.0.1/token", "https://10.0.0.1:5000/v2/"),
        ("https://8.8.8.8/token", "https://h/v2/"),
        ("https://localhost/token", "https://localhost:5000/v2/"),
    ],
)
def test_token_servers_that_may_get_credentials(realm: str, registry: str) -> None:
    assert check_realm(realm, registry) is None  # it raises for one that may not


@pytest.mark.parametrize(
    ("realm", "registry", "says"),
    [
        ("http://auth.example.org/token", "https://h/v2/", "is reached over https, but its token server"),
        ("http://h/token", "https://h/v2/", "is reached over https"),
        ("https://127.0.0.1/token", "https://h/v2/", "internal address"),
        ("https://[::1]/token", "https://h/v2/", "internal address"),
        ("https://[::ffff:127.0.0.1]/token", "https://h/v2/", "internal address"),
        ("https://10.1.2.3/token", "https://h/v2/", "internal address"),
        ("https://169.254.169.254/latest", "https://h/v2/", "internal address"),
        ("https://0.0.0.0/token", "https://h/v2/", "internal address"),
        ("https://localhost/token", "https://h/v2/", "internal address"),
        ("http://192.168.0.1/token", "http://127.0.0.1:5000/v2/", "internal address"),
        ("ftp://h/token", "https://h/v2/", "not a valid http or https URL"),
        ("file:///etc/passwd", "https://h/v2/", "not a valid http or https URL"),
        ("token", "https://h/v2/", "not a valid http or https URL"),
        ("https://[/token", "https://h/v2/", "not a valid http or https URL"),
        ("https://h:x/token", "https://h/v2/", "not a valid http or https URL"),
        ("https://me:word@h/token", "https://h/v2/", "not a valid http or https URL"),
        ("", "https://h/v2/", "not a valid http or https URL"),
    ],
)
def test_token_servers_that_may_not(realm: str, registry: str, says: str) -> None:
    with pytest.raises(RepositoryError, match=says) as caught:
        check_realm(realm, registry)
    assert "word" not in str(caught.value)


@pytest.mark.parametrize(
    ("answer", "text", "lifetime"),
    [
        (b'{"token":"t"}', "t", 60),
        (b'{"access_token":"a"}', "a", 60),
        (b'{"token":"t","access_token":"a","expires_in":300}', "a", 300),
        (b'{"token":"t","expires_in":"soon"}', "t", 60),
        (b'{"token":"t","expires_in":-5}', "t", 60),
        (b'{"token":"t","expires_in":true}', "t", 60),
        (b'{"token":"t","access_token":null}', "t", 60),
    ],
)
def test_answers_with_a_token(answer: bytes, text: str, lifetime: float) -> None:
    found = parse_token(answer, "x")
    assert (found.text, found.lifetime) == (text, lifetime)
    assert repr(found) == f"Token(lifetime={found.lifetime!r})"


@pytest.mark.parametrize("answer", [b"", b"{}", b"[]", b"<html>", b'{"token":""}', b'{"token":3}', b'{"token":"a\\nb"}', b'{"token":"\xc3\xa4"}', b"[" * 99999])
def test_answers_without_a_token(answer: bytes) -> None:
    with pytest.raises(RepositoryError, match="x returned no token"):
        parse_token(answer, "x")


@pytest.mark.parametrize(
    ("answer", "found"),
    [
        (b'{"errors":[{"code":"DENIED","message":"quota","detail":{}}]}', [("DENIED", "quota")]),
        (b'{"errors":[{"code":"A"},{"message":"b\\nc"},3]}', [("A", ""), ("", "b c")]),
        (b'{"errors":{}}', []),
        (b'{"errors":null}', []),
        (b"<html>", []),
        (b"", []),
        (b"[" * 100_000, []),
    ],
)
def test_errors_of_a_registry(answer: bytes, found: list[tuple[str, str]]) -> None:
    assert error_texts(answer) == found
