# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: chart_releases
short_description: Install, upgrade and remove many Helm releases in one task
version_added: 0.1.0
author:
  - The windlass.charts authors (@windlass-charts)
description:
  - Does for a list of releases what M(windlass.charts.chart_release) does for one, several at a time, in an order that follows from what they need.
  - They share connections, what is known of the server's kinds, and compiled templates.
  - All of the list is looked through before anything is done. One release that fails stops those that need it and nobody else; the task
    fails at its end, and tells of each release what became of it.
options:
  releases:
    description:
      - The releases. An entry has the options of M(windlass.charts.chart_release), but for those that hold for the whole task (how the cluster is
        reached, O(storage_driver), O(binary_path)), and C(needs).
      - C(needs) is a list of other releases of the list, C(name) or C(namespace/name). They go first; a release is begun when those that it needs are
        done. Releases that are to be absent go in the opposite order.
    type: list
    elements: dict
    required: true
  defaults:
    description:
      - Options for every release that does not have them itself. Nothing is merged, values neither; an entry's own option takes the place of this.
    type: dict
    default: {}
  max_parallel:
    description:
      - How many releases are worked on at a time.
    type: int
    default: 4
extends_documentation_fragment:
  - windlass.charts._attributes
  - windlass.charts._connection
  - windlass.charts._release.binary
  - windlass.charts._release.storage
  - windlass.charts._chart_source.libraries
seealso:
  - module: windlass.charts.chart_release
  - ref: ansible_collections.windlass.charts.docsite.guide_rollouts
    description: How to deploy many releases and many clusters.
"""

EXAMPLES = r"""
- name: A shop with what it needs
  windlass.charts.chart_releases:
    defaults:
      namespace: shop
      create_namespace: true
      wait: true
    max_parallel: 8
    releases:
      - name: database
        chart_ref: charts/database
      - name: cache
        chart_ref: charts/cache
      - name: web
        chart_ref: charts/web
        needs: [database, cache]
        values:
          replicas: 3

- name: Remove it, the web first
  windlass.charts.chart_releases:
    defaults:
      namespace: shop
      state: absent
    releases:
      - name: database
      - name: web
        needs: [database]
"""

RETURN = r"""
releases:
  description:
    - What became of each release, in the order of the list.
  returned: always, but where the list itself is faulty
  type: list
  elements: dict
  contains:
    name:
      description: Name of the release.
      type: str
      returned: always
      sample: web
    namespace:
      description: Namespace of the release.
      type: str
      returned: always
      sample: shop
    state:
      description: What it was to be, V(present) or V(absent).
      type: str
      returned: always
      sample: present
    changed:
      description: Whether it was changed.
      type: bool
      returned: always
      sample: true
    failed:
      description: Whether it failed; C(msg) and C(error) then say why.
      type: bool
      returned: where it failed
      sample: true
    skipped:
      description: Whether it was left out, since one that it needs failed; C(msg) says which.
      type: bool
      returned: where it was left out
      sample: true
    unverified:
      description: Why check mode could not try it, for example since its namespace is made by another release of the list.
      type: str
      returned: in check mode, where that is so
      sample: "it may need what shop/base will have changed: There is no namespace shop"
    status:
      description: The release after the task. Other keys are those that M(windlass.charts.chart_release) returns.
      type: dict
      returned: where it was not left out
      sample: {"name": "web", "revision": "2", "status": "deployed"}
order:
  description: The order in which releases were begun.
  returned: always, but where the list itself is faulty
  type: list
  elements: str
  sample: [shop/database, shop/cache, shop/web]
left_out:
  description:
    - Parts that were left out of the result because it would be larger than 600 kB, with a warning for each. ansible-runner, which AWX uses, drops
      whole results above 700 kB.
  returned: when something was left out
  type: list
  elements: dict
  contains:
    name:
      description: The key that is missing, with the keys above it.
      type: str
      returned: success
      sample: stdout
    bytes:
      description: Its size as JSON.
      type: int
      returned: success
      sample: 913224
    hint:
      description: How to get it otherwise.
      type: str
      returned: success
      sample: "write it to files with output_dir, choose templates with show_only, or set return_manifest: false"
"""

from ansible_collections.windlass.charts.plugins.module_utils._ansible import options
from ansible_collections.windlass.charts.plugins.module_utils._ansible.module import run_module


def load_face():
    from ansible_collections.windlass.charts.plugins.module_utils._ansible.releases import chart_releases

    return chart_releases


def main():
    run_module(options.chart_releases(), load_face)


if __name__ == "__main__":
    main()
