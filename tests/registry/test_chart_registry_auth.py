# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""``chart_registry_auth`` and ``helm registry login`` take turns on one file."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import servers
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible_collections.windlass.charts.plugins.module_utils._ansible.faces.chart_registry_auth import chart_registry_auth
from ansible_collections.windlass.charts.plugins.module_utils._ansible.options import specs
from ansible_collections.windlass.charts.plugins.module_utils._ansible.task import Result, Task
from ansible_collections.windlass.charts.plugins.module_utils._engine.errors import RepositoryError
from real_helm import Helm

Package = Callable[..., Path]


def run(home: Path, **params: Any) -> Result:
    checked = ArgumentSpecValidator(specs.chart_registry_auth()["argument_spec"]).validate(params)
    assert checked.error_messages == []
    return chart_registry_auth(Task(params=checked.validated_parameters, environ={"HOME": str(home), "PATH": "/usr/bin:/bin"}))


def login(home: Path, registry: servers.Registry, **params: Any) -> Result:
    words: dict[str, Any] = {"host": registry.host, "username": servers.USER, "password": servers.PASSWORD, "plain_http": True}
    return run(home, **{**words, **params})


@pytest.mark.parametrize("kind", ["htpasswd_registry", "token_registry"])
def test_helm_uses_our_login(kind: str, request: pytest.FixtureRequest, helm: Helm, project: str, packaged: Package) -> None:
    registry = request.getfixturevalue(kind)
    assert [login(helm.home, registry)["changed"] for _turn in range(2)] == [True, False]
    helm.must("push", packaged(), f"oci://{registry.host}/{project}", "--plain-http")
    helm.must("registry", "logout", registry.host)
    assert run(helm.home, host=registry.host, state="absent")["changed"] is False
    assert login(helm.home, registry)["changed"] is True


@pytest.mark.parametrize("kind", ["htpasswd_registry", "token_registry"])
@pytest.mark.parametrize("version", ["helm", "helm3"])
def test_a_login_of_helm_is_known(kind: str, version: str, request: pytest.FixtureRequest) -> None:
    registry, helm = request.getfixturevalue(kind), request.getfixturevalue(version)
    helm.must("registry", "login", registry.host, "--username", servers.USER, "--password-stdin", "--plain-http", stdin=servers.PASSWORD)
    file = helm.home / ".config" / "helm" / "registry" / "config.json"
    theirs = file.read_bytes()
    assert login(helm.home, registry)["changed"] is False
    assert file.read_bytes() == theirs
    file.unlink()
    assert login(helm.home, registry)["changed"] is True
    assert json.loads(file.read_bytes()) == json.loads(theirs)
    assert file.read_bytes() == theirs  # to the byte
    assert run(helm.home, host=registry.host, state="absent")["changed"] is True
    assert helm.run("pull", f"oci://{registry.host}/a/b", "--version", "1.0.0", "--plain-http").returncode == 1


def test_tls(tls_registry: servers.Registry, tmp_path: Path) -> None:
    made = tls_registry.authority
    assert made is not None
    with pytest.raises(RepositoryError, match="certificate"):
        login(tmp_path, tls_registry, plain_http=False)
    assert login(tmp_path, tls_registry, plain_http=False, ca_file=str(made.ca))["changed"] is True
    assert login(tmp_path, tls_registry, plain_http=False, insecure=True)["changed"] is False
    with pytest.raises(RepositoryError, match="remove plain_http"):
        login(tmp_path, tls_registry)


@pytest.mark.parametrize("kind", ["htpasswd_registry", "token_registry"])
@pytest.mark.parametrize("version", ["helm", "helm3"])
def test_a_wrong_password_is_not_stored(kind: str, version: str, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    registry, helm = request.getfixturevalue(kind), request.getfixturevalue(version)
    with pytest.raises(RepositoryError, match="did not accept the credentials from username") as caught:
        login(tmp_path, registry, password="canary-7f")
    said = helm.run("registry", "login", registry.host, "--username", servers.USER, "--password-stdin", "--plain-http", stdin="canary-7f").stderr
    assert re.sub(r"\?service=[^\"]*", "", said) == f"Error: {caught.value.helm_message}\n"
    assert not (tmp_path / ".config" / "helm" / "registry" / "config.json").exists()
