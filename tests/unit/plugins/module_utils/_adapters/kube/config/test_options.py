# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Connection options: aliases, environment and precedence. Each case is a line."""

from __future__ import annotations

import pytest
from ansible_collections.windlass.charts.plugins.module_utils._adapters.kube.config.options import OPTIONS, from_params
from ansible_collections.windlass.charts.plugins.module_utils._engine.errors import OptionError

AWX = {
    "K8S_AUTH_HOST": "https://awx:6443",
    "K8S_AUTH_API_KEY": "awx-token",
    "K8S_AUTH_VERIFY_SSL": "True",
    "K8S_AUTH_SSL_CA_CERT": "/runner/ca",
}

CASES = [
    # params, environment, what comes out (options that are not None, empty or ())
    ({}, {}, {}),
    ({"kubeconfig_path": "/a", "kube_context": "c"}, {}, {"kubeconfig": "/a", "context": "c"}),
    ({"verify_ssl": False, "host": "https://h/"}, {}, {"validate_certs": False, "host": "https://h"}),
    ({"ssl_ca_cert": "/ca", "cert_file": "/c", "key_file": "/k"}, {}, {"ca_cert": "/ca", "client_cert": "/c", "client_key": "/k"}),
    ({"host": ""}, {"K8S_AUTH_HOST": "https://e"}, {"host": "https://e"}),
    ({}, {"K8S_AUTH_VERIFY_SSL": "no"}, {"validate_certs": False}),
    ({}, {"K8S_AUTH_VALIDATE_CERTS": "0"}, {"validate_certs": False}),
    (
        {},
        {"K8S_AUTH_IMPERSONATE_USER": "u", "K8S_AUTH_IMPERSONATE_GROUPS": "a, b"},
        {"impersonate_user": "u", "impersonate_groups": ("a", "b")},
    ),
    ({}, {"K8S_AUTH_PROXY_HEADERS_USER_AGENT": "x"}, {"proxy_headers": {"user_agent": "x"}}),
    (
        {},
        AWX,
        {"host": "https://awx:6443", "api_key": "awx-token", "validate_certs": True, "ca_cert": "/runner/ca"},
    ),
    # the task names another cluster: the options of AWX do not apply
    ({"kubeconfig": "/mine"}, AWX, {"kubeconfig": "/mine"}),
    ({"context": "mine"}, AWX, {"context": "mine"}),
    ({"host": "https://mine"}, AWX, {"host": "https://mine"}),
    # the same cluster with one different option
    (
        {"host": "https://awx:6443/"},
        AWX,
        {"host": "https://awx:6443", "api_key": "awx-token", "validate_certs": True, "ca_cert": "/runner/ca"},
    ),
    ({"validate_certs": False}, AWX, {"host": "https://awx:6443", "api_key": "awx-token", "validate_certs": False}),
    ({"api_key": "t"}, AWX, {"host": "https://awx:6443", "api_key": "t", "validate_certs": True, "ca_cert": "/runner/ca"}),
    (
        {"username": "u", "password": "p"},
        AWX,
        {"host": "https://awx:6443", "username": "u", "password": "p", "validate_certs": True, "ca_cert": "/runner/ca"},
    ),
    # an environment that names no cluster fills what the task left
    ({"host": "https://mine"}, {"K8S_AUTH_API_KEY": "t"}, {"host": "https://mine", "api_key": "t"}),
    ({"kubeconfig": "/mine"}, {"K8S_AUTH_VERIFY_SSL": "false"}, {"kubeconfig": "/mine", "validate_certs": False}),
    ({"kubeconfig": "/mine"}, {"K8S_AUTH_API_KEY": "t"}, {"kubeconfig": "/mine"}),
    ({"ca_cert": "/ca"}, {"K8S_AUTH_VERIFY_SSL": "false"}, {"ca_cert": "/ca"}),
    ({"context": "c"}, {"K8S_AUTH_KUBECONFIG": "/env"}, {"context": "c", "kubeconfig": "/env"}),
    ({"kubeconfig": {"a": 1}}, {"K8S_AUTH_CONTEXT": "other"}, {"kubeconfig": {"a": 1}}),
]


@pytest.mark.parametrize(("params", "environ", "expected"), CASES)
def test_what_comes_out(params, environ, expected):
    options = from_params({**dict.fromkeys(OPTIONS), **params}, environ)
    found = {name: value for name in OPTIONS if (value := getattr(options, name)) not in (None, (), {})}
    assert found == expected
    assert set(options.origins) == set(expected)


def test_where_a_value_came_from():
    options = from_params({"validate_certs": True}, AWX)
    assert options.is_explicit("validate_certs")
    assert options.origins["host"] == "environment"


@pytest.mark.parametrize(
    ("params", "environ", "words"),
    [
        ({"api_key": "a", "username": "b", "password": "c"}, {}, ("api_key", "username")),
        ({"api_key": "a", "password": "c"}, {}, ("api_key", "password")),
        ({"validate_certs": False, "ca_cert": "/x"}, {}, ("validate_certs", "ca_cert")),
        ({"password": "c"}, {}, ("password", "username")),
        ({"client_key": "c"}, {}, ("client_key", "client_cert")),
        ({}, {"K8S_AUTH_VERIFY_SSL": "maybe"}, ("K8S_AUTH_VERIFY_SSL", "maybe")),
    ],
)
def test_contradictions_are_named(params, environ, words):
    with pytest.raises(OptionError) as caught:
        from_params(params, environ)
    assert all(word in str(caught.value) for word in words)


def test_a_picture_of_the_options_holds_no_secret():
    options = from_params({"host": "https://h", "api_key": "s3cret"}, {"K8S_AUTH_PASSWORD": "s3cret"})
    assert "s3cret" not in repr(options)
