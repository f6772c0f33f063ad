# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Private documentation fragment: how to reach a cluster."""

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  kubeconfig:
    description:
      - Path to a kubeconfig file, or its content as a dictionary.
      - Several paths, separated by V(:), are merged in the same way as by kubectl.
      - With a local connection, a relative path is searched for in C(files/) of the role and of the playbook, then next to the playbook.
        Files encrypted with Ansible Vault are decrypted. With any other connection, it is a path on the remote host.
      - If not specified, E(K8S_AUTH_KUBECONFIG), E(KUBECONFIG), V(~/.kube/config) and the service account of the current pod are tried, in
        this order.
    type: raw
    aliases: [kubeconfig_path]
  context:
    description:
      - The context of the kubeconfig to use. Can also be set with the environment variable E(K8S_AUTH_CONTEXT).
    type: str
    aliases: [kube_context]
  host:
    description:
      - URL of the API server. Can also be set with the environment variable E(K8S_AUTH_HOST).
    type: str
  api_key:
    description:
      - Bearer token for authentication. Can also be set with the environment variable E(K8S_AUTH_API_KEY).
    type: str
  validate_certs:
    description:
      - Whether to verify the TLS certificate of the API server. Can also be set with the environment variable E(K8S_AUTH_VERIFY_SSL).
      - Certificates are verified unless this option, the environment or the kubeconfig disables verification.
    type: bool
    aliases: [verify_ssl]
  ca_cert:
    description:
      - Path to the CA certificate of the API server. Can also be set with the environment variable E(K8S_AUTH_SSL_CA_CERT).
    type: path
    aliases: [ssl_ca_cert]
  username:
    description:
      - User name for basic authentication. Can also be set with the environment variable E(K8S_AUTH_USERNAME).
    type: str
  password:
    description:
      - Password for basic authentication. Can also be set with the environment variable E(K8S_AUTH_PASSWORD).
    type: str
  client_cert:
    description:
      - Path to the client certificate. Can also be set with the environment variable E(K8S_AUTH_CERT_FILE).
    type: path
    aliases: [cert_file]
  client_key:
    description:
      - Path to the private key of the client certificate. Can also be set with the environment variable E(K8S_AUTH_KEY_FILE).
    type: path
    aliases: [key_file]
  proxy:
    description:
      - URL of the HTTP proxy for connections to the API server. Can also be set with the environment variable E(K8S_AUTH_PROXY).
    type: str
  no_proxy:
    description:
      - Comma-separated list of hosts that are accessed without the proxy. Can also be set with the environment variable
        E(K8S_AUTH_NO_PROXY).
    type: str
  proxy_headers:
    description:
      - Additional headers for the proxy.
    type: dict
    suboptions:
      proxy_basic_auth:
        description: Credentials for the proxy, as V(user:password). Can also be set with the environment variable
          E(K8S_AUTH_PROXY_HEADERS_PROXY_BASIC_AUTH).
        type: str
      basic_auth:
        description: Credentials for the API server, as V(user:password). Can also be set with the environment variable
          E(K8S_AUTH_PROXY_HEADERS_BASIC_AUTH).
        type: str
      user_agent:
        description: The User-Agent header. Can also be set with the environment variable E(K8S_AUTH_PROXY_HEADERS_USER_AGENT).
        type: str
  persist_config:
    description:
      - Whether to write refreshed tokens back to the kubeconfig. Can also be set with the environment variable E(K8S_AUTH_PERSIST_CONFIG).
    type: bool
  impersonate_user:
    description:
      - User to impersonate. Can also be set with the environment variable E(K8S_AUTH_IMPERSONATE_USER).
    type: str
  impersonate_groups:
    description:
      - Groups to impersonate. Can also be set with the environment variable E(K8S_AUTH_IMPERSONATE_GROUPS), separated by commas.
    type: list
    elements: str
  tls_server_name:
    description:
      - Name that the certificate of the API server must contain, if it differs from the host name in its URL. Like Helm's
        C(--kube-tls-server-name). The name is also sent as SNI. Can also be set with the environment variable E(K8S_AUTH_TLS_SERVER_NAME).
      - Defaults to C(tls-server-name) of the kubeconfig.
    type: str
    version_added: 0.2.0
  qps:
    description:
      - Maximum number of requests per second on one connection to the API server, like Helm's C(--qps). Can also be set with the
        environment variable E(K8S_AUTH_QPS).
      - If not specified, or V(0) or less, there is no such limit. While waiting for objects, a task never sends more than 20 requests per
        second. Rate limiting by the API server (C(429)) is always respected.
    type: float
    version_added: 0.2.0
  burst_limit:
    description:
      - Maximum burst of requests if O(qps) is set, like Helm's C(--burst-limit). Defaults to V(100). Can also be set with the environment
        variable E(K8S_AUTH_BURST_LIMIT).
    type: int
    version_added: 0.2.0
requirements:
  - kubernetes >= 29.0.0 (only for kubeconfigs with an auth-provider)
"""

    # for modules that contact a cluster only to read values
    FOR_VALUES = r"""
options: {}
notes:
  - A cluster is contacted only if O(values_from) refers to a Secret or a ConfigMap. Otherwise the connection options are ignored. They are
    accepted so that C(module_defaults) can set them for the whole action group.
"""

    # for modules that contact a cluster only to render a chart
    FOR_RENDERING = r"""
options: {}
notes:
  - A cluster is contacted only with O(dry_run=server), or if O(values_from) refers to a Secret or a ConfigMap. Otherwise the connection
    options are ignored. They are accepted so that C(module_defaults) can set them for the whole action group.
"""
