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
      - Values, merged over O(values_files).
    type: dict
    default: {}
    aliases: [values]
  values_files:
    description:
      - Values files on the host that runs the task, or C(http(s)://) URLs, each merged over those before it.
    type: list
    elements: str
    default: []
  set_values:
    description:
      - Single values in the grammar of helm's C(--set), merged over O(release_values).
      - Kinds are applied in the order in which helm applies them, that is V(json), V(raw), V(string), V(file), V(literal); within a kind the
        order of the list counts.
    type: list
    elements: dict
    suboptions:
      value:
        description:
          - For example V(image.tag=1.2), V(list[0].name=x), V(a=1,b=2).
          - In a V(raw) entry one level of shell quoting is taken off, as C(kubernetes.core) did.
        type: str
        required: true
      value_type:
        description:
          - How the text is read, as by helm's C(--set), C(--set-string), C(--set-json), C(--set-file) and C(--set-literal).
        type: str
        choices: [raw, string, json, file, literal]
        default: raw
  values_from:
    description:
      - Values from other places, in this order over O(values_files) and under O(release_values); each entry names one source.
      - A source is read as a values file. With O(values_from[].target_path) its value is put there instead.
      - What comes from a Secret, or from a file that Ansible Vault had encrypted, appears nowhere in what the task says.
    type: list
    elements: dict
    suboptions:
      file:
        description:
          - A file of the controller, looked for as C(ansible.builtin.copy) looks for its files. One that Ansible Vault has encrypted is opened.
        type: str
      remote_src:
        description:
          - Whether O(values_from[].file) is a file of the host that runs the task.
        type: bool
        default: false
      template:
        description:
          - A template of the controller, looked for as C(ansible.builtin.template) looks for its own, filled in with the variables of the task.
        type: str
      content:
        description:
          - The values themselves, a dictionary or text. Next to O(values_from[].file) or O(values_from[].template) it is that file's text.
        type: raw
      secret:
        description:
          - A key of a Secret of the cluster.
        type: dict
        suboptions: &in_cluster
          name:
            description: Name of the object.
            type: str
            required: true
          namespace:
            description: Its namespace; without it, that of the release.
            type: str
          key:
            description: Which key of its data. Without it, V(values.yaml).
            type: str
      config_map:
        description:
          - A key of a ConfigMap of the cluster.
        type: dict
        suboptions: *in_cluster
      target_path:
        description:
          - Where to put the value, in the grammar of O(set_values), for example V(auth.password) or V(users[0].token).
          - The value is the text as it is for a Secret and a ConfigMap, and what the text says as YAML for the others.
        type: str
      optional:
        description:
          - Pass over a source, or a key of it, that is not there. Anything else that is wrong with it is still an error.
        type: bool
        default: false
      literal:
        description:
          - With O(values_from[].target_path), whether the text is taken as it is (V(true)) or read as YAML (V(false)).
        type: bool
      sensitive:
        description:
          - What this source gives appears nowhere in what the task says. Always so for Secrets and for what Ansible Vault had encrypted.
        type: bool
        default: false
  skip_schema_validation:
    description:
      - Do not compare the values with the chart's C(values.schema.json).
    type: bool
    default: false
"""

    TRACING = r"""
options:
  values_trace:
    description:
      - Return in RV(values_trace) which source set each value. The values themselves are not in it.
    type: bool
    default: false
"""

    SECRETS = r"""
options:
  secret_paths:
    description:
      - Paths of values that are secret, for example V(auth.password), V(users[*].token), V(tls). What stands there appears nowhere in what the
        task says; texts of fewer than four characters cannot be told from others and are not looked for.
    type: list
    elements: str
"""

    UNKNOWN = r"""
options:
  unknown_values:
    description:
      - What to do about values of the task that no template of the chart reads, such as V(replicaCuont) in place of V(replicaCount).
      - V(warn) prints a warning for each, with its path, the option or file it comes from, and the known name that is most like it.
        V(fail) ends the task before anything is written, in check mode as well. V(ignore) says nothing, as helm does.
      - Every doubt makes a value known, for example a template that passes on all of C(.Values), a key in a comment of C(values.yaml), or a map that
        C(values.schema.json) leaves open. Values below C(global), and keys at the top that begin with V(x-), V(_) or a dot, are not checked,
        nor are values that an earlier revision has set.
      - The check reads all templates of the chart, which takes from a few milliseconds to a few seconds for the largest ones.
    type: str
    choices: [ignore, warn, fail]
    default: ignore
"""
