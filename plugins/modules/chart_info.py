# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: chart_info
short_description: Say what a Helm chart is, without installing it
version_added: 0.1.0
author:
  - The windlass.charts authors (@windlass-charts)
description:
  - Returns metadata, default values, schema, readme, CRDs, dependencies, images, hooks and templates of a chart, and what makes its
    renders differ from one another.
  - Jinja2 templates of a chart that has some (C(docs/jinja.md)) are looked into as Go templates are.
  - Nothing is written and no cluster is asked; the task is never V(changed).
options:
  chart_ref:
    required: true
  release_name:
    description:
      - Name of the release in the render that RV(images) and RV(hooks) come from. C(release-name) when this is absent.
    type: str
    aliases: [name]
  release_namespace:
    description:
      - Namespace of the release in that render. C(default) when this is absent.
    type: str
    aliases: [namespace]
  kube_version:
    description:
      - The version of Kubernetes that templates see in that render.
    type: str
  api_versions:
    description:
      - API versions, added to those that templates see without a cluster.
    type: list
    elements: str
    default: []
  render:
    description:
      - Whether the chart is rendered, with its defaults and the values of the task, to find RV(images) and RV(hooks).
      - A chart that cannot be rendered so is described all the same, see RV(render).
    type: bool
    default: true
  image_details:
    description:
      - Return RV(image_details) too, the places in which RV(images) were found.
    type: bool
    default: false
extends_documentation_fragment:
  - windlass.charts._attributes.reads
  - windlass.charts._attributes
  - windlass.charts._connection
  - windlass.charts._connection.for_values
  - windlass.charts._release.binary
  - windlass.charts._release.unused_storage
  - windlass.charts._chart_source
  - windlass.charts._chart_source.libraries
  - windlass.charts._values
  - windlass.charts._values.secrets
seealso:
  - module: windlass.charts.chart_template
  - module: windlass.charts.chart_lint
  - ref: ansible_collections.windlass.charts.docsite.guide_air_gapped
    description: How to work without access to public repositories and registries.
"""

EXAMPLES = r"""
- name: What is in this chart?
  windlass.charts.chart_info:
    chart_ref: bitnami/postgresql
    chart_version: ^16
  register: postgresql

- name: Its images, for a mirror
  ansible.builtin.debug:
    var: postgresql.images

- name: It makes no password of its own on every render
  ansible.builtin.assert:
    that: postgresql.unrepeatable | length == 0
