# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: chart_release
short_description: Install, upgrade and uninstall Helm releases
version_added: 0.1.0
author:
  - The windlass.charts authors (@windlass-charts)
description:
  - Installs, upgrades and uninstalls Helm releases. The module does not use the helm binary. It renders charts itself, and reads and writes
    release records in the format of Helm 3 and 4.
  - Options, aliases and defaults are compatible with C(kubernetes.core.helm). To migrate a task, change the name of the module.
  - The task is V(changed) if the chart, the values or the results of cluster lookups in templates differ from the newest revision. It is
    also V(changed) if that revision failed or was interrupted, or if one of its objects does not exist. Generated passwords alone do not
    make a task V(changed).
options:
  release_state:
    description:
      - With V(present), the release is installed or upgraded. This requires O(chart_ref).
      - With V(absent), the release is uninstalled.
    type: str
    choices: [present, absent]
    default: present
    aliases: [state]
  reuse_values:
    description:
      - Merge the new values over the values of the last revision.
    type: bool
  reset_values:
    description:
      - Start from the default values of the chart. This is the default behavior.
      - With V(false), the values of the last revision are used if the task does not specify any.
    type: bool
  reset_then_reuse_values:
    description:
      - Start from the default values of the new chart, then merge the user-supplied values of the last revision, then the new values.
    type: bool
    default: false
  force:
    description:
      - Replace existing objects instead of patching them, like Helm's C(--force-replace). Changes that others made to these objects are
        lost. Objects are only replaced if the task changes something. The revision then uses client-side apply.
      - See O(on_immutable) for immutable fields, and O(force_conflicts) for fields of other field managers.
    type: bool
    default: false
  purge:
    description:
      - With O(release_state=absent), also delete the release records, including those of a release that has already been uninstalled.
      - With V(false), the history is retained, like with Helm's C(--keep-history).
    type: bool
    default: true
  wait_timeout:
    description:
      - Alternative name for O(timeout), for compatibility with C(kubernetes.core).
    type: str
  atomic:
    description:
      - Alternative for O(on_failure=rollback), for compatibility with C(kubernetes.core).
    type: bool
    default: false
  on_failure:
    description:
      - What to do if a step fails. Hooks and the final wait are steps as well. The reasons for the failure are collected first and returned
        in the result.
      - V(keep) leaves everything as it is, and marks the revision as failed. This is the default.
      - V(rollback) rolls back to the last successful revision. A failed first installation is uninstalled.
      - V(uninstall) uninstalls the release, even if it existed before.
      - V(rollback) and V(uninstall) imply O(wait=true). Objects that a first installation has adopted are not deleted.
      - The outcome is returned in RV(error.fields) under C(rollback).
    type: str
    choices: [keep, rollback, uninstall]
    version_added: 0.2.0
  release_labels:
    description:
      - Labels for the release record, which C(helm list --selector) can filter by. Labels of the last revision are retained. To remove a
        label, set it to V(null).
      - The task is V(changed) if the newest revision lacks one of these labels.
    type: dict
    aliases: [labels]
    version_added: 0.2.0
  cascade:
    description:
      - Deletion propagation policy for O(release_state=absent). V(foreground) deletes dependents before their owner, V(background) deletes
        them afterwards, and V(orphan) does not delete them.
      - Defaults to V(foreground) with O(wait=true), so that the task also waits for pods, and to V(background) otherwise.
    type: str
    choices: [background, foreground, orphan]
    version_added: 0.2.0
  description:
    description:
      - Description of the revision in the history of the release, at most 256 characters. Defaults to Helm's description.
      - A different description alone does not make the task V(changed). An up-to-date release keeps its description.
    type: str
    version_added: 0.2.0
  create_namespace:
    description:
      - Create the namespace of the release if it does not exist.
    type: bool
    default: false
  post_renderer:
    description:
      - Not supported, any value causes an error. In Helm 4 this is the name of a plugin instead of a program. Use O(patches), O(images) and
        O(common_labels) instead.
    type: str
  legacy_check_status:
    description:
      - In check mode, return RV(status) in the format of C(kubernetes.core.helm). It then contains C(values) and C(release_values), each of
        them with C(current) and C(declared).
      - By default, check mode returns the same format as a normal run.
    type: bool
    default: false
    version_added: 0.2.0
  replace:
    description:
      - Accepted for compatibility, has no effect. If a release was uninstalled with O(purge=false), its name can always be used again. The
        release then continues with the next revision.
    type: bool
    default: false
  skip_crds:
    description:
      - Do not install the objects in C(crds/) of the chart.
    type: bool
    default: false
  take_ownership:
    description:
      - Adopt existing objects that belong to no release, or to another release. Same as O(adopt=any).
      - Without this option, objects of this release that another release has adopted are not modified, and cause a warning.
    type: bool
    default: false
  crds:
    description:
      - How to handle the objects in C(crds/) of the chart. By default, missing objects are created on installation only, as with Helm.
      - With V(create), missing objects are created on every installation and upgrade. With V(create_replace), existing objects that differ
        are updated as well.
      - V(skip) is the same as O(skip_crds=true).
      - The task waits until the API server serves the new kinds. Objects in C(crds/) are never deleted.
    type: str
    choices: [skip, create, create_replace]
    version_added: 0.2.0
  namespace_labels:
    description:
      - Labels for the namespace, if O(create_namespace=true) creates it. They are set when the namespace is created.
    type: dict
    version_added: 0.2.0
  namespace_annotations:
    description:
      - Annotations for the namespace, if O(create_namespace=true) creates it.
    type: dict
    version_added: 0.2.0
