# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: chart_release
short_description: Install, upgrade and remove a Helm release without helm
version_added: 0.1.0
author:
  - The windlass.charts authors (@windlass-charts)
description:
  - Installs a chart as a release, upgrades a release, or removes one. There is no helm binary; the chart is rendered here, and the records that are
    written are those that helm 3 and 4 read and write.
  - Option names, aliases and defaults are those of C(kubernetes.core.helm), so that a task moves by changing the name of its module.
  - A task is V(changed) when the chart, the values or what the cluster answered to the templates differ from the newest revision, or when that
    revision is failed, interrupted or lacks an object. A chart that generates passwords does not make an unchanged task V(changed).
options:
  release_state:
    description:
      - V(present) installs or upgrades, V(absent) removes.
    type: str
    choices: [present, absent]
    default: present
    aliases: [state]
  reuse_values:
    description:
      - Merge the new values over those of the last revision.
    type: bool
  reset_values:
    description:
      - Start from the values of the chart. This is what happens when no option says otherwise.
      - With V(false), the values of the last revision stay when the task gives none.
    type: bool
  reset_then_reuse_values:
    description:
      - Start from the values of the new chart, then those the user gave last time, then the new ones.
    type: bool
    default: false
  force:
    description:
      - Replace objects that are there as a whole instead of changing what differs, as helm's C(--force-replace) does. What others have set in them
        is lost. Only when the task changes something. The revision is then one made from the client's side.
      - See O(on_immutable) for fields that cannot be changed, and O(force_conflicts) for fields of others.
    type: bool
    default: false
  purge:
    description:
      - With O(release_state=absent), remove the records as well. V(false) keeps the history, and a second run does nothing.
      - V(true) removes the history of a release that is uninstalled already.
    type: bool
    default: true
  wait_timeout:
    description:
      - An older name of O(timeout).
    type: str
  atomic:
    description:
      - The older word for O(on_failure=rollback).
    type: bool
    default: false
  on_failure:
    description:
      - What to do when a step fails, a hook or the wait at the end among them. Why it failed is gathered first and stands in the result.
      - V(keep) leaves everything as it is, the revision marked failed. This is what happens when nothing is said.
      - V(rollback) goes back to the last revision that worked; a first installation is removed.
      - V(uninstall) removes the release, whatever it was before.
      - V(rollback) and V(uninstall) imply O(wait=true). Objects that a first installation has adopted are not removed with it.
      - What came of it stands in RV(error.fields) under C(rollback), apart from the failure itself.
    type: str
    choices: [keep, rollback, uninstall]
  release_labels:
    description:
      - Labels for the record of the release, which C(helm list --selector) finds it by. Those of the last revision stay; one that is C(null) goes.
      - A label that the newest revision does not have makes the task V(changed).
    type: dict
    aliases: [labels]
  cascade:
    description:
      - With O(release_state=absent), how objects are deleted. V(foreground) keeps an object until what it owns is gone, V(background) lets the cluster
        remove that later, V(orphan) leaves it.
      - When this is absent, V(foreground) with O(wait=true), so that the wait is for pods as well, and V(background) without.
    type: str
    choices: [background, foreground, orphan]
  description:
    description:
      - A sentence for the history of the release, at most 256 characters. Helm's own words where this is absent.
      - It is no difference by itself, a release that is as it should be keeps the one it has.
    type: str
  create_namespace:
    description:
      - Create the namespace of the release when it is not there.
    type: bool
    default: false
  post_renderer:
    description:
      - A value is refused. Helm 4 takes the name of a plugin here and no longer a program; O(patches), O(images) and O(common_labels) do its work.
    type: str
  legacy_check_status:
    description:
      - In check mode, return RV(status) in the shape that C(kubernetes.core.helm) has there, C({values, release_values}) with C(current) and
        C(declared) in each, for playbooks that read it. Otherwise check mode returns what a run returns.
    type: bool
    default: false
  replace:
    description:
      - Accepted, and not needed. The name of a release that was removed with its history kept can be used again without it, as its next revision.
    type: bool
    default: false
  skip_crds:
    description:
      - Do not create the objects below C(crds/) of the chart.
    type: bool
    default: false
  take_ownership:
    description:
      - Adopt objects that are there already and belong to no release, or to another. The same as O(adopt=any).
      - Without it, objects of this release that another release has adopted are left as they are, with a warning.
    type: bool
    default: false
  crds:
    description:
      - What to do with the objects below C(crds/) of the chart, on every installation and upgrade. What is made is waited for until its kinds are served.
      - With V(create), those that are not there are made. With V(create_replace), those that differ are applied too.
      - V(skip) is the same as O(skip_crds=true).
      - When this is absent, an installation makes those that are not there, as helm does. Nothing ever removes one.
    type: str
    choices: [skip, create, create_replace]
  namespace_labels:
    description:
      - Labels of the namespace, where O(create_namespace=true) makes it; set in the request that makes it.
    type: dict
  namespace_annotations:
    description:
      - Annotations of the namespace, where O(create_namespace=true) makes it.
    type: dict
