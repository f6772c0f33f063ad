# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: chart_template
short_description: Render a Helm chart
version_added: 0.1.0
author:
  - The windlass.charts authors (@windlass-charts)
description:
  - Renders a chart like C(helm template), with identical output. The C(lookup) function returns nothing unless O(dry_run=server).
  - The output is not masked by default. It can contain values from Ansible Vault or from Secrets. To protect them, set C(no_log) on the
    task, or list the paths of secret values in O(secret_paths), which masks all known secrets in the result.
  - Files in O(output_dir) are never masked. In diff mode, the previous content of a file is shown, including secrets in it.
  - The task is only V(changed) if it writes files that differ, see O(output_dir).
options:
  chart_ref:
    required: true
  release_name:
    description:
      - Name of the release. Defaults to V(release-name).
    type: str
    aliases: [name]
  release_namespace:
    description:
      - Namespace of the release. Defaults to V(default).
    type: str
    aliases: [namespace]
  disable_hook:
    description:
      - Omit hooks.
    type: bool
    default: false
  include_crds:
    description:
      - Include the objects in C(crds/) of the chart at the beginning of the output.
    type: bool
    default: false
  insecure_registry:
    description:
      - The same as O(insecure_skip_tls_verify).
    type: bool
    default: false
  output_dir:
    description:
      - Write the objects of each template to a file in this directory, in the same layout as C(helm template --output-dir).
      - Only files that differ are written. In check mode, no file is written, and RV(files_changed) lists the files that would be.
    type: path
  show_only:
    description:
      - Only render these templates. Entries are paths or patterns relative to the chart, such as V(templates/service.yaml).
    type: list
    elements: str
    default: []
  skip_tests:
    description:
      - Omit test hooks.
    type: bool
    default: false
  is_upgrade:
    description:
      - Set C(.Release.IsUpgrade) instead of C(.Release.IsInstall).
    type: bool
    default: false
  kube_version:
    description:
      - Kubernetes version that templates see.
    type: str
  api_versions:
    description:
      - API versions to add to those that templates see without a cluster.
    type: list
    elements: str
    default: []
  parse_manifest:
    description:
      - With V(true), parse the manifests as YAML, and return RV(resources) and RV(images). With V(false), return neither.
      - By default, RV(images) is returned and RV(resources) is not.
    type: bool
  return_manifest:
    description:
      - Whether to return the manifests, in RV(stdout) and, with O(parse_manifest=true), in RV(resources). With O(output_dir), manifests are
        only written to files.
    type: bool
    default: true
    version_added: 0.2.0
  image_details:
    description:
      - Return RV(image_details), which contains the locations of all RV(images).
    type: bool
    default: false
  prune:
    description:
      - Delete files in O(output_dir) that were written by an earlier render of this chart and are not part of the current output.
      - Only files in the directory of the chart are deleted, and only if their first lines show that they were rendered to that location.
    type: bool
    default: false
  use_release_name:
    description:
      - Write to a subdirectory of O(output_dir) with the name of the release, like C(helm template --release-name). As with Helm, files of
        C(crds/) are not written there.
    type: bool
    default: false
    version_added: 0.2.0
  name_template:
    description:
      - Go template for the name of the release, like Helm's C(--name-template). Sprig functions are available, values are not.
      - In a playbook, mark the string as C(!unsafe), since Ansible would otherwise parse the braces as Jinja2. Mutually exclusive with
        O(release_name).
    type: str
    version_added: 0.2.0
  generate_name:
    description:
      - Accepted for compatibility, has no effect. C(helm template) also uses the name C(release-name) in this case.
      - Mutually exclusive with O(release_name).
    type: bool
    default: false
    version_added: 0.2.0
  skip_crds:
    description:
      - Accepted for compatibility, has no effect, as with C(helm template). Use O(include_crds) to render the objects in C(crds/).
    type: bool
    default: false
    version_added: 0.2.0
  dry_run:
    description:
      - With V(server), use the cluster that the connection options specify. Templates see its version and API versions, and C(lookup)
        returns its objects. The task fails if an object belongs to another owner, or if the cluster does not serve its kind. Nothing is
        written to the cluster.
      - With V(client), no cluster is contacted.
      - Results of C(lookup) are part of the output. Consider O(secret_paths) and C(no_log) if a chart looks up Secrets.
    type: str
    choices: [client, server]
    default: client
    version_added: 0.2.0
  take_ownership:
    description:
      - With O(dry_run=server), accept objects that belong to another owner, as an installation with the same option does.
    type: bool
    default: false
    version_added: 0.2.0
