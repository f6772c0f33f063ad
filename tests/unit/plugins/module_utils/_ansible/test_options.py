# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every option, alias, type and default of kubernetes.core's helm modules is known to ours: adding one is adding a line."""

from __future__ import annotations

import pytest
from ansible_collections.windlass.charts.plugins.module_utils._ansible import options

CONNECTION = """
context str - kube_context
kubeconfig raw - kubeconfig_path
host str - -
api_key str - -
validate_certs bool - verify_ssl
ca_cert path - ssl_ca_cert
binary_path path - -
"""

# name, type, default, aliases
PEER = {
    "chart_release": CONNECTION
    + """
chart_ref path - -
chart_repo_url str - -
chart_version str - -
dependency_update bool False dep_up
release_name str - name
release_namespace str - namespace
release_state str present state
release_values dict {} values
values_files list [] -
update_repo_cache bool False -
set_values list - -
reuse_values bool - -
reset_values bool - -
reset_then_reuse_values bool False -
disable_hook bool False -
force bool False -
purge bool True -
wait bool False -
wait_for_jobs bool False -
wait_timeout str - -
timeout str - -
atomic bool False -
server_side str - -
force_conflicts bool False -
create_namespace bool False -
post_renderer str - -
replace bool False -
skip_crds bool False -
history_max int - -
insecure_skip_tls_verify bool False skip_tls_certs_check
plain_http bool False -
take_ownership bool False -
skip_schema_validation bool False -
""",
    "chart_release_info": CONNECTION
    + """
release_name str - name
release_namespace str - namespace
release_state list [] -
get_all_values bool False -
""",
    "chart_repository": CONNECTION
    + """
repo_name str - name
repo_url str - url
repo_username str - username
repo_password str - password
repo_state str present state
pass_credentials bool False -
force_update bool False force
insecure_skip_tls_verify bool False skip_tls_certs_check
""",
    "chart_template": """
binary_path path - -
chart_ref path - -
chart_repo_url str - -
chart_version str - -
dependency_update bool False dep_up
disable_hook bool False -
include_crds bool False -
output_dir path - -
insecure_registry bool False -
release_name str - name
release_namespace str - -
release_values dict {} values
show_only list [] -
values_files list [] -
update_repo_cache bool False -
set_values list - -
plain_http bool False -
""",
}
CASES = [(face, *line.split()) for face, table in PEER.items() for line in table.strip().splitlines() if line]


@pytest.mark.parametrize(("face", "name", "kind", "default", "alias"), CASES)
def test_peer_option(face: str, name: str, kind: str, default: str, alias: str) -> None:
    option = getattr(options, face)()["argument_spec"][name]
    assert option["type"] == kind
    assert str(option.get("default", "-")) == default
    assert alias == "-" or alias in option["aliases"]


SIXTEEN = [
    "kubeconfig",
    "context",
    "host",
    "api_key",
    "validate_certs",
    "ca_cert",
    "username",
    "password",
    "client_cert",
    "client_key",
    "proxy",
    "no_proxy",
    "proxy_headers",
    "persist_config",
    "impersonate_user",
    "impersonate_groups",
]


@pytest.mark.parametrize("face", ["chart_release", "chart_release_info", "chart_release_rollback"])
def test_connection_is_whole(face: str) -> None:
    spec = getattr(options, face)()["argument_spec"]
    assert len(SIXTEEN) == 16 and set(SIXTEEN) <= set(spec)
    assert all(spec[name]["no_log"] for name in ("api_key", "password"))


@pytest.mark.parametrize("face", sorted(PEER))
def test_nothing_excludes_context(face: str) -> None:
    """AWX sets K8S_AUTH_*; an explicit context must not clash with it."""
    assert "mutually_exclusive" not in getattr(options, face)()
