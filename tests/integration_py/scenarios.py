# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The scenarios of the four steps (check, run, check, run).

One line for each module, state and way to reach it.

Texts in ``params`` may name ``{ns}`` (a namespace of the scenario's own, there already), ``{new}`` (one that is not there yet), ``{tmp}`` (a
folder), ``{url}`` (a chart repository), ``{registry}`` (the host of a registry with an account) and a chart of ``CHARTS`` as ``{chart:name}``. ``before``: what was done before, by the same modules, or by
a hand from outside (``HANDS`` in the test). ``first`` and ``again``: whether the first and the second run change anything.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

CONFIG = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: '{{ .Release.Name }}-%s'}\ndata: {turn: '{{ .Values.turn }}', list: '{{ .Values.list }}'}\n"
HOOK = """apiVersion: v1
kind: Pod
metadata: {name: '{{ .Release.Name }}-%s', annotations: {helm.sh/hook: '%s', helm.sh/hook-delete-policy: '%s'}}
spec: {restartPolicy: Never, containers: [{name: c, image: example/c}]}
"""
DEPLOYMENT = """apiVersion: apps/v1
kind: Deployment
metadata: {name: '{{ .Release.Name }}'}
spec:
  replicas: {{ .Values.replicas }}
  selector: {matchLabels: {app: '{{ .Release.Name }}'}}
  template: {metadata: {labels: {app: '{{ .Release.Name }}'}}, spec: {containers: [{name: c, image: 'example/c:{{ .Values.turn }}'}]}}
"""
SECRET = "apiVersion: v1\nkind: Secret\nmetadata: {name: '{{ .Release.Name }}-s'}\nstringData: {turn: '{{ .Values.turn }}', made: '{{ randAlphaNum 8 }}'}\n"
NOTES = "This is revision {{ .Release.Revision }} with {{ .Values.turn }}.\n"
CRD = """apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: tides.steps.test}
spec:
  group: steps.test
  scope: Namespaced
  names: {plural: tides, singular: tide, kind: Tide}
  versions: [{name: v1, served: true, storage: true, schema: {openAPIV3Schema: {type: object, x-kubernetes-preserve-unknown-fields: true}}}]
"""
JOB_HOOK = HOOK.replace("apiVersion: v1\nkind: Pod", "apiVersion: batch/v1\nkind: Job").replace(
    "spec: {restartPolicy: Never, containers: [{name: c, image: example/c}]}",
    "spec: {template: {spec: {restartPolicy: Never, containers: [{name: c, image: example/c}]}}}",
)
VALUES = "turn: first\nlist: none\nreplicas: 1\n"

JOB = """apiVersion: batch/v1
kind: Job
metadata: {name: '{{ .Release.Name }}'}
spec: {template: {spec: {restartPolicy: Never, containers: [{name: c, image: 'example/c:{{ .Values.turn }}'}]}}}
"""
#: chart -> its files; a name that ends in a digit is a version of the same chart
CHARTS: dict[str, dict[str, str]] = {
    "plain": {"templates/a.yaml": CONFIG % "a", "templates/b.yaml": CONFIG % "b", "templates/NOTES.txt": NOTES},
    "plain2": {"templates/a.yaml": CONFIG % "a", "templates/c.yaml": CONFIG % "c", "templates/NOTES.txt": NOTES},
    "workload": {"templates/d.yaml": DEPLOYMENT, "templates/s.yaml": SECRET},
    "hooks": {
        "templates/a.yaml": CONFIG % "a",
        "templates/h.yaml": JOB_HOOK % ("h", "pre-install,pre-upgrade,post-rollback,pre-delete", "before-hook-creation"),
        "templates/t.yaml": JOB_HOOK % ("t", "test", "before-hook-creation"),
    },
    "crds": {"crds/tide.yaml": CRD, "templates/t.yaml": "apiVersion: steps.test/v1\nkind: Tide\nmetadata: {name: low}\nspec: {turn: '{{ .Values.turn }}'}\n"},
    "crds2": {
        "crds/tide.yaml": CRD.replace("singular: tide,", "singular: tide, shortNames: [td],"),
        "templates/t.yaml": "apiVersion: steps.test/v1\nkind: Tide\nmetadata: {name: low}\nspec: {turn: '{{ .Values.turn }}'}\n",
    },
    "job": {"templates/j.yaml": JOB},
    "kept": {
        "templates/a.yaml": CONFIG % "a",
        "templates/k.yaml": (CONFIG % "k").replace("metadata: {", "metadata: {annotations: {helm.sh/resource-policy: keep}, "),
    },
    "broken": {"templates/a.yaml": CONFIG % "a", "templates/z.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: z}\ndata: [no]\n"},
}


