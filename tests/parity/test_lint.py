# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The linter compared with ``helm lint``: the same text and the same result for charts of every kind.

What is compared is what Helm prints; the rules that Helm does not have are left out. Helm keeps subcharts in a Go map, so where it lists
several of them their order is chance.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = sorted((ROOT / "examples" / "charts").iterdir())
HEAD = "apiVersion: v2\nname: c\nversion: 1.0.0\n"
FLAGS = (
    [],
    ["--strict"],
    ["--quiet"],
    ["--with-subcharts"],
    ["--kube-version=1.20.3"],
    ["--skip-schema-validation"],
    ["--strict", "--quiet", "--with-subcharts"],
)
_LISTED = re.compile("(chart (?:metadata|directory) is missing these dependencies: )(.*)")


def settled(text: str) -> str:
    """The messages, with those that Helm prints in random order sorted."""
    return _LISTED.sub(lambda found: found.group(1) + ",".join(sorted(found.group(2).split(","))), text)


@pytest.fixture(scope="session")
def plugins() -> ModuleType:
    sys.path.insert(0, str(ROOT / "plugins"))
    import module_utils._adapters.charts.lint_folders as folders

    return folders


@pytest.fixture
def same(helm, plugins):
    """Compares one chart; returns the difference, empty if there is none."""

    def compare(path: Path, *flags: str) -> str:
        done = helm.run("lint", *flags, str(path))
        error = "\n".join(line for line in done.stderr.decode("utf-8", "replace").splitlines() if line.startswith("Error:"))
        theirs = settled(done.stdout.decode("utf-8", "replace") + error)
        ours = settled(printed(plugins, str(path), list(flags)))
        return "" if ours == theirs else f"helm:\n{theirs}\nours:\n{ours}"

    return compare


def printed(folders: ModuleType, path: str, flags: list[str]) -> str:
    """The output of helm's command for messages of this collection (Helm: ``pkg/cmd/lint.go``)."""
    from module_utils._adapters.clock import SystemClock, SystemRandom
    from module_utils._engine.errors import EngineError
    from module_utils._engine.lint.linter import lint
    from module_utils._engine.lint.message import ERROR, INFO, WARNING
    from module_utils._engine.lint.rules.templates import LintOptions

    kube_version = next((flag.partition("=")[2] for flag in flags if flag.startswith("--kube-version=")), "")
    options = LintOptions(
        kube_version=kube_version, skip_schema_validation="--skip-schema-validation" in flags, random=SystemRandom(), clock=SystemClock()
    )
    paths = [path, *(folders.below(path) if "--with-subcharts" in flags else ())]
    quiet, gravest = "--quiet" in flags, WARNING if "--strict" in flags else ERROR
    out, failed, shown = "", 0, 0
    for chart in paths:
        refused = ""
        messages = []
        try:
            messages = lint(folders.lint_folder(chart), {}, options, beyond_helm=False)
        except EngineError as error:
            refused = f"Error {error.helm_message}\n"
        grave = bool(refused) or any(message.severity > INFO for message in messages)
        shown += grave
        failed += bool(refused) or any(message.severity >= gravest for message in messages)
        if grave or not quiet:
            out += f"==> Linting {chart}\n{refused}"
            out += "".join(f"{message}\n" for message in messages if message.severity > INFO or not quiet) + "\n"
    summary = f"{len(paths)} chart(s) linted, {failed} chart(s) failed"
    if failed:
        return f"{out}Error: {summary}"
    return out + (f"{summary}\n" if shown or not quiet else "")


@pytest.mark.parametrize("flags", FLAGS, ids=" ".join)
def test_examples(flags: list[str], same, created: Path) -> None:
    for chart in (*EXAMPLES, created):
        assert same(chart, *flags) == ""