"""

RETURN = r"""
chart:
  description: Chart.yaml.
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
      description: Version of what it installs.
      type: str
      returned: success
      sample: "4.5"
    api_version:
      description: Format of the chart.
      type: str
      returned: success
      sample: v2
    type:
      description: Whether it can be installed (V(application)) or only lends templates (V(library)).
      type: str
      returned: success
      sample: application
    kube_version:
      description: The versions of Kubernetes that it asks for; empty for any.
      type: str
      returned: success
      sample: ">=1.29.0-0"
    description:
      description: One sentence.
      type: str
      returned: success
      sample: A web server
    deprecated:
      description: Whether its author has given it up.
      type: bool
      returned: success
      sample: false
    home:
      description: URL of the project.
      type: str
      returned: success
      sample: https://example.org
    icon:
      description: URL of its picture.
      type: str
      returned: success
      sample: https://example.org/icon.png
    keywords:
      description: Words to find it by.
      type: list
      elements: str
      returned: success
      sample: [web]
    sources:
      description: URLs of its sources.
      type: list
      elements: str
      returned: success
      sample: [https://example.org/web.git]
    maintainers:
      description: Name, email and url of each.
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
  description: Where it came from, a path or a URL.
  returned: success
  type: str
  sample: /charts/web
digest:
  description: A digest over all files of the chart, its subcharts included. Two charts with the same digest render the same.
  returned: success
  type: str
  sample: sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855
default_values:
  description: What values.yaml says.
  returned: success
  type: dict
  sample: {"replicas": 1}
default_values_text:
  description: values.yaml as it stands there, comments included.
  returned: success
  type: str
  sample: "replicas: 1\n"
schema:
  description: What values.schema.json says; its text where that is no JSON, nothing where there is none.
  returned: success
  type: raw
  sample: {"type": "object"}
readme:
  description: The text of the readme, empty where there is none.
  returned: success
  type: str
  sample: "# web"
crds:
  description: What lies below C(crds/) of the chart and of its subcharts.
  returned: success
  type: list
  elements: dict
  contains:
    path:
      description: The file.
      type: str
      returned: always
      sample: web/crds/site.yaml
    name:
      description: Name of the definition.
      type: str
      returned: always
      sample: sites.example.org
    group:
      description: Group that it serves.
      type: str
      returned: always
      sample: example.org
    kind:
      description: Kind that it serves.
      type: str
      returned: always
      sample: Site
    versions:
      description: Versions that it serves.
      type: list
      elements: str
      returned: always
      sample: [v1]
    reason:
      description: Why the file could not be read.
      type: str
      returned: when it could not
      sample: ""
dependencies:
  description: What the chart declares.
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
      description: Name that it has here, where that is another.
      type: str
      returned: always
      sample: ""
    version:
      description: Version or range.
      type: str
      returned: always
      sample: 2.x.x
    repository:
      description: Where it is fetched from.
      type: str
      returned: always
      sample: https://charts.example.org
    condition:
      description: Values that switch it.
      type: str
      returned: always
      sample: common.enabled
    tags:
      description: Tags that switch it.
      type: list
      elements: str
      returned: always
      sample: []
    import_values:
      description: Values that it hands to this chart.
      type: list
      elements: raw
      returned: always
      sample: []
    vendored:
      description: Whether C(charts/) holds a chart of that name.
      type: bool
      returned: always
      sample: true
    vendored_version:
      description: Version of the chart in C(charts/).
      type: str
      returned: always
      sample: 2.31.0
    locked_version:
      description: Version in the lock file.
      type: str
      returned: always
      sample: 2.31.0
subcharts:
  description: The charts in C(charts/), at any depth, as RV(chart) and with the path that their templates have.
  returned: success
  type: list
  elements: dict
  sample: [{"path": "web/charts/common", "name": "common", "version": "2.31.0"}]
templates:
  description: The files below C(templates/) of the chart and of its subcharts, and the Jinja2 templates below C(jinja/) of those that have some.
  returned: success
  type: list
  elements: str
  sample: [web/templates/deployment.yaml]
unrepeatable:
  description: Functions that never answer the same twice, with the places that files lead to. Subcharts that are switched off count.
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
      description: The named template, or Jinja2 macro, that it stands in, empty in a file's own text.
      type: str
      returned: always
      sample: web.password
    files:
      description: The files that lead there, by C(include) or C(template); in Jinja2 by C(import), C(from) and C(extends), too.
      type: list
      elements: str
      returned: always
      sample: [web/templates/secret.yaml]
lookups:
  description: Where templates ask a cluster; shaped as RV(unrepeatable).
  returned: success
  type: list
  elements: dict
  sample: []
uses_lookup:
  description: Whether there are any.
  returned: success
  type: bool
  sample: false
capabilities:
  description: Where templates read C(.Capabilities); shaped as RV(unrepeatable).
  returned: success
  type: list
  elements: dict
  sample: []
uses_capabilities:
  description: Whether there are any.
  returned: success
  type: bool
  sample: true
unparsed:
  description: Templates that do not parse, with the reason. What they call is not known.
  returned: success
  type: list
  elements: dict
  sample: []
render:
  description: Whether the chart could be rendered for RV(images) and RV(hooks), and a reason where there is one.
  returned: success
  type: dict
  contains:
    rendered:
      description: Whether it could.
      type: bool
      returned: always
      sample: true
    reason:
      description: Why it could not, or what was missing.
      type: str
      returned: always
      sample: ""
images:
  description: Every image that the chart runs with these values, sorted; see M(windlass.charts.chart_template) for where they are looked for.
  returned: when it could be rendered
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
  description: Its hooks with these values.
  returned: when it could be rendered
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
    from ansible_collections.windlass.charts.plugins.module_utils._ansible.chart_info import chart_info

    return chart_info


def main():
    run_module(options.chart_info(), load_face)


if __name__ == "__main__":
    main()
