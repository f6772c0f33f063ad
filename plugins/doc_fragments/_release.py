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
      - Namespace of the release and of its records. An empty or null name is refused.
    type: str
    required: true
    aliases: [namespace]
"""

    BINARY = r"""
options:
  binary_path:
    description:
      - Ignored, with a warning. It is accepted so that tasks written for C(kubernetes.core) can move; no helm binary is used.
    type: path
"""

    MASKING = r"""
options:
  return_values:
    description:
      - Whether the result holds the values of the release in clear. By default each value is replaced by C(********), the keys stay.
      - The data of Secrets is masked in either case.
    type: bool
    default: false
  secret_paths:
    description:
      - Paths of values that are secret, for example V(auth.password), V(users[*].token), V(tls). What stands there appears nowhere in what the
        task says, with O(return_values=true) neither; texts of fewer than four characters cannot be told from others and are not looked for.
    type: list
    elements: str
"""

    # for modules that read and write no release records
    UNUSED_STORAGE = r"""
options:
  storage_driver:
    description:
      - Accepted and ignored, so that C(module_defaults) can set it for the whole action group. This module uses no release records.
    type: str
    choices: [secret, configmap, memory]
"""

    STORAGE = r"""
options:
  storage_driver:
    description:
      - Where the records of releases are kept. Without it E(HELM_DRIVER) counts, as helm reads it; without that too, V(secret).
      - With V(memory) they are gone when the task ends, what was installed stays in the cluster, and nothing keeps two tasks apart.
      - A record that a Secret or a ConfigMap cannot hold is refused, its biggest parts by name, before anything is written.
    type: str
    choices: [secret, configmap, memory]
"""
