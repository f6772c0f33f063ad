# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Options in results, whether they are right or not: as a module prints them, too."""

from __future__ import annotations

import io
import json
import sys
from typing import Any, NoReturn

import pytest
from ansible.module_utils import basic
from ansible_collections.windlass.charts.plugins.module_utils._ansible import module as module_file
from ansible_collections.windlass.charts.plugins.module_utils._ansible.module import SECRETS, run_module
from ansible_collections.windlass.charts.plugins.module_utils._ansible.options import specs
from ansible_collections.windlass.charts.plugins.module_utils._ansible.results.masked_options import (
    mask_params,
    secrets_in,
    secrets_in_environment,
)
from ansible_collections.windlass.charts.plugins.module_utils._ansible.results.masking import masked_result
from ansible_collections.windlass.charts.plugins.module_utils._ansible.results.redact import MASK
from ansible_collections.windlass.charts.plugins.module_utils._ansible.task import Task
from ansible_collections.windlass.charts.plugins.module_utils._engine.errors import ReleaseNotFound

CANARY = "Tide-4711-canary"
KUBECONFIG = {"users": [{"name": "u", "user": {"token": CANARY}}]}
RELEASE = {"release_name": "web", "release_namespace": "shop", "chart_ref": "c"}

WRONG: dict[str, dict[str, Any]] = {
    "unknown option": {"valuess": {"pw": CANARY}},
    "unknown text": {"passwrod": CANARY},
    "kubeconfig": {"kubeconfig": KUBECONFIG},
    "kubeconfig alias": {"kubeconfig_path": KUBECONFIG},
    "kubeconfig as text": {"kubeconfig": f"apiVersion: v1\nusers: [{{user: {{token: {CANARY}}}}}]\n"},
    "kubeconfig as JSON": {"kubeconfig": json.dumps(KUBECONFIG)},
    "values as text": {"values": f"pw: {CANARY}"},
    "values as a list": {"release_values": [CANARY]},
    "set_values as text": {"set_values": f"pw={CANARY}"},
    "set_values as a map": {"set_values": {"value": f"pw={CANARY}"}},
    "set_values of texts": {"set_values": [f"pw={CANARY}"]},
    "set_values with another key": {"set_values": [{"valu": f"pw={CANARY}"}]},
    "set_values of lists": {"set_values": [[CANARY]]},
    "values_from as text": {"values_from": f"pw: {CANARY}"},
    "values_from as a map": {"values_from": {"content": {"pw": CANARY}}},
    "values_from of texts": {"values_from": [CANARY]},
    "values_from with another key": {"values_from": [{"contents": CANARY}]},
    "values_from, content as file": {"values_from": [{"file": f"pw: 1\npw2: {CANARY}"}]},
    "api_key": {"api_key": {"token": CANARY}},
    "proxy_headers": {"proxy_headers": f"basic_auth={CANARY}"},
    "releases": {"releases": [{"name": "a", "values": {"pw": CANARY}, "kubeconfig": KUBECONFIG, "passwrod": CANARY}]},
    "releases as a map": {"releases": {"a": {"pw": CANARY}}},
    "defaults": {"releases": [], "defaults": {"set_values": [f"pw={CANARY}"], "values": CANARY}},
    "URL": {"chart_repo_url": f"https://u:{CANARY}@example.com/x"},
    "URL with a token": {"chart_ref": f"https://{CANARY}@example.com/x.tgz?X-Amz-Signature={CANARY}&v=1"},
    "proxy": {"proxy": f"http://u:{CANARY}@proxy:3128"},
    "proxy without scheme": {"proxy": f"u:{CANARY}@proxy:3128"},
    "values files": {"values_files": [f"https://u:{CANARY}@example.com/v.yaml?token={CANARY}"]},
}


@pytest.mark.parametrize("name", WRONG)
def test_nothing_of_an_option_that_is_wrong_is_shown(name: str) -> None:
    whole = specs.chart_releases() if "releases" in WRONG[name] else specs.chart_release()
    known = {word for option, rule in whole["argument_spec"].items() for word in (option, *rule.get("aliases", ()))}
    shown = mask_params({**RELEASE, **WRONG[name]}, {*known, *RELEASE})
    assert CANARY not in json.dumps(shown) and MASK in json.dumps(shown)
    assert shown["release_name"] == "web"


def test_what_is_shown() -> None:
    params = {**RELEASE, "kubeconfig": "~/.kube/config", "chart_repo_url": "https://charts.example.com/x?v=1", "proxy": "http://proxy:3128"}
    params["values_from"] = [{"file": "values.yaml", "secret": None}, {"secret": {"name": "s", "key": "k"}}]
    assert mask_params(params) == params


def test_secrets_among_options() -> None:
    params = {"proxy": f"http://u:{CANARY}@p", "kubeconfig": KUBECONFIG, "api_key": "token-of-the-api", "chart_ref": "https://c/x?sig=signature-1"}
    assert {CANARY, "token-of-the-api", "signature-1"} <= secrets_in(params)
    assert secrets_in({"chart_ref": "https://example.com/x.tgz", "kubeconfig": "/a", "username": "admin"}) == set()