extends_documentation_fragment:
  - windlass.charts._attributes
  - windlass.charts._connection
  - windlass.charts._release
  - windlass.charts._release.binary
  - windlass.charts._release.masking
  - windlass.charts._release.storage
  - windlass.charts._chart_source
  - windlass.charts._chart_source.libraries
  - windlass.charts._verification
  - windlass.charts._verification.libraries
  - windlass.charts._verification.cosign
  - windlass.charts._dependencies
  - windlass.charts._dependencies.update
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
- name: Install or upgrade a release from a chart directory
  windlass.charts.chart_release:
    name: web
    namespace: shop
    chart_ref: charts/web
    create_namespace: true
    values:
      replicas: 2
    wait: true
    timeout: 3m0s

- name: Install the newest 1.x version from a repository, and roll back if it does not become ready
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

- name: Install a chart from a private OCI registry, pinned to a digest
  windlass.charts.chart_release:
    name: billing
    namespace: shop
    chart_ref: oci://registry.example.com/charts/billing
    chart_version: 2.1.0@sha256:4c1c5bbd8b4a9a4ba0d6f0cd0a6b3f4ad6a1d0f1d2c3b4a5968778695a4b3c2d
    chart_repo_username: "robot$deploy"
    chart_repo_password: "{{ registry_password }}"

- name: Install a chart only if it is signed by a key in charts.gpg
  windlass.charts.chart_release:
    name: web
    namespace: shop
    chart_ref: web
    chart_repo_url: https://charts.example.com
    chart_version: 1.2.3
    verify: always
    keyring: charts.gpg

- name: Use values from a template, a file encrypted with Ansible Vault, and a Secret in the cluster
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

- name: Fail if a value is not used by any template of the chart, for example because of a typo
  windlass.charts.chart_release:
    name: web
    namespace: shop
    chart_ref: charts/web
    values:
      replicaCount: 2
    unknown_values: fail

- name: Save a plan in check mode, and apply exactly this plan when run without check mode
  windlass.charts.chart_release:
    name: web
    namespace: shop
    chart_ref: charts/web
    plan_file: "{{ playbook_dir }}/plans/web.json"

- name: Correct manual changes to the objects of a release, except for one annotation
  windlass.charts.chart_release:
    name: web
    namespace: shop
    chart_ref: charts/web
    drift: correct
    drift_ignore:
      - kind: Deployment
        paths:
          - spec.template.metadata.annotations['kubectl.kubernetes.io/restartedAt']

- name: Adopt an existing Service, and take over the fields of one field manager
  windlass.charts.chart_release:
    name: web
    namespace: shop
    chart_ref: charts/web
    adopt_objects:
      - kind: Service
        name: web
    force_conflicts_for:
      managers: [kubectl-edit]

