# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: chart_template
short_description: Render a Helm chart without helm, and without a cluster by default
version_added: 0.1.0
author:
  - The windlass.charts authors (@windlass-charts)
description:
  - Renders a chart as C(helm template) does, the same text in the same order. Without O(dry_run=server) lookups find nothing.
  - What is rendered is returned as it is, also where it holds values from vault or from Secrets; set C(no_log) on the task where that matters, or
    name them in O(secret_paths), by which all that is known to be secret is masked in the result. Files in O(output_dir) are as they are
    rendered. What a file held before, under values that were others then, is shown by its diff.
  - A task is V(changed) only when it writes files that differ, see O(output_dir).
options:
  chart_ref:
    required: true
  release_name:
    description:
      - Name of the release. C(release-name) when this is absent.
    type: str
    aliases: [name]
  release_namespace:
    description:
      - Namespace of the release. C(default) when this is absent.
    type: str
    aliases: [namespace]
  disable_hook:
    description:
      - Leave hooks out.
    type: bool
    default: false
  include_crds:
    description:
      - Put what lies below C(crds/) of the chart in front.
    type: bool
    default: false
  insecure_registry:
    description:
      - Accepted. Only of use with OCI registries, which are not built yet.
    type: bool
    default: false
  output_dir:
    description:
      - Write the documents of each template to a file below this folder, as C(helm template --output-dir) lays them out.
      - Only files that differ are written. In check mode none is, and RV(files_changed) says which would be.
    type: path
  show_only:
    description:
      - Only these templates, as paths or patterns below the chart, such as V(templates/service.yaml).
    type: list
    elements: str
    default: []
  skip_tests:
    description:
      - Leave test hooks out.
    type: bool
    default: false
  is_upgrade:
    description:
      - Set C(.Release.IsUpgrade) and not C(.Release.IsInstall).
    type: bool
    default: false
  kube_version:
    description:
      - The version of Kubernetes that templates see.
    type: str
  api_versions:
    description:
      - API versions, added to those that templates see without a cluster.
    type: list
    elements: str
    default: []
  parse_manifest:
    description:
      - With V(true), return RV(resources) and RV(images) too, for which the manifests are parsed as YAML. With V(false), return neither.
      - When this is absent, RV(images) is returned and RV(resources) is not.
    type: bool
  return_manifest:
    description:
      - Whether the manifests are returned, in RV(stdout) and, with O(parse_manifest=true), in RV(resources). With O(output_dir) they are in files
        and never in the result.
    type: bool
    default: true
  image_details:
    description:
      - Return RV(image_details) too, the places in which RV(images) were found.
    type: bool
    default: false
  prune:
    description:
      - Remove files that an earlier render of this chart left in O(output_dir) and that this one does not make.
      - Only files below the chart's own folder, whose first lines say that they were rendered to where they lie.
    type: bool
    default: false
  use_release_name:
    description:
      - Write into a folder below O(output_dir) that is named after the release, as C(helm template --release-name) does. Files of C(crds/) are
        not written there, as with helm.
    type: bool
    default: false
  name_template:
    description:
      - A Go template for the name of the release, as helm's C(--name-template). It has the functions of sprig and sees no values.
      - Mark the text as C(!unsafe) in a playbook, or Ansible takes its braces for Jinja2. Not together with O(release_name).
    type: str
  generate_name:
    description:
      - Accepted, and without effect, as with C(helm template), which renders with the name C(release-name) in this case too.
      - Not together with O(release_name).
    type: bool
    default: false
  skip_crds:
    description:
      - Accepted, and without effect, as with C(helm template). Objects below C(crds/) are rendered with O(include_crds=true) only.
    type: bool
    default: false
  dry_run:
    description:
      - With V(server), render with the cluster that the connection options name. Templates then see its version and its kinds, C(lookup) finds its
        objects, and an object of another owner is an error, as is a kind that the cluster does not serve. Nothing is written.
      - With V(client), no cluster is asked.
      - What C(lookup) finds is rendered into the result. Think of O(secret_paths) and C(no_log) where a chart looks up Secrets.
    type: str
    choices: [client, server]
    default: client
  take_ownership:
    description:
      - With O(dry_run=server), accept objects that belong to another owner, as an installation with the same option does.
    type: bool
    default: false