extends_documentation_fragment:
  - windlass.charts._attributes
  - windlass.charts._connection
  - windlass.charts._release
  - windlass.charts._release.binary
  - windlass.charts._release.masking
  - windlass.charts._release.storage
  - windlass.charts._chart_source
  - windlass.charts._chart_source.libraries
  - windlass.charts._values
  - windlass.charts._values.unknown
  - windlass.charts._values.tracing
  - windlass.charts._waiting
  - windlass.charts._applying
  - windlass.charts._applying.notes
  - windlass.charts._applying.validation
  - windlass.charts._locking
  - windlass.charts._policy
  - windlass.charts._policy.drift
  - windlass.charts._generated
  - windlass.charts._post_rendering
  - windlass.charts._planning
seealso:
  - module: windlass.charts.chart_release_info
  - module: windlass.charts.chart_release_rollback
  - module: windlass.charts.chart_template
  - ref: ansible_collections.windlass.charts.docsite.guide_first_release
    description: The first release, step by step.
  - ref: ansible_collections.windlass.charts.docsite.guide_check_mode
    description: How to review a change with check mode and saved plans.
  - ref: ansible_collections.windlass.charts.docsite.guide_porting
    description: How to move from the helm modules of kubernetes.core.
  - ref: ansible_collections.windlass.charts.docsite.guide_troubleshooting
    description: What failures mean and what to do.
"""

EXAMPLES = r"""
- name: Install a chart from a folder, or upgrade it
  windlass.charts.chart_release:
    name: web
    namespace: shop
    chart_ref: charts/web
    create_namespace: true
    values:
      replicas: 2
    wait: true
    timeout: 3m0s

- name: Keep a chart of a repository at its newest 1.x, and go back when an upgrade does not become ready
  windlass.charts.chart_release:
    name: cache
    namespace: shop
    chart_ref: valkey
    chart_repo_url: https://charts.example.com
    chart_version: ^1.0.0
    values_files:
      - values/cache.yaml
    set_values:
      - value: image.tag=8.0
        value_type: string
    on_failure: rollback
    description: nightly update

- name: Values from a template, from a file that vault has encrypted, and a password from the cluster
  windlass.charts.chart_release:
    name: web
    namespace: shop
    chart_ref: charts/web
    values_from:
      - template: web-values.yaml.j2
      - file: secrets/web.yaml
      - secret:
          name: web-database
          key: password
        target_path: database.password
        optional: true
    secret_paths:
      - smtp.password
    values_trace: true
    release_labels:
      team: storage

- name: Refuse values that no template of the chart reads, such as a misspelt key
  windlass.charts.chart_release:
    name: web
    namespace: shop
    chart_ref: charts/web
    values:
      replicaCount: 2
    unknown_values: fail

- name: In check mode save a plan; once it is approved, the same task without check mode applies it exactly, or says why not
  windlass.charts.chart_release:
    name: web
    namespace: shop
    chart_ref: charts/web
    plan_file: "{{ playbook_dir }}/plans/web.json"

- name: Set back what somebody edited by hand, but for one annotation
  windlass.charts.chart_release:
    name: web
    namespace: shop
    chart_ref: charts/web
    drift: correct
    drift_ignore:
      - kind: Deployment
        paths:
          - spec.template.metadata.annotations['kubectl.kubernetes.io/restartedAt']