def test_helms_own_charts(same, helm_module: Path) -> None:
    """Every chart and archive among helm's own test data. Left out: a format that helm has not released."""
    charts = [path.parent for path in helm_module.glob("pkg/**/testdata/**/Chart.yaml")] + list(
        helm_module.glob("pkg/**/testdata/**/*.tgz")
    )
    charts = [chart for chart in sorted(charts) if "/chart/v3/" not in str(chart)]
    different = {str(chart.relative_to(helm_module)): text for chart in charts if (text := same(chart))}
    # `version: 72445e2`: helm shows the float with an exponent, we show the number
    different = {name: text for name, text in different.items() if "7.2445e+06" not in text}
    assert different == {}


#: name: files, flags
CASES: dict[str, tuple[dict[str, str], list[str]]] = {
    "no-name": ({"Chart.yaml": "apiVersion: v2\nversion: 1.0.0\n"}, []),
    "no-version": ({"Chart.yaml": "apiVersion: v2\nname: c\n"}, []),
    "unknown-key": ({"Chart.yaml": HEAD + "colour: red\nmaintainers: [{name: a, nick: b}]\n"}, []),
    "key-twice": ({"Chart.yaml": HEAD + "version: 1.0.1\n"}, []),
    "not-yaml": ({"Chart.yaml": "apiVersion: [\n"}, []),
    "types": ({"Chart.yaml": "apiVersion: v2\nname: c\nversion: 1.5\nappVersion: 1.10\n"}, []),
    "wrong-types": ({"Chart.yaml": HEAD + "maintainers: 5\nappVersion: {a: 1}\n"}, []),
    "old-format": (
        {"Chart.yaml": "apiVersion: v1\nname: c\nversion: 1.0.0\ntype: application\ndependencies: [{name: d, version: 1.x}]\n"},
        [],
    ),
    "other-format": ({"Chart.yaml": "apiVersion: v7\nname: c\nversion: 1.0.0\n"}, []),
    "versions": ({"Chart.yaml": "apiVersion: v2\nname: c\nversion: v1.2\n"}, []),
    "lowest-version": ({"Chart.yaml": "apiVersion: v2\nname: c\nversion: 0.0.0-0\n"}, []),
    "maintainers": ({"Chart.yaml": HEAD + "maintainers: [{name: a, email: b@c}]\nsources: [x]\nicon: y\n"}, []),
    "maintainer-url": ({"Chart.yaml": HEAD + "maintainers: [{name: a, url: 'https://a b'}]\nicon: /x\n"}, []),
    "nameless-maintainer": ({"Chart.yaml": HEAD + "maintainers: [{email: a@b.c}]\n"}, []),
    "empty-maintainer": ({"Chart.yaml": HEAD + "maintainers: [null]\n"}, []),
    "dependencies": ({"Chart.yaml": HEAD + "dependencies: [{name: d, version: 1.x}, {name: d, version: 1.x}]\n"}, ["--strict"]),
    "undeclared": ({"charts/d/Chart.yaml": HEAD.replace("name: c", "name: d")}, []),
    "bad-values": ({"values.yaml": "a: [\n"}, []),
    "listed-values": ({"values.yaml": "- 1\n"}, []),
    "schema": ({"values.yaml": "a: x\n", "values.schema.json": '{"properties": {"a": {"type": "number"}}, "required": ["b"]}'}, []),
    "bad-schema": ({"values.schema.json": "{"}, []),
    "required": ({"templates/x.yaml": 'a: {{ required "give b" .Values.b }}\n{{ fail "no" }}'}, []),
    "nil": ({"templates/x.yaml": "a: {{ .Values.b.c }}\n"}, []),
    "no-template": ({"templates/x.yaml": '{{ include "gone" . }}'}, []),
    "does-not-parse": ({"templates/x.yaml": "{{ if }}"}, []),
    "names": (
        {
            "templates/a.yaml": "kind: Service\nmetadata: {name: 1a.b}\n---\nkind: Namespace\nmetadata: {name: a.b}\n---\nkind: X\n",
            "templates/b.yaml": 'kind: Role\nmetadata: {name: "a%/b"}\n---\nkind: CertificateSigningRequest\n---\nkind: Pod\nmetadata: {name: '
            + "A" * 254
            + "}\n",
        },
        [],
    ),
    "old-apis": (
        {
            "templates/a.yaml": "apiVersion: policy/v1beta1\nkind: PodDisruptionBudget\nmetadata: {name: a}\n",
            "templates/b.yaml": "apiVersion: v1\nkind: Endpoints\nmetadata: {name: a}\n---\napiVersion: v1\nkind: ComponentStatus\nmetadata: {name: a}\n",
        },
        ["--kube-version=1.33"],
    ),
    "young-apis": (
        {"templates/a.yaml": "apiVersion: policy/v1beta1\nkind: PodDisruptionBudget\nmetadata: {name: a}\n"},
        ["--kube-version=1.20"],
    ),
    "selector": ({"templates/a.yaml": "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: a}\n"}, []),
    "list": (
        {
            "templates/a.yaml": "apiVersion: v1\nkind: List\nmetadata: {name: a}\nitems: [{metadata: {annotations: {helm.sh/resource-policy: keep}}}]\n"
        },
        [],
    ),
    "extensions": ({"templates/a.json": "{}", "templates/b": "x", "templates/.c": "x", "templates/d.TPL": "x"}, []),
    "indent": ({"templates/a.yaml": "\n  kind: X\n  metadata: {name: a}\n"}, []),
    "bad-yaml": ({"templates/a.yaml": "kind: X\nmetadata: {name: a}\n---\n\n\na: b: c\n", "templates/b.yaml": "kind: {}\n"}, []),
    "bad-separator": ({"templates/a.yaml": "kind: X\nmetadata: {name: a}\n--- x\n"}, []),
    "json": ({"templates/a.yaml": '{"kind": "X", "metadata": {"name": "a"}}\n{"kind": "Y"}', "templates/b.yaml": '{"kind": }\n'}, []),
    "wrong-shape": ({"templates/a.yaml": "- kind: X\n", "templates/b.yaml": "metadata: [1]\n"}, []),
    "crds": ({"crds/a.yaml": "apiVersion: v1\nkind: Pod\n---\n", "crds/b.yaml": "a: b: c\n"}, []),
    "crds-file": ({"crds": "x"}, []),
    "no-templates": ({"charts/x/README.md": ""}, []),
    "templates-file": ({"templates": "x"}, []),
    "ignored": (
        {".helmignore": "values.yaml\n", "values.yaml": "a: 1\n", "templates/a.yaml": "kind: X\nmetadata: {name: a{{ .Values.a }}}\n"},
        [],
    ),
    "no-chart-file": ({"Chart.yaml": "", "templates/a.yaml": ""}, []),
    "subcharts": (
        {
            "charts/d/Chart.yaml": "apiVersion: v2\nname: d\n",
            "charts/d/charts/e/Chart.yaml": "apiVersion: v2\nversion: 1.0.0\n",
            "templates/a.yaml": "",
        },
        ["--with-subcharts"],
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_case(name: str, same, tmp_path: Path) -> None:
    files, flags = CASES[name]
    for path, text in {"Chart.yaml": HEAD, **files}.items():
        target = tmp_path / "c" / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text)
    assert same(tmp_path / "c", *flags) == ""


@pytest.mark.parametrize("chart", EXAMPLES, ids=lambda path: path.name)
def test_packaged(chart: Path, same, helm, tmp_path: Path) -> None:
    assert helm.run("package", str(chart), "-d", str(tmp_path)).returncode == 0
    assert same(next(tmp_path.glob("*.tgz"))) == ""


def test_good_charts_have_no_findings_beyond_helms(plugins, created: Path) -> None:
    """No false positives for charts of ``helm create`` and for the examples."""
    from module_utils._engine.lint.linter import lint
    from module_utils._engine.lint.rules.templates import LintOptions

    for chart in (*EXAMPLES, created):
        assert [str(message) for message in lint(plugins.lint_folder(str(chart)), {}, LintOptions()) if not message.helm] == []