extends_documentation_fragment:
  - windlass.charts._attributes
  - windlass.charts._connection
  - windlass.charts._connection.for_values
  - windlass.charts._release.binary
  - windlass.charts._release.unused_storage
  - windlass.charts._chart_source
  - windlass.charts._chart_source.libraries
  - windlass.charts._values
  - windlass.charts._values.unknown
  - windlass.charts._values.secrets
  - windlass.charts._post_rendering
attributes:
  diff_mode:
    support: partial
    details:
      - Shows the files in O(output_dir). Without O(output_dir) nothing is written and there is no difference to show.
  idempotent:
    support: partial
    details:
      - A chart that generates random values or times renders differently each time, and its files in O(output_dir) change each time.
seealso:
  - module: windlass.charts.chart_info
  - module: windlass.charts.chart_lint
  - module: windlass.charts.chart_release
  - ref: ansible_collections.windlass.charts.docsite.guide_check_mode
    description: How to review a change with check mode and saved plans.
  - ref: ansible_collections.windlass.charts.docsite.guide_values_and_secrets
    description: Where values come from and how secrets are masked.
  - ref: ansible_collections.windlass.charts.docsite.guide_porting
    description: How to move from the helm modules of kubernetes.core.
"""

EXAMPLES = r"""
- name: Render a chart
  windlass.charts.chart_template:
    chart_ref: charts/web
    release_name: web
    release_namespace: shop
    values:
      replicas: 2
  register: rendered

- name: Keep rendered files in a folder
  windlass.charts.chart_template:
    chart_ref: charts/web
    output_dir: rendered
    values_files:
      - values/production.yaml
    prune: true

- name: Render as an installation into this cluster would, with its version, its kinds and its objects
  windlass.charts.chart_template:
    name: web
    namespace: shop
    chart_ref: charts/web
    dry_run: server

- name: Render into rendered/web-1/web/templates
  windlass.charts.chart_template:
    name: web-1
    chart_ref: charts/web
    output_dir: rendered
    use_release_name: true

- name: Show what is rendered, but for the password
  windlass.charts.chart_template:
    chart_ref: charts/web
    values:
      database:
        password: "{{ database_password }}"
    secret_paths:
      - database.password

- name: Which images does a mirror need?
  windlass.charts.chart_template:
    chart_ref: charts/web
    image_details: true
  register: rendered

- name: Show them
  ansible.builtin.debug:
    var: rendered.images
"""

RETURN = r"""
stdout:
  description:
    - All documents, as C(helm template) prints them. Secrets of the chart stand here in clear, but for what O(secret_paths) names.
    - With O(output_dir) the names of the files that were written, as C(helm template) prints them there.
    - No C(stdout_lines) is built from it. Use the method C(splitlines) where a list is needed.
  returned: success, with O(return_manifest=true) or O(output_dir)
  type: str
  sample: "---\n# Source: web/templates/service.yaml\n"
stderr:
  description: Empty; after a failure C(Error:) and helm's words for it.
  returned: always
  type: str
  sample: ""
rc:
  description: Always V(0); there for tasks that were written for C(kubernetes.core).
  returned: success
  type: int
  sample: 0
command:
  description: The helm command that does the same, secrets masked. Nothing runs it.
  returned: success
  type: str
  sample: helm template web charts/web --namespace shop
notes:
  description: The chart's notes.
  returned: success
  type: str
  sample: Thank you for installing web.
resources:
  description: The documents as objects, in the same order.
  returned: when O(parse_manifest=true), without O(output_dir)
  type: list
  elements: dict
  contains:
    source:
      description: The template that it came from.
      type: str
      returned: success
      sample: web/templates/service.yaml
    object:
      description: The object.
      type: dict
      returned: success
      sample: {"apiVersion": "v1", "kind": "Service"}
images:
  description:
    - Every image that the objects run, sorted, each once, for mirrors and sites without the internet.
    - Looked for in containers, init containers and ephemeral containers of every kind, pod templates in custom resources included; in image
      volumes; in arguments and environment variables that hand an image on; in custom resources under C(image) or C(...Image), and where
      C(repository) stands with C(tag), C(digest) or C(registry).
  returned: unless O(parse_manifest=false)
  type: list
  elements: str
  sample: ["docker.io/library/nginx:1.29"]
