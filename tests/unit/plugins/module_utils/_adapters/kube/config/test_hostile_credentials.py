# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Kubeconfigs, tokens, URLs and credential plugins that are damaged, malformed or hostile.

Each either works, so that a request is tried (nothing listens at the address, which is the sign of that), or ends in one sentence of an
error of the engine that names what is wrong. No sentence holds a secret, a line break or an escape sequence.
"""

from __future__ import annotations

import atexit
import base64
import json
import os
import re
import socket
import stat
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from ansible_collections.windlass.charts.plugins.module_utils._adapters import programs
from ansible_collections.windlass.charts.plugins.module_utils._adapters.kube.client import connect
from ansible_collections.windlass.charts.plugins.module_utils._adapters.kube.config import regular_file
from ansible_collections.windlass.charts.plugins.module_utils._adapters.kube.config.options import from_params
from ansible_collections.windlass.charts.plugins.module_utils._engine import errors
from ansible_collections.windlass.charts.plugins.module_utils._engine.yamlio.dump import dumps

SECRET = "SECRETPART"
API = "client.authentication.k8s.io/v1"
REACHED = "No server is listening at"


#: bound and not listening: connections are refused, and no other program gets the port
_CLOSED = socket.socket()
_CLOSED.bind(("127.0.0.1", 0))
atexit.register(_CLOSED.close)
PORT = _CLOSED.getsockname()[1]
HTTP = f"http://127.0.0.1:{PORT}"
HTTPS = f"https://127.0.0.1:{PORT}"


def config(cluster=None, user=None, context=None, **more):
    """A kubeconfig as a dictionary."""
    return {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [{"name": "c", "cluster": {"server": HTTP, **(cluster or {})}}],
        "users": [{"name": "u", "user": {"token": SECRET} if user is None else user}],
        "contexts": [{"name": "x", "context": {"cluster": "c", "user": "u", **(context or {})}}],
        "current-context": "x",
        **more,
    }


def plugin(**entry):
    return config(user={"exec": {"apiVersion": API, "command": "/bin/true", **entry}})


PEM = "-----BEGIN CERTIFICATE-----\n{}\n-----END CERTIFICATE-----\n"
DATA = base64.b64encode(SECRET.encode()).decode()
BAD_PEM = base64.b64encode(PEM.format(DATA).encode()).decode()

#: kubeconfig as a dictionary -> words of the sentence; REACHED: it works
DICTIONARIES = {
    "as it should be": (config(), [REACHED]),
    "a token with a line break at its end": (config(user={"token": f"{SECRET}\n"}), [REACHED]),
    "a token with spaces around it": (config(user={"token": f"\t {SECRET}\r\n\n"}), [REACHED]),
    "a token that is a number": (config(user={"token": 12345}), [REACHED]),
    "a token of letters beyond ASCII": (config(user={"token": f"{SECRET}-é-北京"}), [REACHED]),
    "a token with a line break inside": (config(user={"token": f"{SECRET}\nX-Evil: 1"}), ["token contains a line break"]),
    "a token with a carriage return": (config(user={"token": f"{SECRET}\rX"}), ["token contains a line break"]),
    "a token with a null character": (config(user={"token": f"{SECRET}\0X"}), ["token contains a control character"]),
    "a token with an escape": (config(user={"token": f"{SECRET}\x1b[31m"}), ["token contains a control character"]),
    "a token with half a surrogate pair": (config(user={"token": f"{SECRET}\ud800"}), ["token contains half a surrogate pair"]),
    "a token that is blank": (config(user={"token": "  "}), ["token is empty"]),
    "a token that is a list": (config(user={"token": [SECRET]}), ["token must be a string, not a list"]),
    "a token that is a mapping": (config(user={"token": {"a": SECRET}}), ["token must be a string, not a mapping"]),
    "a tokenFile that is a mapping": (config(user={"tokenFile": {"a": SECRET}}), ["tokenFile must be a string"]),
    "a tokenFile that is missing": (config(user={"tokenFile": "/no/such/token"}), ["/no/such/token", "No such file"]),
    "a tokenFile that is a folder": (config(user={"tokenFile": "/tmp"}), ["token file", "/tmp"]),
    "a tokenFile without end": (config(user={"tokenFile": "/dev/zero"}), ["/dev/zero is a device"]),
    "a tokenFile that is empty": (config(user={"tokenFile": "/dev/null"}), ["/dev/null is empty"]),
    "a tokenFile with a null character": (config(user={"tokenFile": "/tmp/a\0b"}), ["token file", "null"]),
    "a tokenFile with a long name": (config(user={"tokenFile": "/tmp/" + "a" * 5000}), ["token file", "File name too long"]),
    "a user name and password with odd letters": (config(user={"username": "é\n", "password": f"{SECRET}\udce9\n北"}), [REACHED]),
    "a password that is a mapping": (config(user={"username": "u", "password": {"a": SECRET}}), ["password must be a string"]),
    "no server": (config({"server": ""}), ["has no server"]),
    "a server that is a list": (config({"server": [HTTP]}), ["server must be a string"]),
    "a server with an open bracket": (config({"server": "http://[bad"}), ["not a valid URL of an API server"]),
    "a server without scheme": (config({"server": "kube.example:6443"}), ["not a valid URL of an API server"]),
    "a server of another scheme": (config({"server": "ftp://kube.example"}), ["scheme is 'ftp'"]),
    "a server without host": (config({"server": "https://"}), ["it has no host"]),
    "a server with a port too high": (config({"server": "https://kube.example:99999"}), ["the port is not a number"]),
    "a server with port 0": (config({"server": "https://kube.example:0"}), ["the port is 0"]),
    "a server with words for a port": (config({"server": f"https://kube.example:{SECRET}"}), ["the port is not a number"]),
    "a server with a space": (config({"server": "https://kube example"}), ["a space or a control character"]),
    "a server with a line break": (config({"server": "https://kube.example\r\nX: y"}), ["a space or a control character"]),
    "a server with an escape": (config({"server": "https://\x1b[31mkube"}), ["a space or a control character"]),
    "a server with a password": (config({"server": f"https://u:{SECRET}@kube.example"}), ["it contains a user name"]),
    "a server with a password that has a slash": (config({"server": f"https://u:{SECRET}/b@kube.example"}), ["the port is not a number"]),
    "a server with a query": (config({"server": f"https://kube.example/?token={SECRET}"}), ["it contains a query"]),
    "a server with a fragment": (config({"server": "https://kube.example/#a"}), ["it contains a query or a fragment"]),
    "a server whose name is no name": (config({"server": "https://é..example"}), ["the host is not a name"]),
    "a server with a long label": (config({"server": f"https://{'a' * 70}é.example"}), ["the host is not a name"]),
    "a server with a bad IPv6 address": (config({"server": "https://[::zz]:1"}), []),
    "a proxy with an open bracket": (config({"proxy-url": "http://[bad"}), ["not a valid proxy URL"]),
    "a proxy without host": (config({"proxy-url": "http://"}), ["not a valid proxy URL"]),
    "a proxy of another scheme": (config({"proxy-url": f"gopher://u:{SECRET}@p:1"}), ["the scheme is 'gopher'"]),
    "a proxy with a line break": (config({"proxy-url": f"http://u:{SECRET}@p:1\nx"}), ["not a valid proxy URL"]),
    "a proxy that is a mapping": (config({"proxy-url": {"u": SECRET}}), ["proxy-url must be a string"]),
    "a proxy that does not listen": (config({"proxy-url": f"http://u:{SECRET}@127.0.0.1:{PORT}"}), ["proxy"]),
    "an authority that is no base64": (config({"certificate-authority-data": f"{SECRET}%%"}), ["certificate-authority-data is not base64"]),
    "an authority beyond ASCII": (config({"certificate-authority-data": "é北"}), ["certificate-authority-data is not base64"]),
    "an authority that is no PEM": (config({"server": HTTPS, "certificate-authority-data": DATA}), ["is not a PEM certificate"]),
    "an authority of damaged PEM": (config({"server": HTTPS, "certificate-authority-data": BAD_PEM}), ["is not a PEM certificate"]),
    "an authority of null bytes": (config({"server": HTTPS, "certificate-authority-data": "AAAA"}), ["is not a PEM certificate"]),
    "an authority that is a list": (config({"certificate-authority-data": [DATA]}), ["certificate-authority-data must be a string"]),
    "an authority that is missing": (config({"certificate-authority": "/no/such/ca"}), ["/no/such/ca", "No such file"]),
    "an authority that is a folder": (config({"certificate-authority": "/tmp"}), ["/tmp"]),
    "an authority without end": (config({"certificate-authority": "/dev/urandom"}), ["/dev/urandom is a device"]),
    "a client certificate that is no base64": (
        config(user={"client-certificate-data": f"{SECRET}%"}),
        ["client-certificate-data is not base64"],
    ),
    "a client certificate that is no PEM": (
        config({"server": HTTPS}, user={"client-certificate-data": DATA, "client-key-data": DATA}),
        ["client certificate"],
    ),
    "a client certificate without its key": (config({"server": HTTPS}, user={"client-certificate-data": BAD_PEM}), ["client certificate"]),
    "a client key that is a mapping": (config(user={"client-key-data": {"a": SECRET}}), ["client-key-data must be a string"]),
    "insecure as a text": (config({"insecure-skip-tls-verify": "sometimes"}), [REACHED]),
    "a tls-server-name that is a list": (config({"tls-server-name": ["a"]}), ["tls-server-name must be a string"]),
    "as that is a mapping": (config(user={"token": SECRET, "as": {"a": 1}}), ["as must be a string"]),
    "as with a line break": (config(user={"token": SECRET, "as": "jane\nX: y"}), ["the user to impersonate contains a line break"]),
    "as beyond ASCII": (config(user={"token": SECRET, "as": "jürgen-北京"}), [REACHED]),
    "as-groups that is a text": (config(user={"token": SECRET, "as": "j", "as-groups": "devs"}), ["as-groups must be a list of strings"]),
    "as-groups of mappings": (config(user={"token": SECRET, "as": "j", "as-groups": [{}]}), ["as-groups must be a list of strings"]),
    "as-groups of nulls": (config(user={"token": SECRET, "as": "j", "as-groups": [None]}), ["as-groups must be a list of strings"]),
    "as-groups with a line break": (config(user={"token": SECRET, "as": "j", "as-groups": ["a\nb"]}), ["a group to impersonate contains"]),
    "as-groups without as": (config(user={"token": SECRET, "as-groups": ["devs"]}), ["require as"]),
    "as-uid without as": (config(user={"token": SECRET, "as-uid": "1"}), ["require as"]),
    "as-user-extra that is a list": (
        config(user={"token": SECRET, "as": "j", "as-user-extra": ["a"]}),
        ["as-user-extra must be a mapping"],
    ),
    "as-user-extra that is a text": (config(user={"token": SECRET, "as": "j", "as-user-extra": "a"}), ["as-user-extra must be a mapping"]),
    "as-user-extra of texts": (config(user={"token": SECRET, "as": "j", "as-user-extra": {"a": "b"}}), ["a must be a list of strings"]),
    "as-user-extra with a line break": (
        config(user={"token": SECRET, "as": "j", "as-user-extra": {"a": ["b\nc"]}}),
        ["as-user-extra contains a line break"],
    ),
    "as-user-extra with an odd name": (config(user={"token": SECRET, "as": "j", "as-user-extra": {"a b/é\n": ["c"]}}), [REACHED]),
    "exec that is a text": (config(user={"exec": "/bin/true"}), ["exec must be a mapping"]),
    "exec that is a list": (config(user={"exec": ["/bin/true"]}), ["exec must be a mapping"]),
    "exec without command": (plugin(command=None), ["command is missing"]),
    "exec with a command that is a list": (plugin(command=["/bin/true"]), ["command must be a string"]),
    "exec with args that are a text": (plugin(args="--token"), ["args must be a list of strings"]),
    "exec with args that are mappings": (plugin(args=[{"a": SECRET}]), ["args must be a list of strings"]),
    "exec with args that are null": (plugin(args=[None]), ["args must be a list of strings"]),
    "exec with args that have a null character": (plugin(args=["a\0b"]), ["cannot be run"]),
    "exec with numbers for args": (plugin(command="/bin/sh", args=["-c", "exit 3", 1]), ["exited with code 3"]),
    "exec with env that is a mapping": (plugin(env={"A": SECRET}), ["env must be a list of mappings"]),
    "exec with env of texts": (plugin(env=["A=b"]), ["env[0] must be a mapping"]),
    "exec with env without name": (plugin(env=[{"value": SECRET}]), ["env[0]", "name must be the name"]),
    "exec with env whose name has =": (plugin(env=[{"name": "A=B", "value": SECRET}]), ["name must be the name"]),
    "exec with env with a null character": (plugin(env=[{"name": "A", "value": f"{SECRET}\0"}]), ["null characters"]),
    "exec with env that is a list": (plugin(env=[{"name": "A", "value": [SECRET]}]), ["value must be a string"]),
    "exec with half a surrogate pair": (plugin(env=[{"name": "A", "value": "\ud800"}]), ["cannot be run"]),
    "exec of an old version": (plugin(apiVersion="client.authentication.k8s.io/v1alpha1"), ["v1alpha1"]),
    "exec without version": (plugin(apiVersion=None), ["apiVersion ''"]),
    "exec that wants a terminal": (plugin(interactiveMode="Always"), ["requires a terminal"]),
    "exec that is not installed": (
        plugin(command="/no/such/\x1b[31mplugin", installHint="line one\nline two"),
        ["not installed", "line one line two"],
    ),
    "exec that is a folder": (plugin(command="/tmp"), ["not installed"]),
    "exec that may not be run": (plugin(command="/etc/hostname"), ["cannot be run"]),
    "exec with extensions that are a text": (
        config({"extensions": "a"}, user={"exec": {"apiVersion": API, "command": "/bin/true", "provideClusterInfo": True}}),
        ["extensions must be a list"],
    ),
    "an auth-provider": (config(user={"auth-provider": {"name": "gcp"}}), ["auth-provider"]),
    "an auth-provider that is a text": (config(user={"auth-provider": "gcp"}), ["auth-provider"]),
    "an auth-provider with a damaged token": (
        config(user={"auth-provider": {"name": "oidc", "config": {"id-token": f"a.{SECRET}.c", "idp-issuer-url": "https://127.0.0.1:1"}}}),
        ["auth-provider"],
    ),
    "clusters that are a mapping": (config(clusters={"c": {}}), ["clusters must be a list"]),
    "clusters that are a text": (config(clusters=SECRET), ["clusters must be a list"]),
    "users of texts": (config(users=[SECRET]), ["users[0] must have a name"]),
    "a user without name": (config(users=[{"user": {"token": SECRET}}]), ["users[0] must have a name"]),
    "a user whose name is a mapping": (config(users=[{"name": {"a": SECRET}, "user": {}}]), ["users[0] must have a name"]),
    "a user that is a list": (config(users=[{"name": "u", "user": [SECRET]}]), ["users[0] must have a name and a mapping"]),
    "a context that is a list": (config(contexts=[{"name": "x", "context": ["c"]}]), ["contexts[0]"]),
    "a context with a cluster that is a mapping": (config(context={"cluster": {"a": 1}}), ["cluster must be a string"]),
    "a context with a missing cluster": (config(context={"cluster": "\x1b[2Jother"}), ["which does not exist"]),
    "a context with a missing user": (config(context={"user": "other"}), ["which does not exist"]),
    "a namespace that is a list": (config(context={"namespace": ["a"]}), ["namespace must be a string"]),
    "current-context that is a mapping": (config(**{"current-context": {"a": 1}}), ["current-context must be a string"]),
    "current-context that is missing": (config(**{"current-context": "other\nline"}), ["does not exist"]),
    "no current-context": (config(**{"current-context": ""}), ["no current-context"]),
    "an empty kubeconfig": ({"kind": "Config"}, ["no current-context"]),
    "a thousand contexts": (
        config(contexts=[{"name": f"context-{number}", "context": {}} for number in range(1000)]),
        ["does not exist", "..."],
    ),
}

#: options without a kubeconfig
OPTIONS = {
    "api_key with a line break at its end": ({"host": HTTP, "api_key": f"{SECRET}\n"}, [REACHED]),
    "api_key with a line break inside": ({"host": HTTP, "api_key": f"{SECRET}\nx"}, ["api_key contains a line break"]),
    "api_key beyond ASCII": ({"host": HTTP, "api_key": f"{SECRET}北"}, [REACHED]),
    "api_key of an environment with odd bytes": ({"host": HTTP, "api_key": f"{SECRET}\udcff"}, [REACHED]),
    "api_key that is blank": ({"host": HTTP, "api_key": " \n"}, ["api_key is empty"]),
    "impersonate_user with a line break": (
        {"host": HTTP, "api_key": SECRET, "impersonate_user": "jane\r\nX-Evil: 1"},
        ["user to impersonate contains a line break"],
    ),
    "impersonate_user beyond ASCII": ({"host": HTTP, "api_key": SECRET, "impersonate_user": "jürgen 北"}, [REACHED]),
    "impersonate_groups with a line break": (
        {"host": HTTP, "api_key": SECRET, "impersonate_user": "j", "impersonate_groups": ["a\nb"]},
        ["a group to impersonate contains a line break"],
    ),
    "impersonate_groups without user": ({"host": HTTP, "api_key": SECRET, "impersonate_groups": ["a"]}, ["requires impersonate_user"]),
    "impersonate_groups that are a mapping": ({"host": HTTP, "api_key": SECRET, "impersonate_groups": {"a": 1}}, ["a list of groups"]),
    "user and password with odd letters": ({"host": HTTP, "username": "ü:\n", "password": f"{SECRET}\udcff北"}, [REACHED]),
    "a password with half a surrogate pair": ({"host": HTTP, "username": "u", "password": f"{SECRET}\ud800"}, [REACHED]),
    "host with an open bracket": ({"host": "http://[bad", "api_key": SECRET}, ["not a valid URL of an API server"]),
    "host with a password": ({"host": f"https://u:{SECRET}@h", "api_key": "t"}, ["it contains a user name"]),
    "proxy with an open bracket": ({"host": HTTP, "api_key": SECRET, "proxy": "http://[bad"}, ["not a valid proxy URL"]),
    "proxy without scheme": ({"host": HTTP, "api_key": SECRET, "proxy": "proxy.example:3128"}, ["not a valid proxy URL"]),
    "proxy with a password": ({"host": HTTP, "api_key": "t", "proxy": f"ftp://u:{SECRET}@p"}, ["the scheme is 'ftp'"]),
    "proxy_headers with a line break": (
        {"host": HTTP, "api_key": SECRET, "proxy_headers": {"user_agent": "a\nb"}},
        ["proxy_headers.user_agent contains a line break"],
    ),
    "proxy_headers beyond ASCII": (
        {"host": HTTPS, "api_key": SECRET, "proxy": f"http://127.0.0.1:{PORT}", "proxy_headers": {"proxy_basic_auth": f"ü:{SECRET}北"}},
        ["proxy"],
    ),
    "proxy_headers that are a text": ({"host": HTTP, "api_key": SECRET, "proxy_headers": "a"}, ["must be a dictionary"]),
    "ca_cert that is missing": ({"host": HTTPS, "api_key": SECRET, "ca_cert": "/no/such"}, ["/no/such"]),
    "ca_cert that is no PEM": ({"host": HTTPS, "api_key": SECRET, "ca_cert": "/etc/hostname"}, ["is not a PEM certificate"]),
    "client_cert that is a folder": ({"host": HTTPS, "client_cert": "/tmp", "client_key": "/tmp"}, ["/tmp"]),
    "client_cert that is no PEM": ({"host": HTTPS, "client_cert": "/etc/hostname", "client_key": "/etc/hostname"}, ["client certificate"]),
    "validate_certs that is neither": ({"host": HTTPS, "api_key": SECRET, "validate_certs": "perhaps\x1b[31m"}, ["not a boolean"]),
    "tls_server_name with a line break": ({"host": HTTPS, "api_key": SECRET, "tls_server_name": "a\nb"}, ["tls_server_name contains"]),
    "qps that is a text": ({"host": HTTP, "api_key": SECRET, "qps": "fast"}, ["qps must be a number"]),
    "qps that is no number": ({"host": HTTP, "api_key": SECRET, "qps": float("nan")}, ["qps must be a number"]),
    "burst_limit with a fraction": ({"host": HTTP, "api_key": SECRET, "burst_limit": 1.5}, ["burst_limit must be a whole number"]),
    "kubeconfig that is text": ({"kubeconfig": dumps(config())}, ["contains the content of a kubeconfig", "from_yaml"]),
    "kubeconfig that is JSON": ({"kubeconfig": json.dumps(config())}, ["contains the content of a kubeconfig"]),
    "kubeconfig that is text in one line": ({"kubeconfig": f"apiVersion: {SECRET}"}, ["contains the content of a kubeconfig"]),
    "kubeconfig with a long name": ({"kubeconfig": SECRET * 1000}, ["contains the content of a kubeconfig"]),
    "kubeconfig with a null character": ({"kubeconfig": "/tmp/a\0b"}, ["/tmp/a b"]),
    "kubeconfig with a long file name": ({"kubeconfig": "/tmp/" + "a" * 300}, ["File name too long"]),
    "kubeconfig that is a folder": ({"kubeconfig": "/tmp"}, ["/tmp"]),
    "kubeconfig without end": ({"kubeconfig": "/dev/zero"}, ["/dev/zero is a device"]),
    "kubeconfig that is empty": ({"kubeconfig": "/dev/null"}, ["no current-context"]),
    "kubeconfig that is missing": ({"kubeconfig": "/no/such/file"}, ["does not exist"]),
    "kubeconfig below a file": ({"kubeconfig": "/etc/hostname/config"}, ["/etc/hostname/config"]),
    "a context with an escape": ({"kubeconfig": config(), "context": "\x1b[31mother"}, ["does not exist"]),
    "nothing at all": ({}, ["No cluster connection is configured"]),
}

#: content of a kubeconfig file
FILES = {
    "no YAML": (b"{a: [", ["not a kubeconfig"]),
    "a list": (b"- a\n", ["instead of a mapping"]),
    "a text": (SECRET.encode(), ["instead of a mapping"]),
    "UTF-16": (dumps(config()).encode("utf-16"), [REACHED]),
    "bytes": (os.urandom(10) + b"\xff\xfe\x00" * 50, ["not"]),
    "null bytes": (b"\0" * 100, ["not"]),
    "deep YAML": (b"[" * 50_000, ["not"]),
    "deep JSON": (b'{"a":' * 50_000, ["not"]),
    "aliases that multiply": (
        b"a: &a [x,x,x,x,x,x,x,x,x]\n" + b"".join(b"%c: &%c [%s]\n" % (n, n, b",".join([b"*%c" % (n - 1)] * 9)) for n in range(98, 106)),
        [],
    ),
    "a key twice": (b'{"kind": "Config", "kind": "Config", "users": []}', []),
    "tabs": (b"users:\n\t- name: " + SECRET.encode(), ["line"]),
    "a tag": (b"!!python/object/apply:os.system ['true']", ["not"]),
    "Go's timestamps": (dumps(config()).encode() + b"\npreferences: {since: 2024-01-01T00:00:00Z}\n", [REACHED]),
    "a mark at the beginning": (b"\xef\xbb\xbf" + dumps(config()).encode(), [REACHED]),
    "DOS line ends": (dumps(config()).replace("\n", "\r\n").encode(), [REACHED]),
    "two documents": (dumps(config()).encode() + b"---\n" + dumps(config()).encode(), []),
}


def sentence(params, environ):
    """The message of a task with these options."""
    with pytest.raises(errors.EngineError) as caught:
        connect(from_params(params, environ), 20.0).version()
    error = caught.value
    assert not isinstance(error, errors.InternalError)
    text = str(error)
    everything = f"{text} {error.helm} {error.fields}"
    assert SECRET not in everything
    assert DATA not in everything
    assert not re.search(r"[\x00-\x1f\x7f-\x9f]", text), repr(text)
    assert len(text) < 1500
    return text


def environment(tmp_path):
    return {"HOME": str(tmp_path), "PATH": os.environ["PATH"]}


@pytest.mark.parametrize("what", DICTIONARIES)
def test_a_kubeconfig_as_a_dictionary(tmp_path, what):
    kubeconfig, words = DICTIONARIES[what]
    text = sentence({"kubeconfig": kubeconfig}, environment(tmp_path))
    assert all(word.lower() in text.lower() for word in words), text


@pytest.mark.parametrize("what", OPTIONS)
def test_options(tmp_path, what):
    params, words = OPTIONS[what]
    text = sentence(params, environment(tmp_path))
    assert all(word.lower() in text.lower() for word in words), text


@pytest.mark.parametrize("what", FILES)
@pytest.mark.parametrize("way", ["option", "KUBECONFIG", "home"])
def test_a_kubeconfig_in_a_file(tmp_path, what, way):
    data, words = FILES[what]
    path = tmp_path / ".kube" / "config"
    path.parent.mkdir()
    path.write_bytes(data)
    environ = environment(tmp_path) if way == "home" else {**environment(tmp_path), "HOME": "/nowhere"}
    if way == "KUBECONFIG":
        environ["KUBECONFIG"] = f"/no/such/file:{path}"
    text = sentence({"kubeconfig": str(path)} if way == "option" else {}, environ)
    assert all(word.lower() in text.lower() for word in words), text


@pytest.mark.parametrize("text", [dumps(config()), json.dumps(config()), "a" * 10_000])
@pytest.mark.parametrize("variable", ["KUBECONFIG", "K8S_AUTH_KUBECONFIG"])
def test_content_in_a_variable(tmp_path, variable, text):
    assert "contains the content of a kubeconfig" in sentence({}, {**environment(tmp_path), variable: text})


@pytest.mark.parametrize("value", ["http://[bad", f"http://u:{SECRET}@[bad", "ftp://p", f"http://u:{SECRET}@p:x", "://"])
def test_a_proxy_in_the_environment(tmp_path, value):
    params = {"host": "https://kube.example:6443", "api_key": "t"}
    assert "not a valid proxy URL" in sentence(params, {**environment(tmp_path), "HTTPS_PROXY": value})


def test_a_proxy_without_scheme_in_the_environment_is_gos(tmp_path):
    params = {"host": "https://kube.example:6443", "api_key": "t"}
    assert "proxy" in sentence(params, {**environment(tmp_path), "HTTPS_PROXY": f"127.0.0.1:{PORT}"})


def test_without_home_and_with_a_deleted_working_directory(tmp_path, monkeypatch):
    def no_entry(_uid: int) -> None:
        raise KeyError("no entry")

    monkeypatch.setattr("pwd.getpwuid", no_entry)
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    assert "No cluster connection is configured" in sentence({}, {})
    assert REACHED in sentence({"kubeconfig": config()}, {})
    assert "does not exist" in sentence({"kubeconfig": "relative"}, {})
    assert "No such file" in sentence({"kubeconfig": config(user={"tokenFile": "relative"})}, {})


def test_no_wait_for_a_pipe_without_a_writer(tmp_path, monkeypatch):
    monkeypatch.setattr(regular_file, "_PIPE_SECONDS", 0.2)
    path = tmp_path / "pipe"
    os.mkfifo(path)
    began = time.monotonic()
    assert "nothing was written to this pipe" in sentence({"kubeconfig": str(path)}, environment(tmp_path))
    assert "nothing was written to this pipe" in sentence({"kubeconfig": config(user={"tokenFile": str(path)})}, environment(tmp_path))
    assert time.monotonic() - began < 5


def test_a_pipe_is_read(tmp_path):
    path = tmp_path / "pipe"
    os.mkfifo(path)
    writer = threading.Thread(target=path.write_bytes, args=(dumps(config()).encode(),), daemon=True)
    writer.start()
    assert REACHED in sentence({"kubeconfig": str(path)}, environment(tmp_path))
    writer.join(5)


# ------------------------------------------------------------------------------------------------------------------ plugins


@pytest.fixture
def script(tmp_path):
    """A credential plugin with this shell code; the kubeconfig that names it."""

    def write(code):
        path = tmp_path / "plugin.sh"
        path.write_text(f"#!/bin/sh\n{code}\n")
        path.chmod(stat.S_IRWXU)
        return {"kubeconfig": plugin(command=str(path))}

    return write


def answer(**status):
    return json.dumps({"apiVersion": API, "kind": "ExecCredential", "status": status})


#: code of the plugin -> words of the sentence
PLUGINS = {
    "a token": (f"echo '{answer(token=SECRET)}'", [REACHED]),
    "a token with a line break at its end": (f"cat <<'E'\n{answer(token=SECRET + chr(10))}\nE", [REACHED]),
    "a token with a line break inside": (f"cat <<'E'\n{answer(token=SECRET + chr(10) + 'x')}\nE", ["contains a line break"]),
    "a token that is a number": (f"echo '{answer(token=7)}'", [REACHED]),
    "a token beyond ASCII": (f"echo '{answer(token=SECRET + 'é北')}'", [REACHED]),
    "no output": ("true", ["did not print an ExecCredential"]),
    "no JSON": (f"echo {SECRET}", ["did not print an ExecCredential"]),
    "a JSON list": (f"echo '[\"{SECRET}\"]'", ["did not print an ExecCredential"]),
    "a status that is a text": ('echo \'{"status": "x"}\'', ["did not print an ExecCredential"]),
    "no status": (f'echo \'{{"apiVersion": "{API}"}}\'', ["did not print an ExecCredential"]),
    "deep JSON": (f"{sys.executable} -c 'print(\"[\" * 100000)'", ["did not print an ExecCredential"]),
    "another version": (f"echo '{answer(token=SECRET)}' | sed s#/v1#/v9#", ["apiVersion"]),
    "a version with an escape": (f"printf '%s' '{answer(token=SECRET)}' | sed 's#/v1#/\\\\u001b[31m#'", ["apiVersion"]),
    "neither token nor certificate": (f"echo '{answer()}'", ["neither a token nor"]),
    "a certificate that is none": (f"echo '{answer(clientCertificateData=SECRET, clientKeyData=SECRET)}'", [REACHED]),
    "an odd time": (f"echo '{answer(token=SECRET, expirationTimestamp='soon')}'", [REACHED]),
    "a time far away": (f"echo '{answer(token=SECRET, expirationTimestamp='9999-12-31T23:59:59-23:59')}'", [REACHED]),
    "a time long ago": (f"echo '{answer(token=SECRET, expirationTimestamp='0001-01-01T00:00:00+23:59')}'", [REACHED]),
    "a time that is a number": (f"echo '{answer(token=SECRET, expirationTimestamp=5)}'", [REACHED]),
    "an error with escapes": ("printf 'first\\n\\033[31mlogin expired\\033[0m' >&2; exit 1", ["exited with code 1: login expired."]),
    "three megabytes of errors": ("head -c 3000000 /dev/zero | tr '\\0' x >&2; exit 2", ["exited with code 2", "..."]),
    "three megabytes of lines": ("yes | head -c 3000000 >&2; echo 'the end' >&2; exit 2", ["exited with code 2: the end"]),
    "output without end": ("yes", ["printed more than 1 MiB"]),
    "output without end in one line": ("cat /dev/zero", ["printed more than 1 MiB"]),
    "ended by a signal": ("kill -9 $$", ["terminated by signal 9"]),
    "a code beyond": ("exit 255", ["exited with code 255"]),
    "errors that are no text": ("printf '\\377\\376' >&2; exit 1", ["exited with code 1"]),
    "no shebang": ("", ["did not print"]),
    "closed output": ("exec >&- 2>&-; exit 0", ["did not print"]),
}


@pytest.mark.parametrize("what", PLUGINS)
def test_what_a_plugin_prints(tmp_path, script, what):
    code, words = PLUGINS[what]
    began = time.monotonic()
    text = sentence(script(code), {**environment(tmp_path), "CASE": what})
    assert all(word.lower() in text.lower() for word in words), text
    assert time.monotonic() - began < 15


def _is_running(word):
    found = subprocess.run(["ps", "-eo", "stat,args"], capture_output=True, text=True, check=True).stdout
    return any(word in line and not line.startswith("Z") for line in found.splitlines())


@pytest.mark.parametrize("code", ["sleep {0}", "sleep {0} & sleep {0}; wait", "trap '' TERM INT HUP; while :; do sleep {0}; done"])
@pytest.mark.slow
def test_a_plugin_that_hangs_is_ended_with_its_children(tmp_path, script, code):
    word = f"{3000 + os.getpid() % 1000}.{abs(hash(code)) % 1000}"
    began = time.monotonic()
    with pytest.raises(errors.ClusterConfigError, match="timed out after"):
        connect(from_params(script(code.format(word)), {**environment(tmp_path), "CASE": code}), 1.0).version()
    assert time.monotonic() - began < 8
    ended_by = time.monotonic() + 5  # a killed process ends when the kernel runs it next
    while _is_running(f"sleep {word}"):
        assert time.monotonic() < ended_by
        time.sleep(0.05)


def test_no_wait_for_a_child_of_a_plugin_that_keeps_its_output_open(tmp_path, script):
    began = time.monotonic()
    text = sentence(script(f"sleep 20 & echo '{answer(token=SECRET)}'"), {**environment(tmp_path), "CASE": "child"})
    assert REACHED in text
    assert time.monotonic() - began < 8


def test_no_process_can_be_started(tmp_path, script, monkeypatch):
    def refused(*_arguments, **_options):
        raise BlockingIOError(11, "Resource temporarily unavailable")

    monkeypatch.setattr(programs.os, "posix_spawn", refused)
    text = sentence(script("true"), {**environment(tmp_path), "CASE": "no process"})
    assert "cannot be run: Resource temporarily unavailable" in text


def test_no_file_can_be_opened(tmp_path, script, monkeypatch):
    def refused():
        raise OSError(24, "Too many open files")

    monkeypatch.setattr(programs.os, "pipe", refused)
    assert "Too many open files" in sentence(script("true"), {**environment(tmp_path), "CASE": "no file"})


def test_no_open_file_is_left(tmp_path, script):
    before = sum(1 for _file in Path("/proc/self/fd").iterdir())
    for code in ("exit 1", "yes", f"sleep 20 & echo '{answer(token=SECRET)}'", "echo 1"):
        sentence(script(code), {**environment(tmp_path), "CASE": f"files {code}"})
    assert sum(1 for _file in Path("/proc/self/fd").iterdir()) == before


def test_there_are_enough_cases():
    assert len(DICTIONARIES) + len(OPTIONS) + len(FILES) + len(PLUGINS) >= 180
    assert Path(__file__).exists()