def test_every_password_is_a_secret_under_each_of_its_names() -> None:
    """The options that are ``no_log`` as a whole, of all modules."""
    modules = [found for name, found in vars(specs).items() if name.startswith(("chart_", "deployer_")) and "argument_spec" in found()]
    rules = [(name, rule) for module in modules for name, rule in module()["argument_spec"].items() if rule.get("no_log")]
    names = {word for name, rule in rules for word in (name, *rule.get("aliases", ()))}
    assert {"password", "destination_password", "chart_repo_password", "passphrase"} <= names
    assert [name for name in sorted(names) if CANARY not in secrets_in({name: CANARY})] == []


@pytest.mark.parametrize(
    "given",
    [
        {"values": {"a": {"pw": CANARY}}},
        {"release_values": {"a": {"pw": CANARY}}},
        {"set_values": [{"value": f"x=1,a.pw={CANARY}"}]},
        {"set_values": [{"value": f'a={{"pw": "{CANARY}"}}', "value_type": "json"}]},
        {"values_from": [{"content": f"a: {{pw: {CANARY}}}"}]},
    ],
)
def test_secret_paths_count_before_the_values_are_put_together(given: dict[str, Any]) -> None:
    """A task with return_values that fails early shows its options in the result."""
    params = {**RELEASE, "return_values": True, "secret_paths": ["a.pw"], **given}
    assert CANARY not in json.dumps(masked_result({"invocation": mask_params(params)}, secrets_in(params)))
    assert CANARY in json.dumps(mask_params({**params, "secret_paths": []}))


def test_secrets_in_the_environment() -> None:
    environ = {"HELM_KUBETOKEN": "token-of-helm", "https_proxy": f"http://u:{CANARY}@proxy:3128", "HTTP_PROXY": "http://proxy:3128", "HOME": "/root/x"}
    assert secrets_in_environment(environ) == {"token-of-helm", CANARY, f"u:{CANARY}"}


def printed(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, args: dict[str, Any], load: Any, shown: bool = False) -> dict[str, Any]:
    """The output of a module that runs with Ansible's own class in this process."""
    given = json.dumps({"ANSIBLE_MODULE_ARGS": args}).encode()
    monkeypatch.setattr(basic, "_ANSIBLE_ARGS", given)
    monkeypatch.setattr(basic, "_ANSIBLE_PROFILE", "legacy", raising=False)
    monkeypatch.setattr(sys, "stdin", io.StringIO())
    logged: list[Any] = []
    monkeypatch.setattr(basic.AnsibleModule, "log", lambda self, msg, log_args=None: logged.append((msg, log_args)))
    with pytest.raises(SystemExit):
        run_module(specs.chart_release(), load)
    out, err = capsys.readouterr()
    assert (shown or CANARY not in out) and CANARY not in err and CANARY not in json.dumps(logged)
    return dict(json.loads(out))


@pytest.mark.parametrize("name", [name for name in WRONG if "releases" not in WRONG[name]])
def test_a_module_prints_nothing_of_it(name: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    def no_library() -> Any:
        raise ImportError("no", name="yaml")

    result = printed(capsys, monkeypatch, {**RELEASE, **WRONG[name]}, no_library)
    assert result["failed"] and result["invocation"]["module_args"]["release_name"] == "web"


def test_a_module_prints_the_message_first(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    def face(_task: Task) -> dict[str, Any]:
        raise ReleaseNotFound("There is none.")

    def without_a_library() -> NoReturn:
        raise ImportError("no", name="yaml")

    for load in (lambda: face, without_a_library):
        result = printed(capsys, monkeypatch, RELEASE, load)
        assert result["failed"] and next(iter(result)) == "msg"


def test_the_system_log_holds_no_values_that_a_result_may_show(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    def face(_task: Task) -> dict[str, Any]:
        return {"changed": False}

    args = {**RELEASE, "return_values": True, "values": {"pw": CANARY}, "set_values": [{"value": f"a={CANARY}"}]}
    given = printed(capsys, monkeypatch, args, lambda: face, shown=True)
    assert given["invocation"]["module_args"]["release_values"] == {"pw": CANARY}


def test_an_old_python_prints_nothing_of_it(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module_file, "OLDEST_PYTHON", (99, 0))
    result = printed(capsys, monkeypatch, {**RELEASE, "values": {"pw": CANARY}}, lambda: None)
    assert "requires Python 99.0" in result["msg"]
    assert result["invocation"]["module_args"]["release_values"] == {"pw": MASK}


def test_texts_of_vault_reach_the_module_and_leave_no_trace(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    def face(task: Task) -> dict[str, Any]:
        task.warn(f"warning of {CANARY}")
        assert SECRETS not in task.params
        return {"changed": True, "stdout": f"notes of x{CANARY}x"}

    result = printed(capsys, monkeypatch, {**RELEASE, "description": f"y{CANARY}y", SECRETS: [CANARY]}, lambda: face)
    assert result["stdout"] == f"notes of x{MASK}x"
    assert result["invocation"]["module_args"]["description"] == f"y{MASK}y"
    result = printed(capsys, monkeypatch, {**RELEASE, "valuess": f"y{CANARY}y", "wait": CANARY, SECRETS: [CANARY]}, lambda: face)
    assert "Unsupported parameters" in result["msg"] or "wait" in result["msg"]
    assert SECRETS not in json.dumps(result)