image_details:
  description: Every place that names an image.
  returned: when O(image_details=true)
  type: list
  elements: dict
  contains:
    image:
      description: The image as it is named there.
      type: str
      returned: always
      sample: docker.io/library/nginx:1.29
    source:
      description: The template that the object came from.
      type: str
      returned: always
      sample: web/templates/deployment.yaml
    object:
      description: Kind and name of the object.
      type: str
      returned: always
      sample: Deployment/web
    path:
      description: The place within the object.
      type: str
      returned: always
      sample: spec.template.spec.containers[0].image
hooks:
  description: The hooks, in the order of the text. Empty when O(disable_hook=true).
  returned: success
  type: list
  elements: dict
  contains:
    name:
      description: Name of the object.
      type: str
      returned: always
      sample: web-migrate
    kind:
      description: Kind of the object.
      type: str
      returned: always
      sample: Job
    source:
      description: The template that it came from.
      type: str
      returned: always
      sample: web/templates/migrate.yaml
    events:
      description: When it runs.
      type: list
      elements: str
      returned: always
      sample: [pre-upgrade]
    weight:
      description: Its place among the hooks of an event.
      type: int
      returned: always
      sample: 0
    delete_policies:
      description: When it is removed.
      type: list
      elements: str
      returned: always
      sample: [before-hook-creation]
unrepeatable:
  description: Where this render called a function that never answers the same twice, so that the next render will differ.
  returned: success
  type: list
  elements: dict
  contains:
    function:
      description: The function.
      type: str
      returned: always
      sample: randAlphaNum
    template:
      description: The file that it stands in; empty where it stood in a text that C(tpl) was given.
      type: str
      returned: always
      sample: web/templates/_helpers.tpl
    line:
      description: The line.
      type: int
      returned: always
      sample: 12
    define:
      description: The named template that it stands in, empty in a file's own text.
      type: str
      returned: always
      sample: web.password
    files:
      description: The files that lead there, by C(include) or C(template).
      type: list
      elements: str
      returned: always
      sample: [web/templates/secret.yaml]
lookups:
  description: What templates asked of a cluster with C(lookup). Without O(dry_run=server) nothing was found.
  returned: success
  type: list
  elements: dict
  contains:
    api_version:
      description: API version that was asked for.
      type: str
      returned: always
      sample: v1
    kind:
      description: Kind that was asked for.
      type: str
      returned: always
      sample: Secret
    namespace:
      description: Namespace that was asked for.
      type: str
      returned: always
      sample: shop
    name:
      description: Name that was asked for; empty for all of the kind.
      type: str
      returned: always
      sample: web
files:
  description: The files of the documents.
  returned: when O(output_dir) is given
  type: list
  elements: str
  sample: [rendered/web/templates/service.yaml]
files_changed:
  description: Those that were written; in check mode, that would be.
  returned: when O(output_dir) is given
  type: list
  elements: str
  sample: [rendered/web/templates/service.yaml]
files_removed:
  description: Those that an earlier render left and that were removed; in check mode, that would be.
  returned: when O(output_dir) is given
  type: list
  elements: str
  sample: []
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
error:
  description: The failure for playbooks that branch on it.
  returned: failure
  type: dict
  contains:
    class:
      description: Name of the error, for example V(SchemaError) or V(Forbidden).
      type: str
      returned: failure
      sample: SchemaError
    fields:
      description: The facts that C(msg) was made of.
      type: dict
      returned: failure
      sample: {"template": "web/templates/service.yaml", "line": 7}
    helm:
      description: Helm's wording of the same error.
      type: str
      returned: where helm has one
      sample: "release: not found"
"""

from ansible_collections.windlass.charts.plugins.module_utils._ansible import options
from ansible_collections.windlass.charts.plugins.module_utils._ansible.module import run_module


def load_face():
    from ansible_collections.windlass.charts.plugins.module_utils._ansible.template import chart_template

    return chart_template


def main():
    run_module(options.chart_template(), load_face)


if __name__ == "__main__":
    main()
