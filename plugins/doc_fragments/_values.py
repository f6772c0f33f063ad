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
  skip_schema_validation:
    description:
      - Do not compare the values with the chart's C(values.schema.json).
    type: bool
    default: false
"""