@dataclass(frozen=True)
class Step:
    """A call of a module, or of a hand from outside (``hand``)."""

    module: str = ""
    params: dict[str, Any] = field(default_factory=dict)
    hand: str = ""
    fails: bool = False


@dataclass(frozen=True)
class Scenario:
    name: str
    module: str
    params: dict[str, Any]
    before: tuple[Step, ...] = ()
    first: bool = True
    again: bool = False


RELEASE = {"name": "demo", "namespace": "{ns}"}


def present(chart: str = "plain", **more: Any) -> dict[str, Any]:
    return {**RELEASE, "chart_ref": f"{{chart:{chart}}}", **more}


def installed(chart: str = "plain", **more: Any) -> Step:
    return Step("chart_release", present(chart, **more))


GONE = {**RELEASE, "state": "absent"}
SECOND = {"values": {"turn": "second"}}
SEVERAL = {
    "defaults": {"namespace": "{ns}", "chart_ref": "{chart:plain}"},
    "releases": [{"name": "low"}, {"name": "high", "needs": ["low"]}],
}
SEVERAL_NEW = {
    "defaults": {"namespace": "{new}", "create_namespace": True, "chart_ref": "{chart:plain}"},
    "releases": [{"name": "low"}, {"name": "high"}, {"name": "slack"}],
}
SEVERAL_GONE = {"defaults": {"namespace": "{ns}", "state": "absent"}, "releases": [{"name": "low"}, {"name": "high", "needs": ["low"]}]}
LOGIN = {"host": "{registry}", "username": "{user}", "password": "{password}", "plain_http": True}
REGISTRY = {"destination": "oci://{registry}/{ns}", "repo_username": "{user}", "repo_password": "{password}", "plain_http": True}
PUSHED = {"chart_ref": "{tmp}/dist/hooks-1.0.0.tgz", "destination": "{tmp}/charts"}
TO_REGISTRY = {
    "destination": "oci://{registry}/{ns}", "destination_username": "{user}", "destination_password": "{password}", "destination_plain_http": True
}  # fmt: skip
FROM_REGISTRY = {"source": "oci://{registry}/{ns}", "charts": ["hooks"], "repo_username": "{user}", "repo_password": "{password}", "plain_http": True}
PACKAGED = Step("chart_package", {"chart_ref": "{chart:hooks}", "destination": "{tmp}/dist"})
FLEET = {"chart_ref": "{tmp}/fleet"}
DEPENDENT = Step(hand="make fleet")
FLEET_CHART = {**FLEET, "dependency_update": True}
REPOSITORY = {"name": "quay", "url": "{url}"}
IDENTITY = {"name": "keeper", "namespace": "{ns}", "namespaces": ["{ns}"], "path": "{tmp}/kubeconfig", "token_duration": "1h"}

