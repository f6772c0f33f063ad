# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Options that are flags of helm do the same as the real helm.

The same chart through both, in a namespace each, and the objects afterwards.
"""

from __future__ import annotations

import subprocess
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible_collections.windlass.charts.plugins.module_utils._adapters.charts.files import read_chart
from ansible_collections.windlass.charts.plugins.module_utils._ansible.faces.chart_template import chart_template
from ansible_collections.windlass.charts.plugins.module_utils._ansible.options import specs
from ansible_collections.windlass.charts.plugins.module_utils._ansible.runner import run
from ansible_collections.windlass.charts.plugins.module_utils._engine.errors import EngineError

MAP = "apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: {name}}}\ndata: {{k: '{{{{ .Values.k }}}}'}}\n"
DEPLOYMENT = """apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: {{ .Values.replicas }}
  {{- if .Values.odd }}
  oddField: 1
  {{- end }}
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers: [{name: c, image: example/c, resources: {requests: {cpu: '{{ .Values.cpu }}'}}}]
"""


def _chart(folder: Path, templates: dict[str, str], values: str = "k: v\nreplicas: 1\ncpu: 1m\nodd: false\n") -> Path:
    (folder / "templates").mkdir(parents=True)
    (folder / "Chart.yaml").write_text(f"{{apiVersion: v2, name: flags, version: 0.1.0, description: {folder.name}}}\n")
    (folder / "values.yaml").write_text(values)
    for name, text in templates.items():
        (folder / "templates" / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / "templates" / name).write_text(text)
    return folder


def _helm_fails(side: Any, *arguments: str) -> str:
    with pytest.raises(AssertionError) as caught:
        side.helm(4, *arguments)
    return str(caught.value)


def _ours_fails(call: Any) -> EngineError:
    with pytest.raises(EngineError) as caught:
        call()
    return caught.value


def _maps(side: Any) -> list[str]:
    found = side.cluster.list("v1", "ConfigMap", side.namespace)[0]
    return sorted(item["metadata"]["name"] for item in found if item["metadata"]["name"] != "kube-root-ca.crt")


BAD_NAME = (
    "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: z}\ndata: {k: 1}\n"  # a number where a text is demanded: refused by the server
)


def test_cleanup_on_fail_of_an_upgrade(two_sides: tuple[Any, Any], tmp_path: Path) -> None:
    theirs, ours = two_sides
    old = _chart(tmp_path / "old", {"a.yaml": MAP.format(name="a")})
    new = _chart(tmp_path / "new", {"a.yaml": MAP.format(name="a"), "b.yaml": MAP.format(name="b"), "z.yaml": BAD_NAME})
    theirs.helm(4, "install", "demo", str(old))
    ours.up(read_chart(str(old)))
    for clean in (False, True):
        _helm_fails(theirs, "upgrade", "demo", str(new), *(["--cleanup-on-fail"] if clean else []))
        _ours_fails(lambda clean=clean: ours.up(read_chart(str(new)), cleanup_on_fail=clean))
        assert _maps(ours) == _maps(theirs) == (["a"] if clean else ["a", "b"]), clean
        for side in two_sides:
            for name in ("b",):
                side.cluster.delete(_ref("ConfigMap", side, name))
    assert [line.split(":")[0] for line in ours.history()] == [line.split(":")[0] for line in theirs.history()]


def _ref(kind: str, side: Any, name: str, api_version: str = "v1") -> Any:
    from ansible_collections.windlass.charts.plugins.module_utils._engine.ports import ObjectRef

    return ObjectRef(api_version, kind, side.namespace, name)


def test_cleanup_on_fail_of_an_upgrade_that_does_not_become_ready(two_sides: tuple[Any, Any], tmp_path: Path) -> None:
    theirs, ours = two_sides
    old = _chart(tmp_path / "old", {"a.yaml": MAP.format(name="a")})
    new = _chart(tmp_path / "new", {"a.yaml": MAP.format(name="a"), "web.yaml": DEPLOYMENT}, "k: v\nreplicas: 1\ncpu: 9999\nodd: false\n")
    theirs.helm(4, "install", "demo", str(old))
    ours.up(read_chart(str(old)))
    _helm_fails(theirs, "upgrade", "demo", str(new), "--cleanup-on-fail", "--wait", "--timeout", "4s")
    _ours_fails(lambda: ours.up(read_chart(str(new)), cleanup_on_fail=True, wait=True, timeout=4.0))
    for side in two_sides:
        assert side.object("Deployment", "web", "apps/v1") is None


@pytest.mark.parametrize("way", ["apply", "wait"])
def test_cleanup_on_fail_of_a_rollback(two_sides: tuple[Any, Any], tmp_path: Path, way: str) -> None:
    """Helm cleans up where applying fails, and not where the wait does."""
    theirs, ours = two_sides
    first = _chart(tmp_path / "first", {"b.yaml": MAP.format(name="b"), "web.yaml": DEPLOYMENT})
    second = _chart(tmp_path / "second", {"a.yaml": MAP.format(name="a")})
    theirs.helm(4, "install", "demo", str(first), *(["--set", "cpu=9999"] if way == "wait" else []))
    ours.up(read_chart(str(first)), {"cpu": 9999.0} if way == "wait" else {})
    theirs.helm(4, "upgrade", "demo", str(second))
    ours.up(read_chart(str(second)))
    for side in two_sides:
        if way == "apply":  # a quota refuses the Deployment that the rollback would create
            quota = {"apiVersion": "v1", "kind": "ResourceQuota", "metadata": {"name": "none", "namespace": side.namespace}}
            side.cluster.create({**quota, "spec": {"hard": {"count/deployments.apps": "0"}}})
    if way == "apply":
        _until_counted(two_sides)
    more = ["--wait", "--timeout", "4s"] if way == "wait" else []
    _helm_fails(theirs, "rollback", "demo", "1", "--cleanup-on-fail", *more)
    _ours_fails(lambda: ours.back(1, cleanup_on_fail=True, **({"wait": True, "timeout": 4.0} if way == "wait" else {})))
    assert _maps(ours) == _maps(theirs) == (["a"] if way == "apply" else ["b"])  # what the revision before had goes after all is applied
    shown = [side.object("Deployment", "web", "apps/v1") is not None for side in two_sides]
    assert shown == [way == "wait"] * 2


def _until_counted(sides: tuple[Any, Any]) -> None:
    import time

    for side in sides:
        for _attempt in range(100):
            if (side.object("ResourceQuota", "none") or {}).get("status", {}).get("hard"):
                break
            time.sleep(0.2)


def test_force_of_a_rollback(two_sides: tuple[Any, Any], tmp_path: Path) -> None:
    theirs, ours = two_sides
    folder = _chart(tmp_path / "one", {"a.yaml": MAP.format(name="a")})
    theirs.helm(4, "install", "demo", str(folder))
    theirs.helm(4, "upgrade", "demo", str(folder), "--set", "k=w")
    ours.up(read_chart(str(folder)))
    ours.up(read_chart(str(folder)), {"k": "w"})
    for side in two_sides:
        side.cluster.patch(_ref("ConfigMap", side, "a"), {"data": {"theirs": "x"}})
    theirs.helm(4, "rollback", "demo", "1", "--force-replace", "--server-side=false")
    ours.back(1, force=True)
    for side in two_sides:
        assert side.object("ConfigMap", "a")["data"] == {"k": "v"}
        assert '"apply_method":"csa"' in side.record(3)[1]


def test_a_failed_rollback_goes_forward_again_and_helm_goes_on(sides: Any, tmp_path: Path) -> None:
    bad = _chart(tmp_path / "bad", {"web.yaml": DEPLOYMENT}, "replicas: 1\ncpu: 9999\nodd: false\n")
    good = _chart(tmp_path / "good", {"web.yaml": DEPLOYMENT})
    sides.up(read_chart(str(bad)))
    sides.up(read_chart(str(good)))
    error = _ours_fails(lambda: sides.back(1, on_failure="rollback", timeout=4.0))
    assert error.fields["rollback"]["to"] == 2
    assert [line.split(":")[0] for line in sides.history()] == ["1 superseded", "2 superseded", "3 failed", "4 deployed"]
    sides.helm(4, "upgrade", "demo", str(good), "--set", "replicas=2")
    assert sides.object("Deployment", "web", "apps/v1")["spec"]["replicas"] == 2


@pytest.mark.parametrize("strategy", ["watcher", "legacy"])
def test_wait_strategies(two_sides: tuple[Any, Any], tmp_path: Path, strategy: str) -> None:
    """A Deployment of which one pod finds no node: enough for the rules of helm 3, too few for kstatus."""
    theirs, ours = two_sides
    term = "{topologyKey: kubernetes.io/hostname, labelSelector: {matchLabels: {app: web}}}"
    affinity = f"      affinity: {{podAntiAffinity: {{requiredDuringSchedulingIgnoredDuringExecution: [{term}]}}}}\n"
    nodes = len(ours.cluster.list("v1", "Node", None)[0])
    text = DEPLOYMENT.replace("    spec:\n", f"    spec:\n{affinity}").replace(
        "  selector:", "  strategy: {rollingUpdate: {maxUnavailable: 1}}\n  selector:", 1
    )
    folder = _chart(tmp_path / "spread", {"web.yaml": text}, f"replicas: {nodes + 1}\ncpu: 1m\nodd: false\n")
    arguments = ["install", "demo", str(folder), f"--wait={strategy}", "--timeout", "12s"]
    rules = {"strategy": "legacy"} if strategy == "legacy" else {}

    def up() -> Any:
        return ours.up(read_chart(str(folder)), wait=True, timeout=12.0, waiting=rules)

    if strategy == "legacy":
        theirs.helm(4, *arguments)
        assert up().changed
    else:
        _helm_fails(theirs, *arguments)
        _ours_fails(up)


@pytest.mark.parametrize("flag", [[], ["--disable-openapi-validation"]])
def test_disable_openapi_validation_has_no_effect_in_helm(two_sides: tuple[Any, Any], tmp_path: Path, flag: list[str]) -> None:
    """The option of that name has no effect.

    The server is requested to validate strictly in either case.
    """
    theirs, ours = two_sides
    folder = _chart(tmp_path / "odd", {"web.yaml": DEPLOYMENT})
    assert "oddField" in _helm_fails(theirs, "install", "demo", str(folder), "--set", "odd=true", *flag)
    assert "oddField" in _ours_fails(lambda: ours.up(read_chart(str(folder)), {"odd": True})).message


def test_force_refuses_fields_that_the_server_does_not_know(two_sides: tuple[Any, Any], tmp_path: Path) -> None:
    theirs, ours = two_sides
    folder = _chart(tmp_path / "odd", {"web.yaml": DEPLOYMENT})
    theirs.helm(4, "install", "demo", str(folder))
    ours.up(read_chart(str(folder)))
    assert "oddField" in _helm_fails(theirs, "upgrade", "demo", str(folder), "--set", "odd=true", "--force-replace", "--server-side=false")
    assert "oddField" in _ours_fails(lambda: ours.up(read_chart(str(folder)), {"odd": True}, force=True)).message


def test_notes_of_subcharts(two_sides: tuple[Any, Any], tmp_path: Path) -> None:
    theirs, ours = two_sides
    folder = _chart(tmp_path / "notes", {"NOTES.txt": "top {{ .Release.Name }}\n", "a.yaml": MAP.format(name="a")})
    (folder / "charts" / "sub" / "templates").mkdir(parents=True)
    (folder / "charts" / "sub" / "Chart.yaml").write_text("{apiVersion: v2, name: sub, version: 0.1.0}\n")
    (folder / "charts" / "sub" / "templates" / "NOTES.txt").write_text("below\n")
    theirs.helm(4, "install", "demo", str(folder), "--render-subchart-notes")
    ours.up(read_chart(str(folder)), subchart_notes=True)
    found = [sorted(side.helm(4, "get", "notes", "demo").removeprefix("NOTES:\n").split("\n")) for side in two_sides]
    assert found[0] == found[1] and "below" in found[0]
    assert "below" not in theirs.helm(4, "upgrade", "demo", str(folder), "--hide-notes")


LOOKING = """apiVersion: v1
kind: ConfigMap
metadata: {name: looking}
data:
  version: '{{ .Capabilities.KubeVersion.Version }}'
  leases: '{{ .Capabilities.APIVersions.Has "coordination.k8s.io/v1/Lease" }}'
  found: '{{ (lookup "v1" "ConfigMap" .Release.Namespace "there").data | toJson }}'
  install: '{{ .Release.IsInstall }}'
