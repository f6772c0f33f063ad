# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: chart_info
short_description: Retrieve information about a Helm chart
version_added: 0.1.0
author:
  - The windlass.charts authors (@windlass-charts)
description:
  - Returns metadata, default values, schema, readme, CRDs, dependencies, images, hooks and templates of a chart, and the template functions
    that make its output differ between renders.
  - Jinja2 templates (see C(docs/jinja.md)) are analyzed in the same way as Go templates.
  - No cluster is contacted, and nothing is modified.
options:
  chart_ref:
    required: true
  release_name:
    description:
      - Name of the release that is used to render RV(images) and RV(hooks). Defaults to V(release-name).
    type: str
    aliases: [name]
  release_namespace:
    description:
      - Namespace of the release that is used to render RV(images) and RV(hooks). Defaults to V(default).
    type: str
    aliases: [namespace]
  kube_version:
    description:
      - Kubernetes version that is used to render RV(images) and RV(hooks).
    type: str
  api_versions:
    description:
      - API versions to add to those that templates see without a cluster.
    type: list
    elements: str
    default: []
  render:
    description:
      - Whether to render the chart, with its default values and the values of the task, to determine RV(images) and RV(hooks).
      - If the chart cannot be rendered, everything else is still returned, see RV(render).
    type: bool
    default: true
  image_details:
    description:
      - Return RV(image_details), which contains the locations of all RV(images).
    type: bool
    default: false
  image_registry:
    description:
      - Registry that contains the images, as in O(windlass.charts.chart_release#module:image_registry). The image names in RV(images) are not
        changed. RV(image_mirrors) contains where C(chart_release) with the same value expects them.
    type: raw
    version_added: 0.3.0
  crd_manifests:
    description:
      - Return RV(crd_manifests), which contains the files of the CRDs as text.
    type: bool
    default: false
    version_added: 0.3.0
extends_documentation_fragment:
  - windlass.charts._attributes.reads
  - windlass.charts._attributes
  - windlass.charts._connection
  - windlass.charts._connection.for_values
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
  - windlass.charts._values.secrets
seealso:
  - module: windlass.charts.chart_template
  - module: windlass.charts.chart_lint
  - ref: ansible_collections.windlass.charts.docsite.guide_air_gapped
    description: How to work without access to public repositories and registries.
"""

EXAMPLES = r"""
- name: Retrieve information about a chart
  windlass.charts.chart_info:
    chart_ref: bitnami/postgresql
    chart_version: ^16
  register: postgresql

- name: Show the images of the chart
  ansible.builtin.debug:
    var: postgresql.images

- name: Find out where the images must be for a site without access to the internet
  windlass.charts.chart_info:
    chart_ref: bitnami/postgresql
    chart_version: ^16
    image_registry: registry.example.com/mirror
  register: postgresql

- name: Copy the images
  ansible.builtin.command:
    argv: [skopeo, copy, --all, "docker://{{ item.image }}", "docker://{{ item.mirror }}"]
  loop: "{{ postgresql.image_mirrors }}"
  changed_when: true

- name: Read what helm show prints
  windlass.charts.chart_info:
    chart_ref: oci://registry.example.com/charts/web
    render: false
    crd_manifests: true
  register: web

- name: Store the default values and the CRDs
  ansible.builtin.copy:
    content: "{{ item.content }}"
    dest: "{{ item.dest }}"
    mode: "0644"
  loop:
    - {dest: values.yaml, content: "{{ web.default_values_text }}"}
    - {dest: crds.yaml, content: "{{ web.crd_manifests | map(attribute='text') | join('\\n---\\n') }}"}
  loop_control:
    label: "{{ item.dest }}"

- name: Verify that the output of the chart does not change between renders
  ansible.builtin.assert:
    that: postgresql.unrepeatable | length == 0
"""

RETURN = r"""
chart:
  description: Metadata of the chart, from C(Chart.yaml).
  returned: success
  type: dict
  contains:
    name:
      description: Name of the chart.
      type: str
      returned: success
      sample: web
    version:
      description: Version of the chart.
      type: str
      returned: success
      sample: 1.2.3
    app_version:
      description: Version of the application that the chart installs.
      type: str
      returned: success
      sample: "4.5"
    api_version:
      description: API version of the chart.
      type: str
      returned: success
      sample: v2
    type:
      description: Type of the chart. V(application) charts can be installed, V(library) charts only provide templates.
      type: str
      returned: success
      sample: application
    kube_version:
      description: Supported Kubernetes versions. Empty if there is no constraint.
      type: str
      returned: success
      sample: ">=1.29.0-0"
    description:
      description: Description of the chart.
      type: str
      returned: success
      sample: A web server
    deprecated:
      description: Whether the chart is deprecated.
      type: bool
      returned: success
      sample: false
    home:
      description: URL of the project.
      type: str
      returned: success
      sample: https://example.org
    icon:
      description: URL of the icon.
      type: str
      returned: success
      sample: https://example.org/icon.png
    keywords:
      description: Keywords of the chart.
      type: list
      elements: str
      returned: success
      sample: [web]
    sources:
      description: URLs of the source code.
      type: list
      elements: str
      returned: success
      sample: [https://example.org/web.git]
    maintainers:
      description: Name, email address and URL of each maintainer.
      type: list
      elements: dict
      returned: success
      sample: [{"name": "Jo", "email": "jo@example.org", "url": ""}]
    annotations:
      description: Annotations of the chart.
      type: dict
      returned: success
      sample: {"category": "web"}
origin:
  description: Path or URL from which the chart was loaded.
  returned: success
  type: str
  sample: /charts/web
archive_digest:
  description: SHA-256 checksum of the archive, for O(chart_digest). Empty for a directory.
  returned: success
  version_added: 0.3.0
  type: str
  sample: sha256:c6841b3a895f1444a6738b5d04564a57e860ce42f8519c3be807fb6d9bee7888
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
digest:
  description: Digest of all files of the chart, including its subcharts. Charts with equal digests render the same output.
  returned: success
  type: str
  sample: sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855
chart_text:
  description: Content of C(Chart.yaml) as text, including comments.
  returned: success
  version_added: 0.3.0
  type: str
  sample: "apiVersion: v2\nname: web\nversion: 1.2.3\n"
default_values:
  description: Content of C(values.yaml).
  returned: success
  type: dict
  sample: {"replicas": 1}
default_values_text:
  description: Content of C(values.yaml) as text, including comments.
  returned: success
  type: str
  sample: "replicas: 1\n"
schema:
  description: Content of C(values.schema.json). Its text if it is not valid JSON, and C(null) if it does not exist.
  returned: success
  type: raw
  sample: {"type": "object"}
readme:
  description: Content of the readme. Empty if it does not exist.
  returned: success
  type: str
  sample: "# web"
crds:
  description: Custom resource definitions in the C(crds/) directories of the chart and of its subcharts.
  returned: success
  type: list
  elements: dict
  contains:
    path:
      description: Path to the file.
      type: str
      returned: always
      sample: web/crds/site.yaml
    name:
      description: Name of the CustomResourceDefinition.
      type: str
      returned: always
      sample: sites.example.org
    group:
      description: API group of the custom resource.
      type: str
      returned: always
      sample: example.org
    kind:
      description: Kind of the custom resource.
      type: str
      returned: always
      sample: Site
    versions:
      description: Served versions of the custom resource.
      type: list
      elements: str
      returned: always
      sample: [v1]
    reason:
      description: Reason why the file could not be read.
      type: str
      returned: when the file could not be read
      sample: ""
crd_manifests:
  description: The files with CRDs in the C(crds/) directories of the chart and of its subcharts, in the order of C(helm show crds).
  returned: when O(crd_manifests=true)
  version_added: 0.3.0
  type: list
  elements: dict
  contains:
    path:
      description: Path to the file.
      type: str
      returned: always
      sample: web/crds/site.yaml
    text:
      description: Content of the file.
      type: str
      returned: always
      sample: "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\n"
dependencies:
  description: Dependencies that the chart declares.
  returned: success
  type: list
  elements: dict
  contains:
    name:
      description: Name of the chart.
      type: str
      returned: always
      sample: common
    alias:
      description: Alias of the chart. Empty if it has none.
      type: str
      returned: always
      sample: ""
    version:
      description: Version or version constraint.
      type: str
      returned: always
      sample: 2.x.x
    repository:
      description: URL of the repository.
      type: str
      returned: always
      sample: https://charts.example.org
    condition:
      description: Paths of the values that enable or disable the dependency.
      type: str
      returned: always
      sample: common.enabled
    tags:
      description: Tags that enable or disable the dependency.
      type: list
      elements: str
      returned: always
      sample: []
    import_values:
      description: Values that are imported into the parent chart.
      type: list
      elements: raw
      returned: always
      sample: []
    vendored:
      description: Whether the C(charts/) directory contains a chart of that name.
      type: bool
      returned: always
      sample: true
    vendored_version:
      description: Version of the chart in the C(charts/) directory.
      type: str
      returned: always
      sample: 2.31.0
    locked_version:
      description: Version in the lock file.
      type: str
      returned: always
      sample: 2.31.0
subcharts:
  description: All charts in C(charts/), at any depth. Each has the keys of RV(chart), and the path that is used for its templates.
  returned: success
  type: list
  elements: dict
  sample: [{"path": "web/charts/common", "name": "common", "version": "2.31.0"}]
templates:
  description: The files in the C(templates/) directories of the chart and of its subcharts, and their Jinja2 templates in C(jinja/).
  returned: success
  type: list
  elements: str
  sample: [web/templates/deployment.yaml]
unrepeatable:
  description: Calls of functions that return a different result each time, with their locations. Calls in disabled subcharts are included.
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
      description: Named template or Jinja2 macro that contains the call. Empty if there is none.
      type: str
      returned: always
      sample: web.password
    files:
      description: Files that lead to the call, by C(include) or C(template), and in Jinja2 also by C(import), C(from) and C(extends).
      type: list
      elements: str
      returned: always
      sample: [web/templates/secret.yaml]
lookups:
  description: Calls of C(lookup). Entries have the keys of RV(unrepeatable).
  returned: success
  type: list
  elements: dict
  sample: []
uses_lookup:
  description: Whether RV(lookups) has entries.
  returned: success
  type: bool
  sample: false
capabilities:
  description: Uses of C(.Capabilities). Entries have the keys of RV(unrepeatable).
  returned: success
  type: list
  elements: dict
  sample: []
uses_capabilities:
  description: Whether RV(capabilities) has entries.
  returned: success
  type: bool
  sample: true
unparsed:
  description: Templates that cannot be parsed, with the reason. Their function calls are not included in the other results.
  returned: success
  type: list
  elements: dict
  sample: []
render:
  description: Whether the chart could be rendered to determine RV(images) and RV(hooks).
  returned: success
  type: dict
  contains:
    rendered:
      description: Whether rendering succeeded.
      type: bool
      returned: always
      sample: true
    reason:
      description: Reason why rendering failed or is incomplete.
      type: str
      returned: always
      sample: ""
images:
  description: Sorted list of all images that the chart uses with these values. See RV(windlass.charts.chart_template#module:images) for the
    fields that are searched.
  returned: when the chart could be rendered
  type: list
  elements: str
  sample: ["docker.io/library/nginx:1.29"]
image_mirrors:
  description: Where the images of the chart must be copied to. Images that are in one of the new registries already are not included.
  returned: with O(image_registry), when the chart could be rendered
  version_added: 0.3.0
  type: list
  elements: dict
  contains:
    image:
      description: The image, as in RV(images).
      type: str
      returned: always
      sample: nginx:1.29
    mirror:
      description: The image in the registry of O(image_registry).
      type: str
      returned: always
      sample: registry.example.com/mirror/library/nginx:1.29
unmatched_images:
  description:
    - The images that O(image_registry) did not change and that are not in one of the new registries, sorted.
  returned: with O(image_registry), when the chart could be rendered
  version_added: 0.3.0
  type: list
  elements: str
  sample: ["quay.io/prometheus/prometheus:v3.5.0"]
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
hooks:
  description: Hooks of the chart with these values.
  returned: when the chart could be rendered
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
stderr:
  description: C(Error:) and Helm's text for the failure.
  returned: failure
  type: str
  sample: "Error: release: not found\n"
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
      sample: readme
    bytes:
      description: Size of the removed value as JSON.
      type: int
      returned: success
      sample: 913224
    hint:
      description: How to get the value in another way.
      type: str
      returned: success
      sample: "request less data in one task"
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
    from ansible_collections.windlass.charts.plugins.module_utils._ansible.faces.chart_info import chart_info

    return chart_info


def main() -> None:
    run_module(specs.chart_info(), load_face)


if __name__ == "__main__":
    main()
