# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""``make porting``: generates the tables of docs/porting.md.

From ``tests/dropin/options.yml`` and ``tests/parity/flags.yml``.

``--check`` reports whether they are up to date.

``peer_options(folder)`` reads the documented options of a checkout of kubernetes.core, for the test that compares the table with them.
"""

from __future__ import annotations

import ast
import json
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
TABLE = ROOT / "tests" / "dropin" / "options.yml"
PAGE = ROOT / "docs" / "porting.md"
FLAGS = ROOT / "tests" / "parity" / "flags.yml"
BEGIN, END = "<!-- begin: made by make porting -->", "<!-- end -->"
BEGIN_FLAGS, END_FLAGS = "<!-- begin: flags of helm, made by make porting -->", "<!-- end of the flags -->"


def table() -> dict[str, Any]:
    import yaml

    return dict(yaml.safe_load(TABLE.read_text()))


def options_of(data: dict[str, Any], module: str) -> dict[str, list[Any]]:
    """Options of the peer's module that this collection accepts."""
    entry = data["modules"][module]
    options = {**(data["connection"] if entry["connection"] else {}), **entry["options"]}
    return {name: option for name, option in options.items() if name not in refused_of(data, module)}


def refused_of(data: dict[str, Any], module: str) -> list[str]:
    """Options of the peer's module that this collection does not accept."""
    return list(data["modules"][module].get("refused", {}).get("options", ()))


def _row(cells: list[Any]) -> str:
    return "| " + " | ".join(str(cell).replace("|", "\\|") for cell in cells) + " |"


def _shown(text: str) -> str:
    return "" if text == "-" else text


def tables(data: dict[str, Any]) -> str:
    others = "`helm_template`, `helm_repository`, `helm_pull` and `helm_registry_auth`"
    lines: list[str] = [f"### Connection options, in every module except {others}", ""]
    lines += _options(data["connection"])
    for module, entry in data["modules"].items():
        lines += ["", f"### `kubernetes.core.{module}` → `windlass.charts.{entry['ours']}`", ""]
        lines += _options(entry["options"])
        if "refused" in entry:
            names = ", ".join(f"`{name}`" for name in entry["refused"]["options"])
            lines += ["", f"Not accepted: {names}. {entry['refused']['why']}"]
        lines += ["", _row(["return value", "content", "differs on purpose"]), _row(["---"] * 3)]
        lines += [_row([f"`{key}`", what, _shown(differs)]) for key, (what, differs) in entry["returns"].items()]
    lines += ["", "### Other modules", "", _row(["module", "here"]), _row(["---"] * 2)]
    lines += [_row([f"`{module}`", sentence]) for module, sentence in data["elsewhere"].items()]
    return "\n".join(lines)


def _options(options: dict[str, list[Any]]) -> list[str]:
    lines = [_row(["option", "default", "alias", "effect here", "differs on purpose"]), _row(["---"] * 5)]
    for name, (_type, default, aliases, what, differs) in options.items():
        alias = "" if aliases == "-" else f"`{aliases}`"
        lines.append(_row([f"`{name}`", "" if default == "-" else f"`{default}`", alias, what, _shown(differs)]))
    return lines


def flags() -> dict[str, Any]:
    """Flags of Helm by command, with groups merged in.

    ``commands`` with ``module``, ``note`` and all of their ``flags``, flag -> ``[option, note]``; ``global``; ``without_module``, command
    or first word of commands -> reason; ``helm3``, command -> flags that only helm 3 has.
    """
    import yaml

    data = yaml.safe_load(FLAGS.read_text())
    commands = {}
    for name, entry in data["commands"].items():
        found = {flag: row for group in entry["groups"] for flag, row in data["groups"][group].items()}
        own = dict(sorted({**found, **entry["flags"]}.items()))
        commands[name] = {"module": entry["module"], "note": entry.get("note", ""), "flags": own}
    return {"commands": commands, **{key: data[key] for key in ("global", "without_module", "helm3")}}


def flag_tables(data: dict[str, Any]) -> str:
    lines: list[str] = []
    seen: dict[str, str] = {}
    for name, entry in data["commands"].items():
        lines += ["", f"### `helm {name}` → `{entry['module']}`", ""]
        lines += [entry["note"], ""] if entry["note"] else []
        same = seen.setdefault(json.dumps([entry["module"], entry["flags"]]), name) if len(entry["flags"]) > 2 else name
        lines += _flags(entry["flags"]) if same == name else [f"The flags are those of `helm {same}`."]
    lines += ["", "### Flags of every command", "", *_flags(data["global"])]
    lines += ["", "### Flags that only helm 3 has", "", _row(["command", "flag", "option", "note"]), _row(["---"] * 4)]
    for name, rows in data["helm3"].items():
        lines += [_row([f"`helm {name}`", *cells]) for cells in _flag_cells(rows)]
    lines += ["", "### Commands without a module", "", _row(["command", "reason, or what to use"]), _row(["---"] * 2)]
    lines += [_row([f"`helm {name}`", reason]) for name, reason in data["without_module"].items()]
    return "\n".join(lines[1:])


def _flags(rows: dict[str, list[str]]) -> list[str]:
    return [_row(["flag", "option", "note"]), _row(["---"] * 3), *(_row(cells) for cells in _flag_cells(rows))]


def _flag_cells(rows: dict[str, list[str]]) -> list[list[str]]:
    return [[f"`{flag}`", "none" if option == "-" else f"`{option}`", note] for flag, (option, note) in rows.items()]


def page(text: str, data: dict[str, Any], flags_data: dict[str, Any]) -> str:
    """The page with its tables replaced."""
    text = _replaced(text, BEGIN, END, tables(data))
    return _replaced(text, BEGIN_FLAGS, END_FLAGS, flag_tables(flags_data))


def _replaced(text: str, first: str, last: str, between: str) -> str:
    head, begin, rest = text.partition(first)
    _old, end, tail = rest.partition(last)
    if not (begin and end):
        raise SystemExit(f"{PAGE} has no {first} and {last}")
    return f"{head}{first}\n\n{between}\n\n{last}{tail}"


# --- what the peer documents


def _documentation(path: Path) -> dict[str, Any]:
    """``DOCUMENTATION`` of a module, or of the class of a fragment; read, not run."""
    import yaml

    for node in ast.walk(ast.parse(path.read_text())):
        if not isinstance(node, ast.Assign) or not isinstance(node.value, ast.Constant):
            continue
        if any(isinstance(target, ast.Name) and target.id == "DOCUMENTATION" for target in node.targets):
            return dict(yaml.safe_load(str(node.value.value)))
    raise SystemExit(f"{path} has no DOCUMENTATION")


def peer_options(folder: Path, module: str) -> dict[str, dict[str, Any]]:
    """Option -> ``type``, ``default``, ``aliases`` as documented, those of fragments with them."""
    plugins = folder / "plugins"
    documented = _documentation(plugins / "modules" / f"{module}.py")
    options: dict[str, dict[str, Any]] = {}
    for fragment in documented.get("extends_documentation_fragment") or []:
        path = plugins / "doc_fragments" / f"{fragment.rpartition('.')[2]}.py"
        options.update(_documentation(path).get("options") or {})
    return {**options, **(documented.get("options") or {})}


def main() -> int:
    made = page(PAGE.read_text(), table(), flags())
    if "--check" in sys.argv:
        if made != PAGE.read_text():
            print("docs/porting.md does not match tests/dropin/options.yml and tests/parity/flags.yml: run make porting", file=sys.stderr)
            return 1
        return 0
    PAGE.write_text(made)
    return 0


if __name__ == "__main__":
    sys.exit(main())
