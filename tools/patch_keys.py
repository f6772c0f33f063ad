# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Writes the table of patch strategies from an API server: ``patch_keys.py KUBECONFIG [--check]``.

A strategic merge patch merges some lists by a key and replaces all others. Each built-in type defines which. The API server
publishes it (``x-kubernetes-patch-strategy`` and ``-merge-key`` below ``/openapi/v3``); the collection ships it as a table
(``plugins/module_utils/_engine/objects/patches/patch_keys.py``), so that a patch costs no request. Run it when Kubernetes has a new
minor version.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
TABLE = ROOT / "plugins" / "module_utils" / "_engine" / "objects" / "patches" / "patch_keys.py"
#: what helm's client knows as types; it patches kinds of every other group as it patches custom ones
PREFIXES = ("io.k8s.api.", "io.k8s.apiextensions-apiserver.pkg.apis.")
HEAD = '''# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""How a strategic merge patch treats each field of the built-in types.

Made by ``tools/patch_keys.py``; do not edit. ``KINDS``: apiVersion/kind -> type. ``TYPES``: type -> fields as
``name[>type][:strategies[:merge key]]``. A field that is not here is replaced where it is a list, and merged key by key where it is a map.
"""

from __future__ import annotations

# fmt: off
'''


def table_of(documents: dict[str, dict[str, Any]]) -> tuple[dict[str, str], dict[str, str]]:
    """:param documents: the OpenAPI documents by their path. :return: ``KINDS`` and ``TYPES``."""
    schemas: dict[str, Any] = {}
    for document in documents.values():
        schemas.update((document.get("components") or {}).get("schemas") or {})
    fields = {name: _fields(schema) for name, schema in schemas.items()}
    telling = {name for name, found in fields.items() if any(":" in text for text in found.values())}
    while True:
        more = {name for name, found in fields.items() if name not in telling and any(_type(text) in telling for text in found.values())}
        if not more:
            break
        telling |= more
    short = _short(telling)
    kinds: dict[str, str] = {}
    for name, schema in schemas.items():
        for gvk in schema.get("x-kubernetes-group-version-kind") or []:
            if name.startswith(PREFIXES) and not gvk["kind"].endswith("List") and "metadata" in (schema.get("properties") or {}):
                version = f"{gvk['group']}/{gvk['version']}" if gvk["group"] else gvk["version"]
                kinds[f"{version}/{gvk['kind']}"] = short[name]
    reached = _reached({name for name in telling if short[name] in kinds.values()}, fields, telling)
    types = {short[name]: " ".join(_entries(fields[name], telling, short)) for name in sorted(reached)}
    return dict(sorted(kinds.items())), dict(sorted(types.items()))


def _fields(schema: dict[str, Any]) -> dict[str, str]:
    """Field -> ``type:strategies:key``."""
    found = {}
    for name, field in (schema.get("properties") or {}).items():
        ref = _ref(field) or _ref(field.get("items") or {})
        strategy, key = field.get("x-kubernetes-patch-strategy", ""), field.get("x-kubernetes-patch-merge-key", "")
        if ref or strategy:
            found[name] = ref + (f":{strategy}" + (f":{key}" if key else "") if strategy else "")
    return found


def _ref(field: dict[str, Any]) -> str:
    text = field.get("$ref") or next((item["$ref"] for item in field.get("allOf") or [] if "$ref" in item), "")
    return str(text).rpartition("/")[2]


def _type(text: str) -> str:
    return text.partition(":")[0]


def _short(names: set[str]) -> dict[str, str]:
    """``io.k8s.api.apps.v1.DeploymentSpec`` -> ``apps.v1.DeploymentSpec``."""
    return {name: ".".join(name.split(".")[-3:]) for name in names}


def _reached(roots: set[str], fields: dict[str, dict[str, str]], telling: set[str]) -> set[str]:
    seen: set[str] = set()
    todo = list(roots)
    while todo:
        name = todo.pop()
        if name not in seen:
            seen.add(name)
            todo += [_type(text) for text in fields[name].values() if _type(text) in telling]
    return seen


def _entries(fields: dict[str, str], telling: set[str], short: dict[str, str]) -> list[str]:
    result = []
    for name, text in sorted(fields.items()):
        kind, _colon, rules = text.partition(":")
        inner = f">{short[kind]}" if kind in telling else ""
        if inner or rules:
            result.append(name + inner + (f":{rules}" if rules else ""))
    return result


def source(kinds: dict[str, str], types: dict[str, str]) -> str:
    """The table as a file."""
    lines = [HEAD, "KINDS = {"]
    lines += [f'    "{kind}": "{name}",' for kind, name in kinds.items()]
    lines += ["}", "", "TYPES = {"]
    for name, text in types.items():
        words = text.split(" ")
        rows: list[str] = [""]
        for word in words:
            if rows[-1] and len(rows[-1]) + len(word) > 118:
                rows.append("")
            rows[-1] += f"{' ' if rows[-1] else ''}{word}"
        if len(rows) == 1 and len(name) + len(rows[0]) < 126:
            lines.append(f'    "{name}": "{rows[0]}",')
        else:
            lines.append(f'    "{name}": (')
            lines += [f'        "{row}{" " if index < len(rows) - 1 else ""}"' for index, row in enumerate(rows)]
            lines.append("    ),")
    return "\n".join([*lines, "}", "# fmt: on", ""])


def documents_of(kubeconfig: Path) -> dict[str, dict[str, Any]]:
    """All OpenAPI documents of a server."""
    sys.path.insert(0, str(ROOT / "tests" / "integration" / "targets" / "release_ownership" / "files"))
    from api_server import ask  # the request that the tests send, too

    index = ask(kubeconfig, "GET", "/openapi/v3").json()["paths"]
    paths = {path: entry["serverRelativeURL"] for path, entry in index.items() if path.startswith(("api/", "apis/"))}
    return {path: ask(kubeconfig, "GET", url).json() for path, url in paths.items()}


def main() -> int:
    kubeconfig = Path(sys.argv[1])
    text = source(*table_of(documents_of(kubeconfig)))
    if "--check" in sys.argv:
        same = TABLE.read_text() == text
        sys.stdout.write("the table is what this server says\n" if same else "the table is not what this server says\n")
        return 0 if same else 1
    TABLE.write_text(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