extends_documentation_fragment:
  - windlass.charts._attributes
  - windlass.charts._connection
  - windlass.charts._connection.for_rendering
  - windlass.charts._release.binary
  - windlass.charts._release.unused_storage
  - windlass.charts._chart_source
  - windlass.charts._chart_source.libraries
  - windlass.charts._verification
  - windlass.charts._verification.libraries
  - windlass.charts._verification.cosign
  - windlass.charts._dependencies
  - windlass.charts._dependencies.update
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

- name: Render a chart to a directory, and delete outdated files there
  windlass.charts.chart_template:
    chart_ref: charts/web
    output_dir: rendered
    values_files:
      - values/production.yaml
    prune: true

- name: Render a chart for a specific cluster, including lookups
  windlass.charts.chart_template:
    name: web
    namespace: shop
    chart_ref: charts/web
    dry_run: server

- name: Render a chart to rendered/web-1/web/templates
  windlass.charts.chart_template:
    name: web-1
    chart_ref: charts/web
    output_dir: rendered
    use_release_name: true

- name: Render a chart, and mask a password in the result
  windlass.charts.chart_template:
    chart_ref: charts/web
    values:
      database:
        password: "{{ database_password }}"
    secret_paths:
      - database.password

- name: Find the images of a chart
  windlass.charts.chart_template:
    chart_ref: charts/web
    image_details: true
  register: rendered

- name: Show the images
  ansible.builtin.debug:
    var: rendered.images
"""

RETURN = r"""
stdout:
  description:
    - The rendered manifests, in the format of C(helm template). Secrets are not masked, except for those in O(secret_paths).
    - With O(output_dir), the names of the written files, in the format of C(helm template).
    - C(stdout_lines) is not returned. Use the string method C(splitlines) if you need a list.
  returned: success, with O(return_manifest=true) or O(output_dir)
  type: str
  sample: "---\n# Source: web/templates/service.yaml\n"
stderr:
  description: Empty on success. After a failure, C(Error:) and Helm's text for it.
  returned: always
  type: str
  sample: ""
rc:
  description: Always V(0). Exists for compatibility with C(kubernetes.core).
  returned: success
  type: int
  sample: 0
provenance:
  description: Who signed the archive of the chart.
  returned: when O(verify) is not V(never) and the archive has a valid signature
  type: dict
  version_added: 0.3.0
  contains:
    signed_by:
      description: User IDs of the key.
      type: list
      elements: str
      returned: always
      sample: ["Release Team <releases@example.com>"]
    fingerprint:
      description: Fingerprint of the primary key.
      type: str
      returned: always
      sample: 5E615389B53CA37F0EE60BD3843BBF981FC18762
    digest:
      description: SHA-256 checksum of the archive.
      type: str
      returned: always
      sample: sha256:c6841b3a895f1444a6738b5d04564a57e860ce42f8519c3be807fb6d9bee7888
    file:
      description: Name of the archive in the provenance file.
      type: str
      returned: always
      sample: web-1.2.3.tgz
    keyring:
      description: The keyring that contains the key.
      type: str
      returned: always
      sample: /etc/windlass/charts.gpg
cosign:
  description: The signature of cosign.
  returned: when O(cosign_public_key) is specified
  version_added: 0.3.0
  type: dict
  contains:
    digest:
      description: Digest of the manifest that was signed.
      type: str
      returned: always
      sample: sha256:4c1c5bbd8b4a9a4ba0d6f0cd0a6b3f4ad6a1d0f1d2c3b4a5968778695a4b3c2d
    identity:
      description: The reference under which it was signed. Empty for a Sigstore bundle.
      type: str
      returned: always
      sample: registry.example.com/charts/web
    annotations:
      description: What was added to the signature with C(cosign sign --annotations).
      type: dict
      returned: always
      sample: {"env": "prod"}
command:
  description: The equivalent helm command, with secrets masked. It is not executed.
  returned: success
  type: str
  sample: helm template web charts/web --namespace shop
