# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: chart_repository_index
short_description: Create the index of a Helm chart repository
version_added: 0.3.0
author:
  - The windlass.charts authors (@windlass-charts)
description:
  - Makes a directory of packaged charts a chart repository, like C(helm repo index). Any web server can serve the directory.
  - The index C(index.yaml) contains all archives C(*.tgz) in the directory and in its direct subdirectories. Files that are not charts are
    left out with a warning.
  - Work is only done for what has changed. An archive with the same size and times is not read again. An archive that is already in the
    index with the same digest is not unpacked again, and its entry in the index is kept with its time.
  - The index is replaced in one step. It is only written, and the task is only V(changed), if its entries would be different.
  - Concurrent tasks for the same directory wait for each other, so that no archive is missing in the index.
options:
  path:
    description:
      - Path of the directory.
    type: path
    required: true
  url:
    description:
      - URL at which the directory is served. The index then contains absolute URLs of the archives. By default, they are relative to the
        index, which is sufficient for Helm.
    type: str
  merge:
    description:
      - Path of another index. Its entries are added, unless an archive in the directory has the same name and version. A file that does not
        exist is an empty index.
      - Use this to publish a directory that only contains new archives. Download the index of the repository, merge it, and upload the
        directory.
    type: path
  json:
    description:
      - Write the index as JSON, which Helm reads faster. Its name is C(index.yaml) in any case.
    type: bool
    default: false
  rebuild:
    description:
      - Read all archives again. Use this if entries of the index were edited, and the edits should be discarded.
    type: bool
    default: false
extends_documentation_fragment:
  - windlass.charts._attributes.repositories
  - windlass.charts._attributes
  - windlass.charts._release.binary
notes:
  - New entries have the present time, or the time in the environment variable E(SOURCE_DATE_EPOCH), in seconds since 1970. Times are written
    in UTC.
  - What is known about archives is cached in C(~/.cache/windlass-charts), or in E(XDG_CACHE_HOME). Without the cache, the task takes longer
    and has the same result.
  - Versions that only differ in their build metadata, such as C(1.0.0+a) and C(1.0.0+b), are different versions. C(helm repo index --merge)
    removes one of them.
seealso:
  - module: windlass.charts.chart_package
  - module: windlass.charts.chart_repository
"""

EXAMPLES = r"""
- name: Create the index of a repository
  windlass.charts.chart_repository_index:
    path: /srv/charts

- name: Add new archives to the index of a published repository
  windlass.charts.chart_repository_index:
    path: dist
    url: https://charts.example.com
    merge: published/index.yaml
  register: index

- name: Show what is new
  ansible.builtin.debug:
    msg: "New: {{ index.added | join(', ') }}"
"""

RETURN = r"""
path:
  description: Path of the index.
  returned: success
  type: str
  sample: /srv/charts/index.yaml
charts:
  description: Number of charts in the index.
  returned: success
  type: int
  sample: 20
versions:
  description: Number of versions of all charts in the index.
  returned: success
  type: int
  sample: 2001
added:
  description: Entries that are new in the index, or have a new digest.
  returned: success
  type: list
  elements: str
  sample: [web-1.2.0]
removed:
  description: Entries that are no longer in the index, or had another digest.
  returned: success
  type: list
  elements: str
  sample: []
skipped:
  description: Archives that are not in the index because they are not charts.
  returned: success
  type: list
  elements: dict
  contains:
    path:
      description: Path of the file, relative to the directory.
      type: str
      returned: success
      sample: backup.tgz
    reason:
      description: Why it is not a chart.
      type: str
      returned: success
      sample: The archive backup.tgz contains no Chart.yaml in its top directory; it is not a chart.
stdout:
  description: Empty, like the output of C(helm repo index).
  returned: success
  type: str
  sample: ""
stderr:
  description: Empty on success. After a failure, C(Error:) and Helm's text for it.
  returned: always
  type: str
  sample: ""
command:
  description: The equivalent helm command. It is not executed.
  returned: success
  type: str
  sample: helm repo index /srv/charts --url https://charts.example.com
left_out:
  description:
    - Keys that were removed from the result because it would exceed 600 kB. There is a warning for each of them. ansible-runner, which is
      used by AWX, discards results larger than 700 kB.
  returned: when keys were removed
  type: list
  elements: dict
  contains:
    name:
      description: Path of the removed key.
      type: str
      returned: success
      sample: stdout
    bytes:
      description: Size of the removed value as JSON.
      type: int
      returned: success
      sample: 913224
    hint:
      description: How to get the value in another way.
      type: str
      returned: success
      sample: "write it to files with output_dir, choose templates with show_only, or set return_manifest: false"
error:
  description: Structured information about the failure.
  returned: failure
  type: dict
  contains:
    class:
      description: Class of the error, for example V(SchemaError) or V(Forbidden).
      type: str
      returned: failure
      sample: SchemaError
    fields:
      description: The details from which C(msg) was created.
      type: dict
      returned: failure
      sample: {"template": "web/templates/service.yaml", "line": 7}
    helm:
      description: Helm's text for the same error.
      type: str
      returned: when Helm has an equivalent error
      sample: "release: not found"
"""

from typing import TYPE_CHECKING

from ansible_collections.windlass.charts.plugins.module_utils._ansible.module import run_module
from ansible_collections.windlass.charts.plugins.module_utils._ansible.options import specs

if TYPE_CHECKING:
    from ansible_collections.windlass.charts.plugins.module_utils._ansible.task import Face


def load_face() -> Face:
    from ansible_collections.windlass.charts.plugins.module_utils._ansible.faces.chart_repository_index import chart_repository_index

    return chart_repository_index


def main() -> None:
    run_module(specs.chart_repository_index(), load_face)


if __name__ == "__main__":
    main()
