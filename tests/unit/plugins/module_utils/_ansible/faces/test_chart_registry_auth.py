# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""``chart_registry_auth``: login and logout, in Helm's file and in credential helpers.

``tests/registry`` compares it with the real helm.
"""

from __future__ import annotations

import base64
import json
import stat
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible_collections.windlass.charts.plugins.module_utils._ansible.faces.chart_registry_auth import chart_registry_auth
from ansible_collections.windlass.charts.plugins.module_utils._ansible.options import specs
from ansible_collections.windlass.charts.plugins.module_utils._ansible.task import Result, Task
from ansible_collections.windlass.charts.plugins.module_utils._engine.errors import OperatorError, OptionError, RepositoryError

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "_adapters" / "registry"))
from fake_registry import Asked, FakeRegistry, Reply

USER, PASSWORD = "robot$ci", "pä:ss-canary"


def auth(text: str) -> dict[str, str]:
    return {"auth": base64.b64encode(text.encode()).decode()}


class Place:
    """A registry that wants Basic, and a home."""

    def __init__(self, home: Path) -> None:
        self.registry = FakeRegistry()
        self.home = home
        self.environ = {"HOME": str(home), "PATH": "/usr/bin:/bin"}
        self.config = home / ".config" / "helm" / "registry" / "config.json"
        self.valid = {"Basic " + auth(f"{USER}:{PASSWORD}")["auth"]}
        self.registry.disturb = self.answer

    def answer(self, asked: Asked) -> Reply | None:
        if asked.path == "/v2/" and asked.authorization in self.valid:
            return Reply(body=b"{}")
        return Reply(401, headers={"WWW-Authenticate": 'Basic realm="x"'})

    def run(self, check_mode: bool = False, diff: bool = False, **params: Any) -> Result:
        given = {"host": self.registry.host, "plain_http": True, **params}
        checked = ArgumentSpecValidator(specs.chart_registry_auth()["argument_spec"]).validate(given)
        assert checked.error_messages == []
        task = Task(params=checked.validated_parameters, environ=self.environ, check_mode=check_mode, diff=diff)
        result = chart_registry_auth(task)
        assert PASSWORD not in json.dumps(result)
        return result

    def login(self, **params: Any) -> Result:
        return self.run(**{"username": USER, "password": PASSWORD, **params})

    def stored(self) -> dict[str, Any]:
        return dict(json.loads(self.config.read_bytes()))

    def write(self, document: dict[str, Any]) -> None:
        self.config.parent.mkdir(parents=True, exist_ok=True)
        self.config.write_text(json.dumps(document))

    def helper(self, script: str) -> None:
        program = self.home / "docker-credential-test"
        program.write_text(f"#!/bin/sh\n{script}")
        program.chmod(program.stat().st_mode | stat.S_IXUSR)
        self.environ["PATH"] = f"{self.home}:/usr/bin:/bin"


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    made = Place(tmp_path)
    yield made
    made.registry.stop()


def test_login_and_logout(place: Place) -> None:
    for changed in (True, False):
        assert place.login(check_mode=True)["changed"] is changed
        assert place.config.exists() is not changed
        result = place.login()
        assert (result["changed"], result["stdout"]) == (changed, "Login Succeeded\n" if changed else "")
        assert place.stored() == {"auths": {place.registry.host: auth(f"{USER}:{PASSWORD}")}}
    assert place.config.stat().st_mode & 0o777 == 0o600
    assert result["command"] == f"helm registry login {place.registry.host} --username 'robot$ci' --password ******** --plain-http"
    before = place.config.read_bytes()
    for changed in (True, False):
        assert place.run(state="absent", check_mode=True)["changed"] is changed
        assert (place.config.read_bytes() == before) is changed
        assert place.run(state="absent")["changed"] is changed
        assert place.stored() == {"auths": {}}


def test_another_password_is_stored(place: Place) -> None:
    place.login()
    place.valid = {"Basic " + auth(f"{USER}:second")["auth"]}
    with pytest.raises(RepositoryError, match=r"did not accept the credentials from username .401"):
        place.login()
    assert place.login(password="second", diff=True)["diff"]["before"] == f"{place.registry.host}: logged in with other credentials\n"
    assert place.stored() == {"auths": {place.registry.host: auth(f"{USER}:second")}}


@pytest.mark.parametrize("check_mode", [True, False])
def test_a_login_that_is_refused_is_not_stored(check_mode: bool, place: Place) -> None:
    with pytest.raises(RepositoryError, match=r"did not accept the credentials from username .401") as caught:
        place.login(password="wrong-canary", check_mode=check_mode)
    assert "canary" not in str(caught.value)
    assert not place.config.exists()


def test_what_else_is_in_the_file_stays(place: Place) -> None:
    host = place.registry.host
    other = {"auths": {"other": auth("a:b"), f"https://{host}/v2/": auth("old:old")}, "credHelpers": {"third": "x"}, "more": [1]}
    place.write(other)
    place.login()
    assert place.stored() == {**other, "auths": {"other": auth("a:b"), host: auth(f"{USER}:{PASSWORD}")}}
    place.run(state="absent")
    assert place.stored() == {**other, "auths": {"other": auth("a:b")}}


@pytest.mark.parametrize("text", ["[", "[]", "3"])
def test_a_damaged_file_is_not_replaced(text: str, place: Place) -> None:
    place.write({})
    place.config.write_text(text)
    for params in ({"username": USER, "password": PASSWORD}, {"state": "absent"}):
        with pytest.raises(OperatorError, match=r"config\.json is not a JSON object"):
            place.run(**params)
    assert place.config.read_text() == text


def test_an_empty_file_is_no_login(place: Place) -> None:
    place.write({})
    place.config.write_text("")
    assert place.run(state="absent")["changed"] is False
    assert place.login()["changed"] is True


def test_a_credential_helper_stores_it(place: Place) -> None:
    place.write({"credsStore": "test"})
    kept = place.home / "kept"
    place.helper(
        f"case $1 in store) cat > {kept};; erase) rm {kept};; get) cat {kept} 2> /dev/null && exit 0;"
        " echo 'credentials not found in native keychain'; exit 1;; esac\n"
    )
    for changed in (True, False):
        assert place.login(check_mode=True)["changed"] is changed
        assert place.login()["changed"] is changed
    assert json.loads(kept.read_bytes()) == {"ServerURL": place.registry.host, "Username": USER, "Secret": PASSWORD}
    assert place.stored() == {"credsStore": "test"}
    for changed in (True, False):
        assert place.run(state="absent")["changed"] is changed
    assert not kept.exists()


@pytest.mark.parametrize(
    ("script", "says"),
    [
        (None, "docker-credential-test is not installed"),
        ("echo locked >&2; exit 2\n", "docker-credential-test exited with code 2"),
        ("[ $1 = get ] && echo 'credentials not found in native keychain' && exit 1; exit 3\n", "exited with code 3 when it was called with 'store'"),
    ],
)
def test_a_credential_helper_that_fails(script: str | None, says: str, place: Place) -> None:
    place.write({"credHelpers": {place.registry.host: "test"}})
    if script:
        place.helper(script)
    with pytest.raises(OperatorError, match=says) as caught:
        place.login()
    assert "canary" not in str(caught.value)


def test_tokens(place: Place) -> None:
    """The challenge of ``/v2/`` has no scope."""
    realm = f"http://{place.registry.host}/token"

    def answer(asked: Asked) -> Reply | None:
        if asked.path.startswith("/token"):
            return Reply(body=b'{"token":"good"}') if asked.authorization in place.valid else Reply(401)
        return Reply(body=b"{}") if asked.authorization == "Bearer good" else Reply(401, headers={"WWW-Authenticate": f'Bearer realm="{realm}",service="s"'})

    place.registry.disturb = answer
    assert place.login()["changed"] is True
    assert [path for path in place.registry.paths if path.startswith("/token")] == ["/token?service=s"]
    with pytest.raises(RepositoryError, match=r"token server of .* did not accept the credentials from username"):
        place.login(password="wrong")


def test_what_is_no_registry(place: Place) -> None:
    place.registry.disturb = lambda asked: Reply(404)
    with pytest.raises(RepositoryError, match="is not an OCI registry"):
        place.login()


@pytest.mark.parametrize(
    ("params", "says"),
    [
        ({"host": "h/project"}, "is not a registry: 'h/project' is not a host"),
        ({"host": ""}, "it has no host"),
        ({"host": "me:word@h"}, "it contains credentials"),
        ({"username": None}, "username is missing"),
        ({"password": None}, "password is missing"),
        ({"username": "a:b"}, "must not contain ':'"),
        ({"key_file": "/k"}, "cert_file and key_file"),
    ],
)
def test_what_is_refused(params: dict[str, Any], says: str, place: Place) -> None:
    with pytest.raises(OptionError, match=says) as caught:
        place.login(**params)
    assert "word@" not in str(caught.value) + str(caught.value.helm)
    assert place.registry.asked == []


def test_no_home(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    import pwd

    monkeypatch.setattr(pwd, "getpwuid", {}.__getitem__)  # as for a user id without an entry
    place.environ = {}
    with pytest.raises(OperatorError, match="There is no home directory"):
        place.run(state="absent")
