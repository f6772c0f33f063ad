# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""From options to a connection: kubeconfigs are found and merged; errors are one sentence."""

from __future__ import annotations

import base64
import json
import os
import stat
import sys
from pathlib import Path

import pytest
from ansible_collections.windlass.charts.plugins.module_utils._adapters.kube.config.auth import Authenticator
from ansible_collections.windlass.charts.plugins.module_utils._adapters.kube.config.config import resolve
from ansible_collections.windlass.charts.plugins.module_utils._adapters.kube.config.options import from_params
from ansible_collections.windlass.charts.plugins.module_utils._engine.errors import ClusterConfigError


def kubeconfig(server="https://one:6443", user=None, cluster=None, name="one"):
    return {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [{"name": name, "cluster": {"server": server, **(cluster or {})}}],
        "users": [{"name": name, "user": user or {"token": f"token-of-{name}"}}],
        "contexts": [{"name": name, "context": {"cluster": name, "user": name, "namespace": "ns"}}],
        "current-context": name,
    }


def connection(environ=None, **params):
    return resolve(from_params(params, {"HOME": "/nowhere", **(environ or {})}))


@pytest.fixture
def write(tmp_path):
    def _write(name, body):
        path = tmp_path / name
        path.write_text(body if isinstance(body, str) else json.dumps(body))
        return str(path)

    return _write


def test_a_path_a_dictionary_and_the_environment_are_the_same(write):
    path = write("a", kubeconfig())
    ways = [
        connection(kubeconfig=path),
        connection(kubeconfig=kubeconfig()),
        connection({"KUBECONFIG": path}),
        connection({"K8S_AUTH_KUBECONFIG": path}),
        connection({"KUBECONFIG": f"/missing{os.pathsep}{path}"}),
    ]
    assert {(way.server, way.credentials.token, way.namespace) for way in ways} == {("https://one:6443", "token-of-one", "ns")}


def test_of_several_files_the_first_is_right(write):
    one, two = write("a", kubeconfig()), write("b", kubeconfig("https://two", name="two"))
    both = f"{one}{os.pathsep}{two}"
    assert connection({"KUBECONFIG": both}).server == "https://one:6443"
    assert connection({"KUBECONFIG": both}, context="two").server == "https://two"
    assert connection(kubeconfig=both, context="two").credentials.token == "token-of-two"


def test_paths_inside_start_at_the_file(write, tmp_path):
    write("ca.pem", "authority")
    write("token", "from-file\n")
    path = write("a", kubeconfig(cluster={"certificate-authority": "ca.pem"}, user={"tokenFile": "token"}))
    found = connection(kubeconfig=path)
    assert found.ca == b"authority"
    assert Authenticator(found).identity().authorization == "Bearer from-file"


def test_data_beats_the_path(write):
    data = base64.b64encode(b"inline").decode()
    found = connection(kubeconfig=kubeconfig(cluster={"certificate-authority": "/missing", "certificate-authority-data": data}))
    assert found.ca == b"inline"


def test_single_options_lie_on_top(write):
    body = kubeconfig(cluster={"certificate-authority-data": base64.b64encode(b"x").decode()})
    found = connection(kubeconfig=body, api_key="mine", validate_certs=False, impersonate_user="u", impersonate_groups=["g", "h"])
    assert (found.credentials.token, found.verify, found.ca) == ("mine", False, b"")
    assert found.impersonate == (("Impersonate-User", "u"), ("Impersonate-Group", "g"), ("Impersonate-Group", "h"))


def test_host_and_credentials_need_no_kubeconfig():
    assert connection({"KUBECONFIG": "/missing"}, host="https://h:1", api_key="t").server == "https://h:1"


@pytest.mark.parametrize(
    ("no_proxy", "server", "proxied"),
    [
        ("", "https://api.example.com:6443", True),
        ("example.com", "https://api.example.com", False),
        (".example.com", "https://api.example.com", False),
        ("other.com,10.0.0.0/8", "https://10.1.2.3", False),
        ("10.0.0.0/8", "https://11.1.2.3", True),
        ("api.example.com:443", "https://api.example.com", False),
        ("api.example.com:444", "https://api.example.com", True),
        ("*", "https://api.example.com", False),
        ("", "https://127.0.0.1:6443", False),
        ("", "https://localhost", False),
    ],
)
def test_the_environments_proxy(no_proxy, server, proxied):
    found = connection({"HTTPS_PROXY": "http://proxy:3128", "NO_PROXY": no_proxy}, host=server, api_key="t")
    assert bool(found.proxy) is proxied


def test_an_explicit_proxy_is_used_even_for_loopback():
    assert connection(host="https://127.0.0.1", api_key="t", proxy="http://p:1").proxy == "http://p:1"