- name: Take an object into the release, and one manager's fields with it
  windlass.charts.chart_release:
    name: web
    namespace: shop
    chart_ref: charts/web
    adopt_objects:
      - kind: Service
        name: web
    force_conflicts_for:
      managers: [kubectl-edit]

- name: Install with a site's own images, labels and a patch
  windlass.charts.chart_release:
    name: web
    namespace: shop
    chart_ref: charts/web
    images:
      - name: docker.io/*
        new_registry: mirror.example.com/hub
    common_labels:
      cost-center: "4711"
    patches:
      - target:
          kind: Deployment
        patch:
          spec:
            template:
              spec:
                priorityClassName: shop
      - target:
          kind: Service
          name: web
        patch:
          - op: add
            path: /spec/externalTrafficPolicy
            value: Local

- name: Upgrade, with the passwords and certificates that the chart has generated before, and all that depends on them as it was
  windlass.charts.chart_release:
    name: web
    namespace: shop
    chart_ref: charts/web
    keep_generated:
      - web-tls
      - name: web-database
        keys: [password]

- name: Remove a release and its history
  windlass.charts.chart_release:
    name: web
    namespace: shop
    state: absent
"""

RETURN = r"""
values_trace:
  description:
    - Which source set each value of the release, without the values. Paths are written as in O(set_values).
  returned: with O(values_trace=true)
  type: list
  elements: dict
  contains:
    key:
      description: Path of the value.
      type: str
      returned: success
      sample: database.password
    source:
      description: The last source that set it; C(the revision before) for what was kept from there.
      type: str
      returned: success
      sample: "values_from[2]: Secret shop/web-database, key password"
status:
  description:
    - The newest revision of the release after the task; in check mode as it would be. C(null) when there is none.
  returned: success
  type: dict
  contains:
    name:
      description: Name of the release.
      type: str
      returned: success
      sample: web
    namespace:
      description: Namespace of the release.
      type: str
      returned: success
      sample: shop
    revision:
      description: Number of the revision, as text.
      type: str
      returned: success
      sample: "3"
    revision_number:
      description: Number of the revision.
      type: int
      returned: success
      sample: 3
    updated:
      description: When the revision was made, in the form that C(helm list) prints.
      type: str
      returned: success
      sample: 2026-11-21 05:00:00.123456789 +0000 UTC
    status:
      description: Helm's word for the state of the revision.
      type: str
      returned: success
      sample: deployed
    chart:
      description: Name and version of the chart.
      type: str
      returned: success
      sample: web-1.2.0
    app_version:
      description: Version of what the chart installs.
      type: str
      returned: success
      sample: "2.4"
    appversion:
      description: The same as RV(status.app_version).
      type: str
      returned: success
      sample: "2.4"
    description:
      description: Helm's sentence about the revision.
      type: str
      returned: success
      sample: Install complete
    release_values:
      description: The values the user gave, masked unless O(return_values=true). The key C(values) holds them too, as C(kubernetes.core) has it.
      type: dict
      returned: success
      sample: {"replicas": "********"}
stdout:
  description: What helm would have printed. Empty when nothing was done.
  returned: success
  type: str
  sample: "Release \"web\" has been upgraded. Happy Helming!\nNAME: web\n"
stderr:
  description: Always empty; there for tasks that were written for C(kubernetes.core).
  returned: success
  type: str
  sample: ""
command:
  description: The helm command that does the same, secrets masked. Nothing runs it. Empty when there was nothing to do.
  returned: success
  type: str
  sample: helm upgrade --install web ./web --namespace shop
leftovers:
  description:
    - What O(release_state=absent) has left behind by design, in check mode what it will leave. Objects of hooks that no delete policy removes, claims
      that a StatefulSet has made, definitions below C(crds/) of the chart, objects that C(helm.sh/resource-policy) keeps.
  returned: when something is left
  type: list
  elements: dict
  contains:
    object:
      description: Kind, namespace and name.
      type: str
      returned: always
      sample: PersistentVolumeClaim shop/data-db-0
    reason:
      description: Why it stays.
      type: str
      returned: always
      sample: holds data of StatefulSet db, which Kubernetes keeps
hook_logs:
  description:
    - What the containers of hooks have printed whose annotation C(helm.sh/hook-output-log-policy) asks for it, at most 1000 lines each. What
      the Secrets of the release hold is masked. When a hook fails, the same list stands in RV(error.fields).
  returned: when a hook with that annotation ran
  type: list
  elements: dict
  contains:
    event:
      description: The event that the hook ran for.
      type: str
      returned: always
      sample: pre-upgrade
    hook:
      description: Kind and name of the hook.
      type: str
      returned: always
      sample: Job migrate
    pod:
      description: Name of the pod.
      type: str
      returned: always
      sample: migrate-x7k2p
    container:
      description: Name of the container.
      type: str
      returned: always
      sample: migrate
    log:
      description: The last lines.
      type: str
      returned: when it could be read
      sample: "12 tables migrated\n"
    error:
      description: Why the log could not be read.
      type: str
      returned: when it could not
      sample: container "migrate" in pod "migrate-x7k2p" is waiting to start
plan:
  description: What was decided, and why.
  returned: success
  type: dict
  contains:
    action:
      description: V(none) when there was nothing to do.
      type: str
      returned: success
      sample: upgrade
    state:
      description: The state the release was found in.
      type: str
      returned: success
      sample: OutOfDate
    reason:
      description: One sentence.
      type: str
      returned: success
      sample: The values differ from those of revision 2.
    operations:
      description: The steps, in order.
      type: list
      elements: dict
      returned: success
      contains:
        id:
          description: Stable over runs.
          type: str
          returned: success
          sample: apply:apps/v1/Deployment/shop/web
        verb:
          description: What is done.
          type: str
          returned: success
          sample: apply
        object:
          description: Kind, namespace and name.
          type: str
          returned: success
          sample: Deployment shop/web
        changes:
          description: The fields that change, as far as the server could say beforehand.
          type: list
          elements: dict
          returned: when the server was asked
          sample: [{"op": "change", "path": "spec.replicas", "before": 1, "after": 2}]
        adopted:
          description: Whose the object was, where it becomes part of the release.
          type: str
          returned: when it is so
          sample: was not made by Helm
        recreate:
          description: Whether the object is removed to be made anew.
          type: bool
          returned: when it is so
          sample: true
        notes:
          description: What else is to be known, for example which field is left to an autoscaler.
          type: list
          elements: str
          returned: when there is something
          sample: ["spec.replicas is left to 'kube-controller-manager', which scales it (there 5, chart 2)"]
        unverified:
          description: Why no server could say beforehand what this step changes.
          type: str
          returned: when it is so
          sample: the namespace is made by the same task
plan_file:
  description: What became of the plan file.
  returned: when O(plan_file) is given
  type: dict
  contains:
    path:
      description: The file.
      type: str
      returned: success
      sample: /var/plans/web.json
    done:
      description: V(saved), V(applied), or V(checked) where check mode holds a saved plan against the cluster.
      type: str
      returned: success
      sample: saved
kept_generated:
  description: Where generated values stand that stay as they are. Objects that were read besides those of O(keep_generated) are named, too.
  returned: with O(keep_generated), when the release is installed or upgraded
  type: list
  elements: str
  sample: ["Secret shop/web-database, key password"]
drift:
  description: Objects that are not as they were applied. Values of Secrets are masked.
  returned: when O(drift) is V(report) or V(correct), and chart and values were the same
  type: list
  elements: dict
  contains:
    object:
      description: Kind, namespace and name.
      type: str
      returned: success
      sample: ConfigMap shop/web
    api_version:
      description: The apiVersion it was applied with.
      type: str
      returned: success
      sample: v1
    missing:
      description: Whether the object is not there at all.
      type: bool
      returned: success
      sample: false
    fields:
      description: What differs; C(there) is live, C(wanted) was applied, C(manager) has changed it as far as is known.
      type: list
      elements: dict
      returned: success
      sample: [{"path": "data.level", "op": "change", "there": "debug", "wanted": "info", "manager": "kubectl-edit"}]
diff:
  description: The difference per object.
  returned: in diff mode
  type: dict
  contains:
    prepared:
      description: Unified text, one piece for each object.
      type: str
      returned: in diff mode
      sample: "# apply ConfigMap shop/web\n--- before\n+++ after\n"
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
    from ansible_collections.windlass.charts.plugins.module_utils._ansible.release import chart_release

    return chart_release


def main():
    run_module(options.chart_release(), load_face)


if __name__ == "__main__":
    main()