notes:
  description: Notes of the chart.
  returned: success
  type: str
  sample: Thank you for installing web.
resources:
  description: The rendered objects, in the same order.
  returned: when O(parse_manifest=true), without O(output_dir)
  type: list
  elements: dict
  contains:
    source:
      description: Template of the object.
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
    - Sorted list of all images that the objects use, without duplicates. Useful for image mirrors and air-gapped sites.
    - Searches containers, init containers and ephemeral containers of all kinds, including pod templates in custom resources. Also searches
      image volumes, arguments and environment variables that pass on an image, and in custom resources C(image), C(...Image), and
      C(repository) together with C(tag), C(digest) or C(registry).
  returned: unless O(parse_manifest=false)
  type: list
  elements: str
  sample: ["docker.io/library/nginx:1.29"]
image_details:
  description: All locations of images.
  returned: when O(image_details=true)
  type: list
  elements: dict
  contains:
    image:
      description: The image, as written in the object.
      type: str
      returned: always
      sample: docker.io/library/nginx:1.29
    source:
      description: Template of the object.
      type: str
      returned: always
      sample: web/templates/deployment.yaml
    object:
      description: Kind and name of the object.
      type: str
      returned: always
      sample: Deployment/web
    path:
      description: Path in the object.
      type: str
      returned: always
      sample: spec.template.spec.containers[0].image
unmatched_images:
  description:
    - The images that O(image_registry) did not change and that are not in one of the new registries, sorted.
  returned: with O(image_registry), unless O(parse_manifest=false)
  version_added: 0.3.0
  type: list
  elements: str
  sample: ["quay.io/prometheus/prometheus:v3.5.0"]
hooks:
  description: The hooks, in output order. Empty if O(disable_hook=true).
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
      description: Template of the object.
      type: str
      returned: always
      sample: web/templates/migrate.yaml
    events:
      description: Events for which the hook runs.
      type: list
      elements: str
      returned: always
      sample: [pre-upgrade]
    weight:
      description: Weight of the hook, which determines the order of the hooks of an event.
      type: int
      returned: always
      sample: 0
    delete_policies:
      description: Events after which the hook is deleted.
      type: list
      elements: str
      returned: always
      sample: [before-hook-creation]
unrepeatable:
  description: Function calls in this render that return a different result each time, so that the next render will differ.
  returned: success
  type: list
  elements: dict
  contains:
    function:
      description: Name of the function.
      type: str
      returned: always
      sample: randAlphaNum
    template:
      description: File that contains the call. Empty if the call is in a string that was passed to C(tpl).
      type: str
      returned: always
      sample: web/templates/_helpers.tpl
    line:
      description: Line number.
      type: int
      returned: always
      sample: 12
    define:
      description: Named template that contains the call. Empty if there is none.
      type: str
      returned: always
      sample: web.password
    files:
      description: Files that lead to the call, by C(include) or C(template).
      type: list
      elements: str
      returned: always
      sample: [web/templates/secret.yaml]
lookups:
  description: Calls of C(lookup) by templates. Without O(dry_run=server), they found nothing.
  returned: success
  type: list
  elements: dict
  contains:
    api_version:
      description: Requested API version.
      type: str
      returned: always
      sample: v1
    kind:
      description: Requested kind.
      type: str
      returned: always
      sample: Secret
    namespace:
      description: Requested namespace.
      type: str
      returned: always
      sample: shop
    name:
      description: Requested name. Empty for all objects of the kind.
      type: str
      returned: always
      sample: web
files:
  description: Files with rendered objects.
  returned: when O(output_dir) is specified
  type: list
  elements: str
  sample: [rendered/web/templates/service.yaml]
files_changed:
  description: Files that were written, or in check mode would be.
  returned: when O(output_dir) is specified
  type: list
  elements: str
  sample: [rendered/web/templates/service.yaml]
files_removed:
  description: Files of an earlier render that were deleted, or in check mode would be.
  returned: when O(output_dir) is specified
  type: list
  elements: str
  sample: []
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
    from ansible_collections.windlass.charts.plugins.module_utils._ansible.faces.chart_template import chart_template

    return chart_template


def main() -> None:
    run_module(specs.chart_template(), load_face)


if __name__ == "__main__":
    main()
