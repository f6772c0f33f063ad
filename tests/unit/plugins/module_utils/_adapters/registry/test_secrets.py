# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A registry that repeats the credentials: they are in no result, message, warning or file."""

from __future__ import annotations

import base64
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.windlass.charts.plugins.module_utils._ansible.faces.chart_copy import chart_copy
from ansible_collections.windlass.charts.plugins.module_utils._ansible.faces.chart_info import chart_info
from ansible_collections.windlass.charts.plugins.module_utils._ansible.faces.chart_pull import chart_pull
from ansible_collections.windlass.charts.plugins.module_utils._ansible.faces.chart_push import chart_push
from ansible_collections.windlass.charts.plugins.module_utils._ansible.faces.chart_registry_auth import chart_registry_auth
from ansible_collections.windlass.charts.plugins.module_utils._ansible.faces.chart_template import chart_template
from ansible_collections.windlass.charts.plugins.module_utils._ansible.options import specs
from ansible_collections.windlass.charts.plugins.module_utils._ansible.runner import run

sys.path.insert(0, str(Path(__file__).parent))
from fake_registry import Asked, FakeRegistry, Reply, archive, errors

CANARY = "canary-7f3a-$ä"
TOKEN = "token-canary-91bc" * 30  # longer than what is quoted of an answer
FACES = {
    "chart_template": chart_template,
    "chart_copy": chart_copy,
    "chart_info": chart_info,
    "chart_pull": chart_pull,
    "chart_push": chart_push,
    "chart_registry_auth": chart_registry_auth,
}


@pytest.fixture
def registry() -> Iterator[FakeRegistry]:
    made = FakeRegistry()
    made.add("1.0.0", archive())
    yield made
    made.stop()


def basic(user: str) -> str:
    return base64.b64encode(f"{user}:{CANARY}".encode()).decode()


def repeats(registry: FakeRegistry, way: str) -> None:
    """Each answer to credentials has them in the error and in a header for the user."""

    def answer(asked: Asked) -> Reply | None:
        texts = [asked.authorization, CANARY, f"user {CANARY} x", TOKEN]
        headers = {"Warning": f'299 - "{asked.authorization} {TOKEN}"'}
        if asked.path.startswith("/token"):
            status = 200 if way == "token" else 401
            return Reply(status, json.dumps({"token": TOKEN, "details": " ".join(texts)}).encode(), headers)
        if not asked.authorization:
            challenge = "Basic" if way == "basic" else f'Bearer realm="http://{registry.host}/token"'
            return Reply(401, headers={"WWW-Authenticate": challenge})
        return Reply(403, errors(" ".join(texts), " ".join(texts)), headers)

    registry.disturb = answer


@pytest.mark.parametrize("way", ["basic", "token", "token server"])
@pytest.mark.parametrize("stored", [False, True])
@pytest.mark.parametrize("face", sorted(FACES))
def test_credentials_that_a_registry_repeats(face: str, stored: bool, way: str, registry: FakeRegistry, tmp_path: Path) -> None:
    repeats(registry, way)
    environ = {"HOME": str(tmp_path), "PATH": "/usr/bin:/bin"}
    spec = getattr(specs, face)()["argument_spec"]
    params: dict[str, Any] = {name: option.get("default") for name, option in spec.items()}
    params |= {"chart_ref": f"oci://{registry.host}/a/pier", "plain_http": True}
    if face == "chart_registry_auth":
        params |= {"host": registry.host, "username": "me", "password": CANARY}
    elif stored:
        file = tmp_path / ".docker" / "config.json"
        file.parent.mkdir()
        file.write_text(json.dumps({"auths": {registry.host: {"auth": basic("me")}}}))
    elif face in ("chart_pull", "chart_push", "chart_copy"):
        params |= {"repo_username": "me", "repo_password": CANARY}
    else:
        params |= {"chart_repo_username": "me", "chart_repo_password": CANARY}
    if face == "chart_pull":
        params["destination"] = str(tmp_path)
    if face == "chart_copy":
        params |= {"source": f"oci://{registry.host}/a", "charts": ["pier"], "destination": str(tmp_path / "out")}
    if face == "chart_push":
        (tmp_path / "pier.tgz").write_bytes(archive())
        params |= {"chart_ref": str(tmp_path / "pier.tgz"), "destination": f"oci://{registry.host}/a"}
    if face == "chart_template":
        params["release_name"] = "one"
    known = set(tmp_path.rglob("*"))
    result = run(FACES[face], params, False, True, environ)
    assert result["failed"] is True
    assert "403" in result["msg"] or "401" in result["msg"]
    written = [path.read_bytes() for path in set(tmp_path.rglob("*")) - known if path.is_file()]
    for secret in (CANARY, basic("me"), *([TOKEN] if way == "token" else [])):
        assert secret[:30] not in json.dumps(result, ensure_ascii=False)
        assert not any(secret.encode() in data for data in written)


def test_the_search_finds_what_a_registry_repeats(registry: FakeRegistry, tmp_path: Path) -> None:
    """The text of the error is shown, with masks in place of the secrets."""
    repeats(registry, "basic")
    params = {name: option.get("default") for name, option in specs.chart_info()["argument_spec"].items()}
    params |= {"chart_ref": f"oci://{registry.host}/a/pier", "plain_http": True, "chart_repo_username": "me", "chart_repo_password": CANARY}
    result = run(chart_info, params, False, False, {"HOME": str(tmp_path), "PATH": "/usr/bin:/bin"})
    assert f"(403: Basic ******** ******** user ******** x {TOKEN[:60]}" in result["msg"]