BAD = [
    ("missing", {"kubeconfig": "/missing/file"}, ["kubeconfig", "/missing/file", "does not exist"]),
    ("nothing", {}, ["No cluster connection", "kubeconfig", "host and api_key"]),
    ("context", {"kubeconfig": kubeconfig(), "context": "two"}, ["'two'", "available: one"]),
    ("no current context", {"kubeconfig": {**kubeconfig(), "current-context": ""}}, ["no current-context", "one"]),
    ("no cluster", {"kubeconfig": {**kubeconfig(), "clusters": []}}, ["cluster 'one'", "does not exist"]),
    ("no user", {"kubeconfig": {**kubeconfig(), "users": []}}, ["user 'one'", "does not exist"]),
    ("no list", {"kubeconfig": {**kubeconfig(), "users": {"a": 1}}}, ["users must be a list"]),
    ("no mapping", {"kubeconfig": {**kubeconfig(), "users": ["a"]}}, ["users[0]"]),
    ("no server", {"kubeconfig": kubeconfig(server="")}, ["no server"]),
    ("no URL", {"host": "cluster.example", "api_key": "t"}, ["host", "https://name:6443"]),
    ("bad base64", {"kubeconfig": kubeconfig(cluster={"certificate-authority-data": "?"})}, ["certificate-authority-data", "base64"]),
    ("missing ca", {"host": "https://h", "api_key": "t", "ca_cert": "/missing/ca"}, ["ca_cert", "/missing/ca"]),
    ("groups alone", {"host": "https://h", "api_key": "t", "impersonate_groups": ["a"]}, ["impersonate_user"]),
    ("unknown plugin version", {"kubeconfig": kubeconfig(user={"exec": {"command": "x", "apiVersion": "v9"}})}, ["x", "v9"]),
    (
        "no plugin",
        {"kubeconfig": kubeconfig(user={"exec": {"command": "/no/such", "apiVersion": "client.authentication.k8s.io/v1"}})},
        ["/no/such", "not installed"],
    ),
    ("auth provider", {"kubeconfig": kubeconfig(user={"auth-provider": {"name": "azure"}})}, ["auth-provider", "'one'"]),
]


@pytest.mark.parametrize(("params", "words"), [case[1:] for case in BAD], ids=[case[0] for case in BAD])
def test_what_is_wrong_is_one_sentence(params, words):
    with pytest.raises(ClusterConfigError) as caught:
        Authenticator(connection(**params)).identity()
    message = str(caught.value)
    assert all(word in message for word in words), message
    assert "\n" not in message


def test_json_is_read_as_yaml_is(write):
    """Programs write kubeconfigs as JSON. What is not quite JSON is read as the YAML that it may be."""
    body = kubeconfig(user={"username": "u", "password": "line\n\u00e9\u2028'\\/:# x", "exec": None})
    text = json.dumps(body)
    as_yaml = "# not JSON for that\n" + json.dumps(body, ensure_ascii=False).replace("\u2028", "\\u2028")
    ways = [connection(kubeconfig=write(name, shape)) for name, shape in (("a", text), ("b", json.dumps(body, indent=2)), ("c", as_yaml))]
    assert {(way.server, way.credentials.password) for way in ways} == {("https://one:6443", "line\n\u00e9\u2028'\\/:# x")}
    for broken in (text[:-1], "{" * 20_000):
        with pytest.raises(ClusterConfigError):
            connection(kubeconfig=write("d", broken))
    loose = text.replace('"one"', "one").replace("}]}", "}],}")  # flow YAML
    assert connection(kubeconfig=write("e", loose)).server == "https://one:6443"


@pytest.mark.parametrize("text", ["clusters: [\n", "a: b: c\n", "\tx", "- a", "just words"])
def test_a_malformed_file_is_named_and_not_shown(write, text):
    path = write("bad", f"{text}\n# token: s3cret")
    with pytest.raises(ClusterConfigError) as caught:
        connection(kubeconfig=path)
    assert path in str(caught.value)
    assert "s3cret" not in str(caught.value)


def plugin(write, script, **more):
    path = write("plugin.py", f"#!{sys.executable}\n{script}")
    Path(path).chmod(stat.S_IRWXU)
    return kubeconfig(user={"exec": {"command": path, "apiVersion": "client.authentication.k8s.io/v1", **more}})


def test_a_credential_plugin_runs_once_and_gets_its_input(write, tmp_path):
    script = f"""
import json, os
open({str(tmp_path / "runs")!r}, "a").write("x")
info = json.loads(os.environ["KUBERNETES_EXEC_INFO"])
token = "-".join([os.environ["WHO"], info["spec"]["cluster"]["server"]])
print(json.dumps({{"apiVersion": info["apiVersion"], "kind": "ExecCredential", "status": {{"token": token}}}}))
"""
    body = plugin(write, script, env=[{"name": "WHO", "value": "me"}], provideClusterInfo=True)
    for _other in range(2):
        identity = Authenticator(connection({"PATH": os.environ["PATH"]}, kubeconfig=body)).identity()
        assert identity.authorization == "Bearer me-https://one:6443"
    assert (tmp_path / "runs").read_text() == "x"
    Authenticator(connection({"PATH": os.environ["PATH"], "PROFILE": "other"}, kubeconfig=body)).identity()
    assert (tmp_path / "runs").read_text() == "xx"


@pytest.mark.parametrize(
    ("script", "words"),
    [
        ("import sys; sys.stderr.write('first\\nlog in again'); sys.exit(3)", ["code 3", "log in again"]),
        ("print('nothing')", ["ExecCredential"]),
        ('print(\'{"apiVersion": "client.authentication.k8s.io/v1", "status": {}}\')', ["neither a token nor"]),
        ('print(\'{"apiVersion": "v2", "status": {"token": "t"}}\')', ["apiVersion"]),
    ],
)
def test_a_credential_plugin_that_fails(write, script, words):
    with pytest.raises(ClusterConfigError) as caught:
        Authenticator(connection(kubeconfig=plugin(write, script))).identity()
    assert all(word in str(caught.value) for word in words), str(caught.value)
