# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The index of functions: every row leads to a function, and nothing is imported early.

Random functions fail without a source.
"""

from __future__ import annotations

import inspect
import subprocess
import sys
from pathlib import Path

import pytest
from ansible_collections.windlass.charts.plugins.module_utils._engine.errors import InternalError
from ansible_collections.windlass.charts.plugins.module_utils._engine.sprig.table import functions

TABLE = functions()
ROOT = Path(__file__).parents[6]


def _takes(code: object, count: int) -> bool:
    try:
        inspect.signature(code).bind(*range(count))  # type: ignore[arg-type]
    except TypeError:
        return False
    return True


@pytest.mark.parametrize("name", sorted(TABLE))
def test_a_row_names_code_that_takes_its_parameters(name: str) -> None:
    function = TABLE[name]
    variadic = bool(function.params) and function.params[-1].startswith("...")
    fixed = len(function.params) - variadic
    assert _takes(function.code, fixed)
    assert _takes(function.code, fixed + 1) == variadic or name == "round"
    assert not fixed or not _takes(function.code, fixed - 1)


@pytest.mark.parametrize("name", ["env", "expandenv", "getHostByName", "include", "tpl", "required", "lookup"])
def test_what_helm_removes_or_words_itself_is_not_here(name: str) -> None:
    assert name not in TABLE


@pytest.mark.parametrize(("name", "arguments"), [("now", ()), ("randAlpha", (3,)), ("uuidv4", ()), ("date", ("2006", "x")), ("shuffle", ("ab",))])
def test_without_clock_and_chance_they_refuse(name: str, arguments: tuple[object, ...]) -> None:
    with pytest.raises(InternalError):
        TABLE[name].code(*arguments)


@pytest.mark.parametrize(
    ("name", "repeatable"),
    [
        *((name, True) for name in ("upper", "date", "toDate", "keys")),
        *((name, False) for name in ("now", "ago", "randInt", "genCA", "htpasswd")),
    ],
)
def test_repeatable(name: str, repeatable: bool) -> None:
    assert TABLE[name].repeatable is repeatable


def test_the_table_imports_no_family() -> None:
    script = (
        "import sys; sys.path.insert(0, 'plugins'); from module_utils._engine.sprig import table; table.functions();"
        "print(sorted(name.rpartition('.')[2] for name in sys.modules if '.sprig.' in name))"
    )
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "['context', 'table']"
