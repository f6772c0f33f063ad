# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Trees of charts: conditions, tags, aliases, import-values, globals, nulls.

Hooks, kinds and notes; Chart.yaml that is not right.
"""

from __future__ import annotations

import json
from random import Random
from typing import Any

from fuzz.case import Case
from fuzz.grammar import documents, pool, sets

_KEYS = ("a", "b", "s", "q", "g", "global", "tags", "t", "up", "exports", "zs")
_SCALARS = (None, None, 1, 0, "x", "", True, False, [1, None], [], {}, 1.5, "true", "null", [{"a": None}])
_CONDITIONS = ("a,{0}.up", "{0}.up", "global.up", "s.up,q.up", "b.a", "", " {0}.up ", "{0}.up, s.up", "nope.x", ",")
_IMPORTS = (["a", "b"], [{"child": "a", "parent": "b"}], [{"child": "global", "parent": "."}, {"child": "b", "parent": "a.b"}],
    ["exports"], [{"child": "a"}], [{"child": "exports.a", "parent": "global"}], ["nope"], [1], [{"child": "a.b.c", "parent": "q"}], [])  # fmt: skip
_VERSIONS = ("*", ">=0.1", "^1", "", "1.x", "0.1.0", ">2", "~0.1", "x", ">=0.1.0-0")
_DUMP = ("# {{ .Values | toJson }} {{ .Chart.Dependencies | toJson }}"
         "{{ range $k, $v := .Subcharts }} {{ $k }}{{ end }} {{ .Chart.Name }} {{ .Template.BasePath }}\n")
_KINDS = ("Pod", "Service", "ConfigMap", "Namespace", "Job", "Deployment", "Foo", "Secret", "ClusterRole", "CustomResourceDefinition",
    "APIService", "Ingress", "List", "")
_HOOKS = ("pre-install", "post-install", "test", "test-success", "pre-install,post-upgrade", "nope", " pre-install ", "Pre-Install", "",
    "crd-install", "pre-delete")


def table(chance: Random, depth: int) -> dict[str, Any]:
    return {key: value(chance, depth - 1) for key in chance.sample(_KEYS, chance.randint(0, 4))}


def value(chance: Random, depth: int) -> Any:
    return table(chance, depth) if depth > 0 and chance.random() < 0.5 else chance.choice(_SCALARS)


def _dependency(chance: Random, name: str) -> dict[str, Any]:
    out: dict[str, Any] = {"name": name, "version": chance.choice(_VERSIONS[:5] if chance.random() < 0.8 else _VERSIONS)}
    if chance.random() < 0.3:
        out["alias"] = chance.choice(["t", f"z{name}", "t" if chance.random() < 0.9 else "a b"])
    if chance.random() < 0.4:
        out["condition"] = chance.choice(_CONDITIONS).format(name)
    if chance.random() < 0.4:
        out["tags"] = chance.sample(["a", "b", "t"], chance.randint(1, 2))
    if chance.random() < 0.4:
        out["import-values"] = chance.choice(_IMPORTS)
    if chance.random() < 0.1:
        out["repository"] = chance.choice(["https://x", "file://../x", "@x", "alias:x"])
    return out


def _tree(chance: Random, files: dict[str, str], folder: str, name: str, depth: int) -> None:
    declared: list[dict[str, Any]] = []
    for subchart in chance.sample(["s", "q", "g"], chance.randint(0, 2)) if depth else ():
        _tree(chance, files, f"{folder}charts/{subchart}/", subchart, depth - 1)
        for _ in range(chance.choice((0, 1, 1, 1, 2))):
            declared.append(_dependency(chance, subchart))
    if chance.random() < 0.03:
        declared.append(_dependency(chance, "missing"))
    kind = "library" if depth < 2 and chance.random() < 0.1 else "application"
    head: dict[str, Any] = {"apiVersion": "v2", "name": name, "version": chance.choice(["0.1.0", "1.2.3"]), "type": kind}
    version = chance.random()
    if declared and version < 0.1:
        head["apiVersion"] = "v1"
        files[f"{folder}requirements.yaml"] = json.dumps({"dependencies": declared})
    elif declared:
        head["dependencies"] = declared
    files[f"{folder}Chart.yaml"] = _head(chance, head)
    files[f"{folder}values.yaml"] = json.dumps(table(chance, 3))
    files[f"{folder}templates/t.yaml"] = _DUMP
    if chance.random() < 0.5:
        files[f"{folder}templates/{chance.choice(('m.yaml', 'sub/m.yaml', '_x.tpl', 'NOTES.txt', 'x.txt', 'sub/NOTES.txt', 'a.yml'))}"] = (
            "".join(_manifest(chance) for _ in range(chance.randint(1, 3))))
    if chance.random() < 0.1:
        files[f"{folder}crds/c.yaml"] = "kind: CustomResourceDefinition\n"


def _head(chance: Random, head: dict[str, Any]) -> str:
    if chance.random() < 0.07:
        key = chance.choice(("name", "version", "apiVersion", "type", "kubeVersion", "appVersion", "maintainers", "keywords",
            "annotations", "dependencies", "deprecated", "condition", "tags", "sources", "icon"))
        head[key] = chance.choice((None, "", 1, 1.5, True, [], {}, ["a"], [None], [{}], [{"name": "a"}], {"a": "b"}, {"a": 1}, "x",
            ">=1.20.0-0", ">99", "a/b", "..", "1.2", "v1", "V2", "library", [{"name": "x", "version": "1"}], "a\u0007b"))
    text = json.dumps(head)
    return documents.damaged(chance, text) if chance.random() < 0.02 else text


def _manifest(chance: Random) -> str:
    if chance.random() < 0.1:
        return chance.choice(("---\n", "# only a comment\n", "--- # x\na: 1\n", "\n\n", "a: [\n", "- list\n", "text\n", "kind: [a]\n",
            "---\n---\n", "metadata: {name: 1}\n", "metadata: {annotations: {a: 1}}\n", "{{ fail \"no\" }}\n",
            "metadata:\n  annotations:\n    x: null\n", "-----\na: 1\n", "---a: 1\n", "a: 1 ---\n", "\ufeff---\na: 1\n",
            "metadata: null\n", "kind: Pod\nkind: Job\n", "apiVersion: 1\n"))
    made: dict[str, Any] = {"apiVersion": "v1", "kind": chance.choice(_KINDS), "metadata": {"name": chance.choice(("a", "b", "c"))}}
    if chance.random() < 0.4:
        notes = {"helm.sh/hook": chance.choice(_HOOKS)}
        if chance.random() < 0.5:
            notes["helm.sh/hook-weight"] = chance.choice(("1", "-5", "x", "", "+3", "1.5", "99999999999999999999"))
        if chance.random() < 0.3:
            notes["helm.sh/hook-delete-policy"] = chance.choice(("hook-succeeded", "before-hook-creation,hook-failed", "nope"))
        made["metadata"]["annotations"] = notes
    return "---\n" + json.dumps(made) + "\n"


def case(chance: Random) -> Case:
    files: dict[str, str] = {}
    _tree(chance, files, "", "c", 2)
    values = tuple(json.dumps(table(chance, 3)) for _ in range(chance.randint(0, 2)))
    if chance.random() < 0.05:
        values = (*values, documents.document(chance))
    given = tuple(("set",
        f"{chance.choice(_KEYS)}.{chance.choice(_KEYS)}={chance.choice(('null', '1', 'x', 'true', '{a}'))}") for _ in range(chance.choice((0, 0, 0, 1, 2))))
    if chance.random() < 0.03:
        given = (("set", sets.text(chance, "set").replace("\0", "")),)
    return Case("chart" if chance.random() < 0.8 else "files", files, values, given)


def documents_case(chance: Random) -> Case:
    return Case("yaml", text=documents.document(chance))


def values_file(chance: Random) -> Case:
    """A document as values, read by templates."""
    return Case("files", {"templates/t.yaml": "{{ .Values | toJson }}\n{{ .Values | toYaml }}",
        "values.yaml": documents.document(chance) if chance.random() < 0.4 else ""}, (documents.document(chance),))


def written(chance: Random) -> Case:
    """A value that is written as YAML."""
    return Case("yaml", text=pool.as_json(pool.value(chance, 4)))
