# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Private documentation fragment: which release."""

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  release_name:
    description:
      - Name of the release.
    type: str
    required: true
    aliases: [name]
  release_namespace:
    description:
      - Namespace of the release and of its records. An empty or null namespace causes an error.
    type: str
    required: true
    aliases: [namespace]
"""

    BINARY = r"""
options:
  binary_path:
    description:
      - Ignored with a warning, since no helm binary is used. Accepted for compatibility with C(kubernetes.core).
    type: path
"""

    MASKING = r"""
options:
  return_values:
    description:
      - Whether to return the values of the release in plain text. By default each value is replaced by C(********), and only the keys are
        returned.
      - The data of Secrets is always masked.
    type: bool
    default: false
  secret_paths:
    description:
      - Paths of values that are secret, for example V(auth.password), V(users[*].token), V(tls). These values are masked in all output of
        the task, even with O(return_values=true). Strings of fewer than four characters are not masked, since they cannot be distinguished
        from other text.
    type: list
    elements: str
"""

    # for modules that read and write no release records
    UNUSED_STORAGE = r"""
options:
  storage_driver:
    description:
      - Accepted so that C(module_defaults) can set it for the whole action group. Has no effect, since this module uses no release records.
    type: str
    choices: [secret, configmap, memory]
    version_added: 0.2.0
"""

    STORAGE = r"""
options:
  storage_driver:
    description:
      - The storage backend for release records. Defaults to the environment variable E(HELM_DRIVER), as with Helm, and to V(secret) if that
        is not set.
      - With V(memory), the records are lost when the task ends. The installed objects stay in the cluster. Concurrent tasks on the same
        release do not wait for each other.
      - If a record is too large for a Secret or a ConfigMap, the task fails before anything is written. The error lists the largest parts of
        the record.
    type: str
    choices: [secret, configmap, memory]
    version_added: 0.2.0
"""
