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
      - A kubeconfig file, or its content as a dictionary.
      - Several files, separated by V(:), are merged as kubectl merges them.
      - With a local connection a relative path is looked for in C(files/) of the role and of the playbook, then beside the playbook, as Ansible
        looks for files; a file that Ansible Vault encrypted is decrypted. With another connection it is a path on that host.
      - Without it the environment counts, E(K8S_AUTH_KUBECONFIG) before E(KUBECONFIG), then V(~/.kube/config), then the service account of the
        pod that the task runs in.
    type: raw
    aliases: [kubeconfig_path]
  context:
    description:
      - The context of the kubeconfig to use. May be set by E(K8S_AUTH_CONTEXT).
    type: str
    aliases: [kube_context]
  host:
    description:
      - URL of the API server. May be set by E(K8S_AUTH_HOST).
    type: str
  api_key:
    description:
      - A bearer token. May be set by E(K8S_AUTH_API_KEY).
    type: str
  validate_certs:
    description:
      - Whether to verify the certificate of the API server. May be set by E(K8S_AUTH_VERIFY_SSL).
      - Certificates are verified when neither this option, the environment nor the kubeconfig says otherwise.
    type: bool
    aliases: [verify_ssl]
  ca_cert:
    description:
      - File with the certificate authority of the API server. May be set by E(K8S_AUTH_SSL_CA_CERT).
    type: path
    aliases: [ssl_ca_cert]
  username:
    description:
      - User for basic authentication. May be set by E(K8S_AUTH_USERNAME).
    type: str
  password:
    description:
      - Password for basic authentication. May be set by E(K8S_AUTH_PASSWORD).
    type: str
  client_cert:
    description:
      - File with the client certificate. May be set by E(K8S_AUTH_CERT_FILE).
    type: path
    aliases: [cert_file]
  client_key:
    description:
      - File with the key of the client certificate. May be set by E(K8S_AUTH_KEY_FILE).
    type: path
    aliases: [key_file]
  proxy:
    description:
      - URL of an HTTP proxy on the way to the API server. May be set by E(K8S_AUTH_PROXY).
    type: str
  no_proxy:
    description:
      - Hosts that are reached without the proxy, separated by commas. May be set by E(K8S_AUTH_NO_PROXY).
    type: str
  proxy_headers:
    description:
      - Headers for the proxy.
    type: dict
    suboptions:
      proxy_basic_auth:
        description: V(user:password) for the proxy. May be set by E(K8S_AUTH_PROXY_HEADERS_PROXY_BASIC_AUTH).
        type: str
      basic_auth:
        description: V(user:password) for the API server. May be set by E(K8S_AUTH_PROXY_HEADERS_BASIC_AUTH).
        type: str
      user_agent:
        description: The user agent to send. May be set by E(K8S_AUTH_PROXY_HEADERS_USER_AGENT).
        type: str
  persist_config:
    description:
      - Whether tokens that were refreshed are written back to the kubeconfig. May be set by E(K8S_AUTH_PERSIST_CONFIG).
    type: bool
  impersonate_user:
    description:
      - User to act as. May be set by E(K8S_AUTH_IMPERSONATE_USER).
    type: str
  impersonate_groups:
    description:
      - Groups to act as. May be set by E(K8S_AUTH_IMPERSONATE_GROUPS), separated by commas.
    type: list
    elements: str
  tls_server_name:
    description:
      - The name that the certificate of the API server must have, where it differs from the name in its URL, as C(--kube-tls-server-name)
        of Helm. It is sent as the server name (SNI) too. May be set by E(K8S_AUTH_TLS_SERVER_NAME).
      - Without it, C(tls-server-name) of the kubeconfig counts.
    type: str
  qps:
    description:
      - The most requests a second that one connection to the API server sends, as C(--qps) of Helm. May be set by E(K8S_AUTH_QPS).
      - Without it, or with V(0) or less, there is no such limit. While a task waits for objects it sends at most 20 requests a second in any
        case, and the API server's own limits (C(429)) are followed.
    type: float
  burst_limit:
    description:
      - How many requests may be sent at once after a pause, where O(qps) is set, as C(--burst-limit) of Helm. V(100) without it. May be set by
        E(K8S_AUTH_BURST_LIMIT).
    type: int
requirements:
  - kubernetes >= 29.0.0 (only for kubeconfigs with an auth-provider)
"""

    # for modules that contact a cluster only to read values
    FOR_VALUES = r"""
options: {}
notes:
  - A cluster is contacted only for entries of O(values_from) that name a Secret or a ConfigMap. Otherwise the options for the connection are
    accepted and ignored, so that C(module_defaults) can set them for the whole action group.
"""
