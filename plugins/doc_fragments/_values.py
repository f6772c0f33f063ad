# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Private documentation fragment: the user's values."""

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  release_values:
    description:
      - Values for the chart. Merged over O(values_files).
    type: dict
    default: {}
    aliases: [values]
  values_files:
    description:
      - Values files. Paths on the host that runs the task, or HTTP or HTTPS URLs. Later files override earlier ones.
    type: list
    elements: str
    default: []
  set_values:
    description:
      - Individual values in the syntax of Helm's C(--set). Merged over O(release_values).
      - Entries are applied by type, in the same order as by Helm, that is V(json), V(raw), V(string), V(file), V(literal). Entries of one
        type are applied in list order.
    type: list
    elements: dict
    suboptions:
      value:
        description:
          - The assignment, such as V(image.tag=1.2), V(list[0].name=x) or V(a=1,b=2).
          - For V(raw), one level of shell quoting is removed, as by C(kubernetes.core).
        type: str
        required: true
      value_type:
        description:
          - How the value is parsed. The types correspond to Helm's C(--set), C(--set-string), C(--set-json), C(--set-file) and
            C(--set-literal).
        type: str
        choices: [raw, string, json, file, literal]
        default: raw
  values_from:
    description:
      - Values from other sources, merged in list order over O(values_files) and under O(release_values). Each entry specifies one source.
      - A source is parsed as a values file. With O(values_from[].target_path), its value is set at that path instead.
      - Values from Secrets and from files encrypted with Ansible Vault are masked in all output of the task.
    type: list
    elements: dict
    suboptions:
      file:
        description:
          - Path to a file on the controller, searched for like O(ansible.builtin.copy#module:src). Files encrypted with Ansible Vault are
            decrypted.
        type: str
      remote_src:
        description:
          - Whether O(values_from[].file) is on the host that runs the task instead of on the controller.
        type: bool
        default: false
      template:
        description:
          - Path to a Jinja2 template on the controller, searched for like O(ansible.builtin.template#module:src). It is rendered with the
            variables of the task.
        type: str
      content:
        description:
          - The values, as a dictionary or a string. Together with O(values_from[].file) or O(values_from[].template), the content of that
            file.
        type: raw
      secret:
        description:
          - A key of a Secret in the cluster.
        type: dict
        suboptions: &in_cluster
          name:
            description: Name of the object.
            type: str
            required: true
          namespace:
            description: Namespace of the object. Defaults to the namespace of the release.
            type: str
          key:
            description: Key in the data of the object. Defaults to V(values.yaml).
            type: str
      config_map:
        description:
          - A key of a ConfigMap in the cluster.
        type: dict
        suboptions: *in_cluster
      target_path:
        description:
          - Path at which to set the value, in the syntax of O(set_values), for example V(auth.password) or V(users[0].token).
          - By default, values from Secrets and ConfigMaps are set as strings, and values from other sources are parsed as YAML.
        type: str
      optional:
        description:
          - Ignore a source, or a key of it, that does not exist. Any other problem with the source is still an error.
        type: bool
        default: false
      literal:
        description:
          - With O(values_from[].target_path), whether to set the value as a string (V(true)) or to parse it as YAML (V(false)).
        type: bool
      sensitive:
        description:
          - Mask the values of this source in all output of the task. Always enabled for Secrets and for files encrypted with Ansible Vault.
        type: bool
        default: false
    version_added: 0.2.0
  skip_schema_validation:
    description:
      - Do not validate the values against the C(values.schema.json) of the chart.
    type: bool
    default: false
"""

    TRACING = r"""
options:
  values_trace:
    description:
      - Return the source of each value in RV(values_trace). The values themselves are not included.
    type: bool
    default: false
    version_added: 0.2.0
"""

    SECRETS = r"""
options:
  secret_paths:
    description:
      - Paths of values that are secret, for example V(auth.password), V(users[*].token), V(tls). These values are masked in all output of
        the task. Strings of fewer than four characters are not masked, since they cannot be distinguished from other text.
    type: list
    elements: str
    version_added: 0.2.0
"""

    UNKNOWN = r"""
options:
  unknown_values:
    description:
      - What to do about values of the task that no template of the chart uses, for example a misspelled V(replicaCuont) instead of
        V(replicaCount).
      - V(warn) prints a warning for each of them, with its path, its source and the most similar known name. V(fail) fails the task before
        anything is written, also in check mode. V(ignore) does nothing, as with Helm.
      - A value counts as used in case of doubt, for example if a template passes on all of C(.Values), if a comment in C(values.yaml)
        mentions the key, or if C(values.schema.json) allows additional properties. Not checked are values below C(global), top-level keys
        that start with V(x-), V(_) or a dot, and values from earlier revisions.
      - The check parses all templates of the chart. This takes from a few milliseconds up to a few seconds for the largest charts.
    type: str
    choices: [ignore, warn, fail]
    default: ignore
    version_added: 0.2.0
"""
