# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Text into manifests, hooks and objects; globs; capabilities."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.windlass.charts.plugins.module_utils._engine.chart.load import load_files
from ansible_collections.windlass.charts.plugins.module_utils._engine.chart.model import File
from ansible_collections.windlass.charts.plugins.module_utils._engine.errors import ManifestError, OptionError
from ansible_collections.windlass.charts.plugins.module_utils._engine.objects.kinds import (
    INSTALL_ORDER,
    UNINSTALL_ORDER,
    install_key,
    uninstall_key,
)
from ansible_collections.windlass.charts.plugins.module_utils._engine.render.capabilities import (
    Capabilities,
    TemplateCapabilities,
    parse_kube_version,
)
from ansible_collections.windlass.charts.plugins.module_utils._engine.render.files import Files, Values, ValuesOver
from ansible_collections.windlass.charts.plugins.module_utils._engine.render.globs import compile_glob
from ansible_collections.windlass.charts.plugins.module_utils._engine.render.manifests import (
    crds,
    joined,
    sort_manifests,
    split,
    take_notes,
)
from ansible_collections.windlass.charts.plugins.module_utils._engine.render.model import ClusterQueries
from ansible_collections.windlass.charts.plugins.module_utils._engine.render.objects import parse_manifest


@pytest.mark.parametrize(
    ("text", "documents"),
    [
        ("a: 1\n---\nb: 2\n", ["a: 1\n", "b: 2\n"]),
        ("\n\n--- \n---\na: 1", ["a: 1"]),
        ("---a: 1\n---b: 2\n", ["a: 1\n", "b: 2\n"]),
        ("a: |\n  ---\n  x\n", ["a: |\n  ---\n  x\n"]),
        ("a: 1\n ---\n", ["a: 1\n ---\n"]),
        ("# c\n---\n\n\u00a0\n---\n  a: 1\n\n", ["# c\n", "a: 1\n\n"]),
        ("", []),
    ],
)
def test_split(text: str, documents: list[str]) -> None:
    assert split(text) == documents


def obj(kind: str, name: str = "x", **annotations: str) -> str:
    lines = "".join(f"    helm.sh/{key.replace('_', '-')}: {value!r}\n" for key, value in annotations.items())
    return f"kind: {kind}\nmetadata:\n  name: {name}\n" + (f"  annotations:\n{lines}" if lines else "")


def test_kinds_are_sorted_and_equals_keep_their_order() -> None:
    files = {
        "c/b.yaml": obj("Zed") + "---\n" + obj("Service", "two"),
        "c/a.yaml": obj("Service", "one") + "---\n" + obj("Abc") + "---\n" + obj("Namespace"),
    }
    hooks, manifests = sort_manifests(files, [])
    assert hooks == []
    assert [(one.kind, one.name, one.path) for one in manifests] == [
        ("Namespace", "x", "c/a.yaml"),
        ("Service", "one", "c/a.yaml"),
        ("Service", "two", "c/b.yaml"),
        ("Abc", "x", "c/a.yaml"),
        ("Zed", "x", "c/b.yaml"),
    ]
    assert joined((one.path, one.text) for one in manifests[:1]) == f"---\n# Source: c/a.yaml\n{obj('Namespace')}\n"


def test_both_orders_know_the_same_kinds_and_end_with_the_unknown() -> None:
    assert sorted(INSTALL_ORDER) == sorted(UNINSTALL_ORDER)
    assert sorted(["Zed", "Pod", "Abc", "Namespace"], key=install_key) == ["Namespace", "Pod", "Abc", "Zed"]
    assert sorted(["Zed", "Pod", "Abc", "Namespace", "Service"], key=uninstall_key) == ["Service", "Pod", "Namespace", "Abc", "Zed"]