SCENARIOS = [
    Scenario("install", "chart_release", present()),
    Scenario("install into a new namespace", "chart_release", present(namespace="{new}", create_namespace=True)),
    Scenario("install and wait", "chart_release", present("workload", wait=True)),
    Scenario("install, atomic", "chart_release", present("workload", atomic=True)),
    Scenario("install with hooks", "chart_release", present("hooks")),
    Scenario("install without hooks", "chart_release", present("hooks", disable_hook=True)),
    Scenario("install with a CRD", "chart_release", present("crds")),
    Scenario("install from the client's side", "chart_release", present(server_side="false")),
    Scenario(
        "install from the client's side, all of it",
        "chart_release",
        present("hooks", server_side="false", namespace="{new}", create_namespace=True),
    ),
    Scenario("upgrade from the client's side, with hooks", "chart_release", present("hooks", **SECOND), (installed("hooks", server_side="false"),)),
    Scenario("upgrade from the client's side", "chart_release", present("plain2", **SECOND), (installed(server_side="false"),)),
    Scenario("upgrade by force", "chart_release", present("workload", force=True, values={"turn": "2"}), (installed("workload"),)),
    Scenario("install over an object of nobody", "chart_release", present(take_ownership=True), (Step(hand="make config"),)),
    Scenario("upgrade by values", "chart_release", present(**SECOND), (installed(),)),
    Scenario("upgrade by chart", "chart_release", present("plain2"), (installed(),)),
    Scenario("upgrade of a workload", "chart_release", present("workload", wait=True, values={"replicas": 2}), (installed("workload"),)),
    Scenario("upgrade with hooks", "chart_release", present("hooks", **SECOND), (installed("hooks"),)),
    Scenario("upgrade, values kept", "chart_release", present(reuse_values=True, values={"list": "long"}), (installed(**SECOND),)),
    Scenario(
        "upgrade, values kept over the chart's", "chart_release", present("plain2", reset_then_reuse_values=True), (installed(**SECOND),)
    ),
    Scenario("upgrade back to the chart's values", "chart_release", present(), (installed(**SECOND),)),
    Scenario("values kept that come out the same", "chart_release", present(reuse_values=True, **SECOND), (installed(**SECOND),), first=False),
    Scenario("nothing to do", "chart_release", present(), (installed(),), first=False),
    Scenario("an object is missing", "chart_release", present(), (installed(), Step(hand="lose config"))),
    Scenario("an object differs, and stays so", "chart_release", present(), (installed(), Step(hand="change config")), first=False),
    Scenario("an object differs, and is corrected", "chart_release", present(drift="correct"), (installed(), Step(hand="change config"))),
    Scenario(
        "the last revision failed", "chart_release", present(), (installed(), Step("chart_release", present("broken"), fails=True))
    ),
    Scenario("only a failed revision", "chart_release", present(), (Step("chart_release", present("broken"), fails=True),)),
    Scenario("uninstalled, its history kept", "chart_release", present(), (installed(), Step("chart_release", {**GONE, "purge": False}))),
    Scenario("an object differs, and is told of", "chart_release", present(drift="report"), (installed(), Step(hand="change config")), first=False),
    Scenario("labels and a description", "chart_release", present(release_labels={"team": "red"}, description="For the tests"), (installed(),)),
    Scenario("records in ConfigMaps", "chart_release", present(storage_driver="configmap"), (installed("plain2", storage_driver="configmap"),)),
    Scenario(
        "a namespace with labels", "chart_release", present(namespace="{new}", create_namespace=True, namespace_labels={"team": "red"})
    ),
    Scenario(
        "adoption by list",
        "chart_release",
        present(adopt="listed", adopt_objects=[{"kind": "ConfigMap", "name": "demo-a"}]),
        (Step(hand="make config"),),
    ),
    Scenario("what cannot be changed is made anew", "chart_release", present("job", on_immutable="recreate", **SECOND), (installed("job"),)),
    Scenario("CRDs that differ", "chart_release", present("crds2", crds="create_replace"), (installed("crds"),)),
    Scenario(
        "patched after rendering",
        "chart_release",
        present(
            "workload",
            common_labels={"team": "red"},
            images=[{"name": "example/c", "new_tag": "9"}],
            patches=[{"target": {"kind": "Deployment"}, "patch": {"spec": {"minReadySeconds": 1}}}],
        ),
        (installed("workload"),),
    ),
    Scenario(
        "images of a mirror",
        "chart_release",
        present("workload", image_registry={"docker.io": "mirror.test/hub", "quay.oi": "mirror.test/quay"}),
        (installed("workload"),),
    ),
    Scenario("template, images of a mirror", "chart_template", {"chart_ref": "{chart:workload}", "image_registry": "mirror.test"}, first=False),
    Scenario("chart's facts, images of a mirror", "chart_info", {"chart_ref": "{chart:workload}", "image_registry": "mirror.test"}, first=False),
    Scenario("template, patched", "chart_template", {"chart_ref": "{chart:plain}", "common_annotations": {"team": "red"}}, first=False),
    Scenario("few revisions kept", "chart_release", present(history_max=1, **SECOND), (installed(), installed("plain2"))),
    Scenario("absent", "chart_release", GONE, (installed(),)),
    Scenario("absent, dependents first", "chart_release", {**GONE, "wait": True, "cascade": "foreground"}, (installed("workload"),)),
    Scenario("absent, waiting", "chart_release", {**GONE, "wait": True}, (installed("workload"),)),
    Scenario("absent with hooks", "chart_release", GONE, (installed("hooks"),)),
    Scenario("absent, an object kept", "chart_release", GONE, (installed("kept"),)),
    Scenario("absent, history kept", "chart_release", {**GONE, "purge": False}, (installed(),)),
    Scenario("absent and never there", "chart_release", GONE, first=False),
    Scenario("rollback to a revision", "chart_release_rollback", {**RELEASE, "revision": 1}, (installed(), installed(**SECOND))),
    Scenario("rollback of a chart", "chart_release_rollback", {**RELEASE, "revision": 1}, (installed(), installed("plain2"))),
    Scenario("rollback with hooks", "chart_release_rollback", {**RELEASE, "revision": 1}, (installed("hooks"), installed("hooks", **SECOND))),
    Scenario("rollback to the one before, and forth", "chart_release_rollback", RELEASE, (installed(), installed(**SECOND)), again=True),
    Scenario("test", "chart_release_test", RELEASE, (installed("hooks"),), again=True),
    Scenario("info", "chart_release_info", RELEASE, (installed("hooks"),), first=False),
    Scenario("info of nothing", "chart_release_info", RELEASE, first=False),
    Scenario("several releases", "chart_releases", SEVERAL),
    Scenario("several releases in a new namespace", "chart_releases", SEVERAL_NEW),
    Scenario("several releases, one of them new", "chart_releases", SEVERAL, (Step("chart_release", present(name="low")),)),
    Scenario("several releases gone", "chart_releases", SEVERAL_GONE, (Step("chart_releases", SEVERAL),)),
    Scenario("template", "chart_template", {"chart_ref": "{chart:plain}"}, first=False),
    Scenario("template into files", "chart_template", {"chart_ref": "{chart:plain}", "output_dir": "{tmp}/out"}),
    Scenario(
        "template into files that are there",
        "chart_template",
        {"chart_ref": "{chart:plain2}", "output_dir": "{tmp}/out", "prune": True},
        (Step("chart_template", {"chart_ref": "{chart:plain}", "output_dir": "{tmp}/out"}),),
    ),
    Scenario("chart's facts", "chart_info", {"chart_ref": "{chart:hooks}"}, first=False),
    Scenario("chart's files", "chart_info", {"chart_ref": "{chart:hooks}", "render": False, "crd_manifests": True}, first=False),
    Scenario("lint", "chart_lint", {"chart_ref": "{chart:plain}"}, first=False),
    Scenario("chart created", "chart_create", {"chart_ref": "{tmp}/shop"}),
    Scenario("no dependencies", "chart_dependency", {"chart_ref": "{chart:plain}"}, first=False),
    Scenario("list of dependencies", "chart_dependency", {"chart_ref": "{chart:hooks}", "state": "gathered"}, first=False),
    Scenario("dependencies", "chart_dependency", FLEET, (DEPENDENT,)),
    Scenario("dependencies that are there", "chart_dependency", FLEET, (DEPENDENT, Step("chart_dependency", FLEET)), first=False),
    Scenario("dependencies that are damaged", "chart_dependency", FLEET, (DEPENDENT, Step("chart_dependency", FLEET), Step(hand="damage fleet"))),
    Scenario("newest dependencies", "chart_dependency", {**FLEET, "state": "latest"}, (DEPENDENT,)),
    Scenario("list of missing dependencies", "chart_dependency", {**FLEET, "state": "gathered"}, (DEPENDENT,), first=False),
    Scenario(
        "dependencies without a network", "chart_dependency", {**FLEET, "offline": True}, (DEPENDENT, Step("chart_dependency", FLEET)), first=False
    ),
    Scenario("package with its dependencies", "chart_package", {**FLEET_CHART, "destination": "{tmp}/dist"}, (DEPENDENT,)),
    Scenario("install with dependencies", "chart_release", {**RELEASE, **FLEET_CHART}, (DEPENDENT,)),
    Scenario("template with dependencies", "chart_template", FLEET_CHART, (DEPENDENT,), first=False),
    Scenario("package", "chart_package", {"chart_ref": "{chart:hooks}", "destination": "{tmp}/dist"}),
    Scenario(
        "index of a folder",
        "chart_repository_index",
        {"path": "{tmp}/dist"},
        (Step("chart_package", {"chart_ref": "{chart:plain}", "destination": "{tmp}/dist"}),),
    ),
    Scenario("archive downloaded", "chart_pull", {"chart_ref": "plain", "repo_url": "{url}", "destination": "{tmp}"}),
    Scenario("chart downloaded", "chart_pull", {"chart_ref": "plain", "repo_url": "{url}", "destination": "{tmp}/charts", "untar_chart": True}),
    Scenario("login", "chart_registry_auth", LOGIN),
    Scenario("logout", "chart_registry_auth", {"host": "{registry}", "state": "absent"}, (Step("chart_registry_auth", LOGIN),)),
    Scenario(
        "push to a folder",
        "chart_push",
        PUSHED,
        (PACKAGED,),
    ),
    Scenario("push over another archive", "chart_push", {**PUSHED, "on_exists": "replace"}, (PACKAGED, Step(hand="make archive"))),
    Scenario(
        "push that leaves another archive", "chart_push", {**PUSHED, "on_exists": "skip"}, (PACKAGED, Step(hand="make archive")), first=False
    ),
    Scenario("push to a registry", "chart_push", {**PUSHED, **REGISTRY}, (PACKAGED,)),
    Scenario("removed from a folder", "chart_push", {**PUSHED, "state": "absent"}, (PACKAGED, Step("chart_push", PUSHED))),
    Scenario(
        "removed from a registry",
        "chart_push",
        {**REGISTRY, "chart_name": "hooks", "chart_version": "1.0.0", "state": "absent"},
        (PACKAGED, Step("chart_push", {**PUSHED, **REGISTRY})),
    ),
    Scenario("removed and never there", "chart_push", {**PUSHED, "state": "absent"}, (PACKAGED,), first=False),
    Scenario(
        "copy of a folder",
        "chart_copy",
        {"source": "{tmp}/dist", "destination": "{tmp}/copies"},
        (Step("chart_package", {"chart_ref": "{chart:plain}", "destination": "{tmp}/dist"}),),
    ),
    Scenario("copy of a folder to a registry", "chart_copy", {"source": "{tmp}/dist", **TO_REGISTRY}, (PACKAGED,)),
    Scenario("copy of a repository to a registry", "chart_copy", {"source": "{url}", **TO_REGISTRY, "images": True, "image_registry": "mirror.test"}),
    Scenario("copy of a repository to a folder", "chart_copy", {"source": "{url}", "destination": "{tmp}/copies"}),
    Scenario(
        "copy of a registry to a folder",
        "chart_copy",
        {**FROM_REGISTRY, "destination": "{tmp}/copies"},
        (PACKAGED, Step("chart_push", {**PUSHED, **REGISTRY})),
    ),
    Scenario(
        "copy between registries",
        "chart_copy",
        {**FROM_REGISTRY, **TO_REGISTRY, "destination": "oci://{registry}/{ns}/copies"},
        (PACKAGED, Step("chart_push", {**PUSHED, **REGISTRY})),
    ),
    Scenario("repository", "chart_repository", REPOSITORY),
    Scenario("repository, in any case", "chart_repository", {**REPOSITORY, "force_update": True}, again=True),
    Scenario("repository gone", "chart_repository", {"name": "quay", "state": "absent"}, (Step("chart_repository", REPOSITORY),)),
    Scenario("no repository", "chart_repository", {"name": "quay", "state": "absent"}, first=False),
    Scenario("repositories", "chart_repository_info", {"search": "pier"}, (Step("chart_repository", REPOSITORY),), first=False),
    Scenario("repositories, downloaded again", "chart_repository_info", {"update_repo_cache": True}, (Step("chart_repository", REPOSITORY),), first=False),
    Scenario("repositories, all versions", "chart_repository_info", {"url": "{url}", "all_versions": True}, first=False),
    Scenario(
        "repositories without a network", "chart_repository_info", {"search": "", "offline": True}, (Step("chart_repository", REPOSITORY),), first=False
    ),
    Scenario("identity", "deployer_identity", IDENTITY),
    Scenario("identity gone", "deployer_identity", {**IDENTITY, "state": "absent"}, (Step("deployer_identity", IDENTITY),)),
]
