# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The Python libraries of the modules are the same in all places.

These are requirements.txt, module documentation, README.md and the execution environment.
"""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[3]
#: a documented requirement, "library >= version (reason)"
DOCUMENTED = re.compile(r"(?P<name>\S+) >= (?P<version>[0-9.]+)(?: \(.+\))?")
#: modules -> the fragments whose requirements they have to extend
RENDERING = {"chart_info", "chart_lint", "chart_release", "chart_releases", "chart_template"}


def required() -> dict[str, str]:
    """Library -> oldest version, as in requirements.txt."""
    lines = [line for line in (ROOT / "requirements.txt").read_text().splitlines() if line and not line.startswith("#")]
    return dict(line.partition(";")[0].split(">=") for line in lines)


def documentation(path: Path) -> list[dict[str, Any]]:
    """The documentation texts of a module or of a fragment's class, as data."""
    found = []
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str):
            names = [target.id for target in node.targets if isinstance(target, ast.Name)]
            if names and names[0].isupper() and names[0] not in ("EXAMPLES", "RETURN"):
                found.append(yaml.safe_load(node.value.value))
    return [entry for entry in found if isinstance(entry, dict)]


def documented(folder: str) -> dict[str, str]:
    """Library -> oldest version, over every ``requirements`` list of a folder below plugins."""
    found: dict[str, str] = {}
    for path in sorted((ROOT / "plugins" / folder).glob("*.py")):
        for entry in documentation(path):
            for line in entry.get("requirements", ()):
                matched = DOCUMENTED.fullmatch(line)
                assert matched, f"{path.name}: requirement {line!r} is not 'library >= version (reason)'"
                assert found.setdefault(matched["name"], matched["version"]) == matched["version"], f"{path.name}: {line}"
    return found


def test_the_fragments_document_what_requirements_txt_lists() -> None:
    assert documented("doc_fragments") == required()


def test_modules_have_no_requirements_of_their_own() -> None:
    assert documented("modules") == {}


def test_modules_that_render_charts_document_the_libraries_of_charts() -> None:
    extending = {
        path.stem
        for path in (ROOT / "plugins" / "modules").glob("*.py")
        for entry in documentation(path)
        if "windlass.charts._chart_source.libraries" in entry.get("extends_documentation_fragment", ())
    }
    assert extending == RENDERING


def test_readme_lists_the_same_libraries() -> None:
    readme = ROOT / "README.md"
    rows = re.findall(r"^\| `([\w-]+)` \| ([0-9.]+) \|", readme.read_text(), re.M)
    assert dict(rows) == required()


@pytest.mark.parametrize("file", ["meta/execution-environment.yml", "execution-environment.yml"])
def test_an_execution_environment_names_no_library_elsewhere(file: str) -> None:
    """The file in ``meta`` points to requirements.txt.

    The example installs the collection and repeats nothing of it.
    """
    dependencies = yaml.safe_load((ROOT / file).read_text())["dependencies"]
    assert dependencies.get("python") == ("requirements.txt" if file.startswith("meta/") else None)
    if not file.startswith("meta/"):
        assert dependencies["galaxy"]["collections"][0]["name"].endswith("windlass.charts.git")