"""


def _template(side: Any, folder: Path, **params: Any) -> dict[str, Any]:
    spec = specs.chart_template()["argument_spec"]
    given = {"chart_ref": str(folder), "name": "demo", "namespace": side.namespace, "dry_run": "server", **params}
    checked = ArgumentSpecValidator(spec).validate(given)
    assert not checked.error_messages, checked.error_messages
    return run(chart_template, checked.validated_parameters, False, False, side._environment)


def test_template_with_the_cluster(sides: Any, tmp_path: Path) -> None:
    folder = _chart(tmp_path / "looking", {"looking.yaml": LOOKING, "web.yaml": DEPLOYMENT})
    there = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "there", "namespace": sides.namespace}, "data": {"k": "v"}}
    sides.cluster.create(there)
    result = _template(sides, folder)
    assert result["stdout"] == sides.helm(4, "template", "demo", str(folder), "--dry-run=server")
    assert 'found: \'{"k":"v"}\'' in result["stdout"] and sides.cluster.version().git_version in result["stdout"]
    upgrade = _template(sides, folder, is_upgrade=True)["stdout"]
    assert upgrade == sides.helm(4, "template", "demo", str(folder), "--dry-run=server", "--is-upgrade")


TEMPLATE_FAILURES = {
    "another's object": ({"there.yaml": MAP.format(name="there")}, "invalid ownership metadata"),
    "an unknown kind": ({"odd.yaml": "apiVersion: example.com/v1\nkind: Odd\nmetadata: {name: x}\n"}, "no matches for kind"),
}


@pytest.mark.parametrize("case", list(TEMPLATE_FAILURES))
def test_template_refuses_what_an_installation_would(sides: Any, tmp_path: Path, case: str) -> None:
    templates, words = TEMPLATE_FAILURES[case]
    folder = _chart(tmp_path / "refused", templates)
    there = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "there", "namespace": sides.namespace}, "data": {"k": "v"}}
    sides.cluster.create(there)
    result = _template(sides, folder)
    assert result["failed"] and words in result["stderr"], result
    assert words in _helm_fails(sides, "template", "demo", str(folder), "--dry-run=server")
    if case == "another's object":
        theirs = sides.helm(4, "template", "demo", str(folder), "--dry-run=server", "--take-ownership")
        assert _template(sides, folder, take_ownership=True)["stdout"] == theirs


def test_output_folders_named_after_the_release(sides: Any, tmp_path: Path) -> None:
    folder = _chart(tmp_path / "files", {"a.yaml": MAP.format(name="a"), "h.yaml": MAP.format(name="h")})
    (folder / "crds").mkdir()
    (folder / "crds" / "x.yaml").write_text("apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: x}\n")
    sides.helm(4, "template", "demo", str(folder), "--include-crds", "--output-dir", str(tmp_path / "theirs"), "--release-name")
    params = {"include_crds": True, "output_dir": str(tmp_path / "ours"), "use_release_name": True, "dry_run": "client"}
    assert _template(sides, folder, **params)["changed"]

    def files(name: str) -> dict[str, str]:
        top = tmp_path / name
        return {path.relative_to(top).as_posix(): path.read_text() for path in top.rglob("*") if path.is_file()}

    assert files("ours") == files("theirs")


def test_helm_has_no_name_but_this_in_a_template(sides: Any, tmp_path: Path) -> None:
    folder = _chart(tmp_path / "names", {"a.yaml": MAP.format(name="'{{ .Release.Name }}'")})
    for flags, params in ((["-g"], {"generate_name": True}), (["--name-template", "x{{ add 1 2 }}"], {"name_template": "x{{ add 1 2 }}"})):
        theirs = subprocess.run(
            [sides._programs["helm4"], "template", str(folder), *flags], capture_output=True, text=True, check=True
        ).stdout
        assert _template(sides, folder, dry_run="client", name=None, **params)["stdout"] == theirs


@pytest.mark.parametrize("more", [{}, {"devel": True}, {"devel": True, "chart_version": "1.0.0"}], ids=["stable", "devel", "version"])
def test_devel_finds_prereleases(sides: Any, tmp_path: Path, more: dict[str, Any]) -> None:
    site = tmp_path / "site"
    for version in ("1.0.0", "2.0.0-rc.1"):
        folder = _chart(tmp_path / version, {"a.yaml": MAP.format(name="'{{ .Chart.Version }}'")})
        (folder / "Chart.yaml").write_text(f"{{apiVersion: v2, name: flags, version: {version}}}\n")
        sides.helm(4, "package", str(folder), "--destination", str(site))
    sides.helm(4, "repo", "index", str(site))
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(SimpleHTTPRequestHandler, directory=str(site)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        url = f"http://127.0.0.1:{server.server_address[1]}"
        flags = [*(["--devel"] if "devel" in more else []), *(["--version", more["chart_version"]] if "chart_version" in more else [])]
        theirs = sides.helm(4, "template", "demo", "flags", "--repo", url, *flags)
        ours = _template(sides, Path("flags"), dry_run="client", chart_repo_url=url, **more)
    finally:
        server.shutdown()
        server.server_close()
    assert ours["stdout"] == theirs
    assert ("2.0.0-rc.1" in theirs) == (more == {"devel": True})