- name: Use images from a mirror, and add labels and patches to the rendered objects
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

- name: Use the images of a mirror
  windlass.charts.chart_release:
    name: web
    namespace: shop
    chart_ref: charts/web
    image_registry:
      docker.io: registry.example.com/hub
      quay.io: registry.example.com/quay

- name: Upgrade a release, but preserve its generated certificate and password
  windlass.charts.chart_release:
    name: web
    namespace: shop
    chart_ref: charts/web
    keep_generated:
      - web-tls
      - name: web-database
        keys: [password]

- name: Uninstall a release and delete its history
  windlass.charts.chart_release:
    name: web
    namespace: shop
    state: absent
"""

RETURN = r"""
values_trace:
  description:
    - Source of each value of the release, without the values. The syntax of the paths is that of O(set_values).
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
      description: The source that set the value last. V(the previous revision) for values that were reused from it.
      type: str
      returned: success
      sample: "values_from[2]: Secret shop/web-database, key password"
status:
  description:
    - The newest revision of the release after the task, or in check mode the predicted revision. V(null) if there is none.
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
      description: Revision number, as a string.
      type: str
      returned: success
      sample: "3"
    revision_number:
      description: Revision number.
      type: int
      returned: success
      sample: 3
    updated:
      description: Time at which the revision was created, in the format of C(helm list).
      type: str
      returned: success
      sample: 2026-11-21 05:00:00.123456789 +0000 UTC
    status:
      description: Status of the revision.
      type: str
      returned: success
      sample: deployed
    chart:
      description: Name and version of the chart.
      type: str
      returned: success
      sample: web-1.2.0
    app_version:
      description: Version of the application that the chart installs.
      type: str
      returned: success
      sample: "2.4"
    appversion:
      description: Same as RV(status.app_version).
      type: str
      returned: success
      sample: "2.4"
    description:
      description: Description of the revision.
      type: str
      returned: success
      sample: Install complete
    release_values:
      description: The user-supplied values, masked unless O(return_values=true). The key C(values) contains them as well, for compatibility
        with C(kubernetes.core).
      type: dict
      returned: success
      sample: {"replicas": "********"}
stdout:
  description: The output of the equivalent helm command. Empty if nothing was done.
  returned: success
  type: str
  sample: "Release \"web\" has been upgraded. Happy Helming!\nNAME: web\n"
stderr:
  description: Empty on success. After a failure, C(Error:) and Helm's text for it.
  returned: always
  type: str
  sample: ""
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
  description: The equivalent helm command, with secrets masked. It is not executed. Empty if nothing was done.
  returned: success
  type: str
  sample: helm upgrade --install web ./web --namespace shop
leftovers:
  description:
    - Objects that remain by design after O(release_state=absent), or in check mode would remain. These are objects of hooks without a
      matching delete policy, PersistentVolumeClaims that a StatefulSet has created, CustomResourceDefinitions in C(crds/) of the chart, and
      objects with the annotation C(helm.sh/resource-policy=keep).
  returned: when objects remain
  type: list
  elements: dict
  contains:
    object:
      description: Kind, namespace and name.
      type: str
      returned: always
      sample: PersistentVolumeClaim shop/data-db-0
    reason:
      description: Reason why the object is not deleted.
      type: str
      returned: always
      sample: holds data of StatefulSet db, which Kubernetes keeps
hook_logs:
  description:
    - Container logs of hooks whose annotation C(helm.sh/hook-output-log-policy) requests them, at most 1000 lines each. The data of the
      release's Secrets is masked. If a hook fails, RV(error.fields) contains the same list.
  returned: when a hook with that annotation ran
  type: list
  elements: dict
  contains:
    event:
      description: Event for which the hook ran.
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
      description: The last lines of the log.
      type: str
      returned: when the log could be read
      sample: "12 tables migrated\n"
    error:
      description: Reason why the log could not be read.
      type: str
      returned: when the log could not be read
      sample: container "migrate" in pod "migrate-x7k2p" is waiting to start