def test_hooks() -> None:
    warnings: list[str] = []
    files = {
        "c/h.yaml": obj(
            "Job", "job", hook=" Pre-Install ,post-upgrade", hook_weight="-3", hook_delete_policy="hook-succeeded, BEFORE-hook-creation"
        )
        + "---\n"
        + obj("ConfigMap", "config", hook="test-success", hook_weight="1.5")
        + "---\n"
        + obj("Job", "dropped", hook="pre-install,bogus")
        + "---\n"
        + obj("Job", "empty", hook="")
    }
    hooks, manifests = sort_manifests(files, warnings)
    assert manifests == []
    assert [(hook.name, hook.events, hook.weight, hook.delete_policies) for hook in hooks] == [
        ("config", ["test"], 0, []),
        ("job", ["pre-install", "post-upgrade"], -3, ["hook-succeeded", "before-hook-creation"]),
    ]
    assert len(warnings) == 2


@pytest.mark.parametrize(
    ("text", "helm"),
    [
        ("- a", "error unmarshaling JSON: while decoding JSON: json: cannot unmarshal array into Go value of type util.SimpleHead"),
        ("a: b: c", "error converting YAML to JSON: yaml: mapping values are not allowed in this context"),
        (
            "metadata: {annotations: {a: [b]}}",
            "error unmarshaling JSON: while decoding JSON: json: cannot unmarshal array into Go struct field .metadata.annotations of type string",
        ),
    ],
)
def test_documents_that_are_no_objects(text: str, helm: str) -> None:
    with pytest.raises(ManifestError, match=r"c/x\.yaml") as refused:
        sort_manifests({"c/x.yaml": text, "c/y.yaml": "- later"}, [])
    assert refused.value.helm == f"YAML parse error on c/x.yaml: {helm}"


def test_notes_and_crds() -> None:
    head = b"apiVersion: v2\nname: c\nversion: 1.0.0\n"
    sub = head.replace(b"name: c", b"name: s")
    chart = load_files(
        [
            File("Chart.yaml", head),
            File("crds/x.YAML", b"x"),
            File("crds/y.md", b"y"),
            File("charts/s/Chart.yaml", sub),
            File("charts/s/crds/z.json", b"z"),
        ]
    )
    assert crds(chart) == [("c/crds/x.YAML", "x"), ("c/charts/s/crds/z.json", "z")]
    files = {
        "c/charts/s/templates/NOTES.txt": "sub",
        "c/templates/NOTES.txt": "own",
        "c/templates/MYNOTES.txt": "no",
        "c/templates/a.yaml": "a",
    }
    assert take_notes(chart, dict(files)) == "own"
    assert take_notes(chart, files, subcharts_too=True) == "sub\nown\nno"
    assert list(files) == ["c/templates/a.yaml"]


def test_objects_of_a_manifest() -> None:
    text = (
        "---\n# Source: c/a.yaml\napiVersion: v1\nkind: List\nitems:\n- {apiVersion: v1, kind: Pod, metadata: {name: p}}\n"
        "---\n# Source: c/b.yaml\n# nothing\n"
        "---\n# Source: c/b.yaml\napiVersion: v1\nkind: Secret\nmetadata: {name: s}\nn: 9007199254740993\n"
    )
    assert [(path, found["kind"], found["metadata"]["name"]) for path, found in parse_manifest(text)] == [
        ("c/a.yaml", "Pod", "p"),
        ("c/b.yaml", "Secret", "s"),
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a: 1", "no kind"),
        ("kind: Pod", "no apiVersion"),
        ("kind: Pod\napiVersion: v1", "no metadata.name"),
        ("[1]", "instead of a Kubernetes object"),
        ("a: [", "not YAML"),
    ],
)
def test_objects_that_are_none(text: str, expected: str) -> None:
    with pytest.raises(ManifestError, match=expected):
        parse_manifest(f"---\n# Source: c/a.yaml\n{text}\n")


