# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every task of this collection in a page or in EXAMPLES passes the module's argument spec.

``tests/integration_py/test_guides.py`` runs those in files of the guides.
"""

from __future__ import annotations

import ast
import copy
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible_collections.windlass.charts.plugins.module_utils._ansible.options import specs

ROOT = Path(__file__).resolve().parents[3]
sys.path.insert(0, str(ROOT / "tests" / "guides"))
import pages

PREFIX = "windlass.charts."
MODULES = sorted(path.stem for path in (ROOT / "plugins" / "modules").glob("*.py"))
#: what an expression of Ansible may stand for, by the type of the option
SAMPLES: dict[str, Any] = {"str": "a", "path": "/a", "raw": "a", "bool": True, "int": 1, "float": 1.5, "dict": {}, "list": []}


class Loader(yaml.SafeLoader):
    """YAML as Ansible reads it: an encrypted value is a text."""


Loader.add_constructor("!vault", lambda loader, node: loader.construct_scalar(node))
Loader.add_constructor("!unsafe", lambda loader, node: loader.construct_scalar(node))


def tasks(data: Any) -> Iterator[tuple[str, dict[str, Any]]]:
    """(module, options) of every task of this collection, at any depth.

    Options that ``module_defaults`` give are merged in.
    """
    if isinstance(data, list):
        for entry in data:
            yield from tasks(entry)
    elif isinstance(data, dict):
        for key, value in data.items():
            if key == "module_defaults":
                continue
            if isinstance(key, str) and key.removeprefix(PREFIX) in MODULES and key.startswith(PREFIX) and isinstance(value, dict):
                yield key.removeprefix(PREFIX), value
            else:
                yield from tasks(value)


def without_expressions(given: dict[str, Any], spec: dict[str, Any]) -> dict[str, Any]:
    """The options, with a value of the right type for each that is an expression."""
    names = {name: rules for option, rules in spec.items() for name in (option, *rules.get("aliases", ()))}
    out = {}
    for name, value in given.items():
        rules = names.get(name, {})
        if isinstance(value, str) and "{{" in value:
            value = rules["choices"][0] if rules.get("choices") else SAMPLES[rules.get("type", "str")]
        out[name] = value
    return out


def shown() -> list[tuple[str, str, dict[str, Any]]]:
    """(where, module, options) of all examples."""
    found = []
    for page in pages.pages():
        for block in pages.blocks(page):
            if block.language in ("yaml", "yaml+jinja") and PREFIX in block.text:
                found += [(page.relative_to(ROOT).as_posix(), *task) for task in tasks(yaml.load(block.text, Loader))]  # noqa: S506  # a SafeLoader
    for module in MODULES:
        for node in ast.walk(ast.parse((ROOT / "plugins" / "modules" / f"{module}.py").read_text())):
            if isinstance(node, ast.Assign) and any(isinstance(t, ast.Name) and t.id == "EXAMPLES" for t in node.targets):
                text = ast.literal_eval(node.value)
                found += [(f"EXAMPLES of {module}", *task) for task in tasks(yaml.load(text, Loader))]  # noqa: S506
    return found


SHOWN = shown()


def test_every_module_and_every_guide_has_examples() -> None:
    assert {module for _where, module, _given in SHOWN} == set(MODULES)
    assert len({where for where, _module, _given in SHOWN if where.endswith((".md", ".rst"))}) >= 8


@pytest.mark.parametrize(("where", "module", "given"), SHOWN, ids=[f"{i}-{where}-{module}" for i, (where, module, _given) in enumerate(SHOWN)])
def test_an_example_passes_the_argument_spec(where: str, module: str, given: dict[str, Any]) -> None:
    whole = getattr(specs, module)()
    spec = whole["argument_spec"]
    checked = ArgumentSpecValidator(
        copy.deepcopy(spec), **{key: value for key, value in whole.items() if key in ("mutually_exclusive", "required_together", "required_one_of")}
    ).validate(without_expressions(given, spec))
    assert checked.error_messages == [], where