plan:
  description: The plan that was made, with its reason.
  returned: success
  type: dict
  contains:
    action:
      description: Planned action. V(none) if there is nothing to do.
      type: str
      returned: success
      sample: upgrade
    state:
      description: State of the release before the task. One of V(Absent), V(Uninstalled), V(InSync), V(OutOfDate), V(Drifted), V(Failed),
        V(Interrupted), V(Locked).
      type: str
      returned: success
      sample: OutOfDate
    reason:
      description: Reason for the planned action.
      type: str
      returned: success
      sample: "Revision 2 differs from the request: its values differ"
    operations:
      description: Steps of the plan, in order.
      type: list
      elements: dict
      returned: success
      contains:
        id:
          description: Identifier of the step. It is the same in every run.
          type: str
          returned: success
          sample: apply:apps/v1/Deployment/shop/web
        verb:
          description: Type of the step.
          type: str
          returned: success
          sample: apply
        object:
          description: Kind, namespace and name.
          type: str
          returned: success
          sample: Deployment shop/web
        changes:
          description: Changed fields, as predicted by a dry run on the server.
          type: list
          elements: dict
          returned: when a dry run was made
          sample: [{"op": "change", "path": "spec.replicas", "before": 1, "after": 2}]
        adopted:
          description: Previous owner of an object that is adopted.
          type: str
          returned: when an object is adopted
          sample: was not created by Helm
        recreate:
          description: Whether the object is deleted and created again.
          type: bool
          returned: when the object is recreated
          sample: true
        notes:
          description: Additional information, for example about a field that is left to an autoscaler.
          type: list
          elements: str
          returned: when there is additional information
          sample: ["spec.replicas is left to 'kube-controller-manager', which scales it (live 5, chart 2)"]
        unverified:
          description: Reason why the server cannot predict the changes of this step.
          type: str
          returned: when the changes cannot be predicted
          sample: namespace shop is created by this task
plan_file:
  description: Information about the plan file.
  returned: when O(plan_file) is specified
  type: dict
  contains:
    path:
      description: Path to the file.
      type: str
      returned: success
      sample: /var/plans/web.json
    done:
      description: V(saved), V(applied), or V(checked) if check mode compared a saved plan with the cluster.
      type: str
      returned: success
      sample: saved
unmatched_images:
  description:
    - The images that O(image_registry) did not change and that are not in one of the new registries, sorted. They are read from the
      newest revision, also if the task changes nothing.
  returned: with O(image_registry) and O(release_state=present)
  version_added: 0.3.0
  type: list
  elements: str
  sample: ["quay.io/prometheus/prometheus:v3.5.0"]
kept_generated:
  description: Locations of preserved generated values. Includes objects that were read in addition to those in O(keep_generated).
  returned: with O(keep_generated), when the release is installed or upgraded
  type: list
  elements: str
  sample: ["Secret shop/web-database, key password"]
drift:
  description: Objects that differ from what was applied. Values of Secrets are masked.
  returned: when O(drift) is V(report) or V(correct), and chart and values are unchanged
  type: list
  elements: dict
  contains:
    object:
      description: Kind, namespace and name.
      type: str
      returned: success
      sample: ConfigMap shop/web
    api_version:
      description: The apiVersion with which the object was applied.
      type: str
      returned: success
      sample: v1
    missing:
      description: Whether the object does not exist.
      type: bool
      returned: success
      sample: false
    fields:
      description: Differences. C(there) is the live value, C(wanted) is the applied value, C(manager) is the field manager that changed it,
        if known.
      type: list
      elements: dict
      returned: success
      sample: [{"path": "data.level", "op": "change", "there": "debug", "wanted": "info", "manager": "kubectl-edit"}]
diff:
  description: Differences by object.
  returned: in diff mode
  type: dict
  contains:
    prepared:
      description: Unified diff, with one section for each object.
      type: str
      returned: in diff mode
      sample: "# apply ConfigMap shop/web\n--- before\n+++ after\n"
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
      sample: diff
    bytes:
      description: Size of the removed value as JSON.
      type: int
      returned: success
      sample: 913224
    hint:
      description: How to get the value in another way.
      type: str
      returned: success
      sample: "run without --diff, or look at plan"
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
    from ansible_collections.windlass.charts.plugins.module_utils._ansible.faces.chart_release import chart_release

    return chart_release


def main() -> None:
    run_module(specs.chart_release(), load_face)


if __name__ == "__main__":
    main()