@pytest.mark.parametrize(
    ("pattern", "name", "fits"),
    [
        ("a/*", "a/b", True),
        ("a/*", "a/b/c", False),
        ("a/**", "a/b/c", True),
        ("*.{yaml,yml}", "x.yml", True),
        ("{a,{b,c}}x", "cx", True),
        ("a[b-d]", "ac", True),
        ("a[!b-d]", "ac", False),
        ("a[!b]", "a/", True),
        (r"\*", "*", True),
        ("{a", "a", True),
        ("a}", "a}", True),
        ("a,b", "a,b", True),
        ("[", "anything/at/all", True),
        ("[a-bc]", "x", True),
        ("[b-a]", "x", True),
    ],
)
def test_globs(pattern: str, name: str, fits: bool) -> None:
    assert (compile_glob(pattern).fullmatch(name) is not None) is fits


def call(value: Any, method: str, *args: Any) -> Any:
    return value.GO_METHODS[method].code(value, *args)


def test_files() -> None:
    files = Files.of([File("f/b.txt", b"x\ny\n"), File("f/a", b"\xff"), File("top", b"")])
    assert call(files, "Get", "f/b.txt") == "x\ny\n"
    assert call(files, "Get", "nope") == ""
    assert call(files, "Lines", "f/b.txt") == ["x", "y"]
    assert call(files, "Lines", "top") == []
    assert call(call(files, "Glob", "f/*"), "AsSecrets") == "a: /w==\nb.txt: eAp5Cg=="
    assert call(call(files, "Glob", "nope"), "AsConfig") == "{}"


def test_a_subcharts_values_are_its_parents_section() -> None:
    root = Values({"s": {"a": 1}})
    section = ValuesOver(root["s"])
    section["b"] = 2
    root["s"]["c"] = 3
    assert dict(section) == {"a": 1, "b": 2, "c": 3} == root["s"]
    assert sorted(section) == ["a", "b", "c"]
    assert {**section} == root["s"]
    assert section == root["s"]
    assert "c" in section
    assert len(section) == 3
    section.pop("a")
    assert root["s"] == {"b": 2, "c": 3}


@pytest.mark.parametrize(
    ("text", "version", "printed", "minor"),
    [
        ("1.29", "v1.29", "v1.29", "29"),
        ("v1.29.1-gke.5", "v1.29.1-gke.5", "v1.29.1", "29"),
        ("1.30.2+k3s1", "v1.30.2+k3s1", "v1.30.2", "30"),
    ],
)
def test_versions(text: str, version: str, printed: str, minor: str) -> None:
    got = parse_kube_version(text)
    assert (got.version, got.text(), got.major, got.minor) == (version, printed, "1", minor)


@pytest.mark.parametrize("text", ["1", "latest", "01.2", ""])
def test_versions_that_are_none(text: str) -> None:
    with pytest.raises(OptionError) as refused:
        parse_kube_version(text)
    assert (refused.value.helm or "").startswith(f"invalid kube version '{text}': ")


class Served:
    """A cluster that records its calls."""

    def __init__(self) -> None:
        self.calls: list[str] = []

    def api_versions(self) -> frozenset[str]:
        self.calls.append("api_versions")
        return frozenset(["apps/v1", "apps/v1/Deployment"])


def test_a_cluster_is_queried_once_and_every_query_is_recorded() -> None:
    cluster, queries = Served(), ClusterQueries()
    dot = TemplateCapabilities(Capabilities.of_cluster(cluster), queries)  # type: ignore[arg-type]  # only the methods that are called
    assert cluster.calls == []
    assert call(dot.versions, "Has", "apps/v1/Deployment") is True
    assert call(dot.versions, "Has", "x/v1") is False
    assert queries.api_versions == {"apps/v1/Deployment": True, "x/v1": False}
    assert cluster.calls == ["api_versions"]
    assert list(dot.versions) == ["apps/v1", "apps/v1/Deployment"]
    assert queries.api_versions["*"] is True
    assert (queries.kube_version, cluster.calls) == (False, ["api_versions"])


def test_without_a_cluster() -> None:
    capabilities = Capabilities.default(api_versions=["x/v1"])
    assert capabilities.kube_version.version == "v1.37.0"
    assert [capabilities.has(name) for name in ("apps/v1", "apps/v1/Deployment", "x/v1")] == [True, False, True]
