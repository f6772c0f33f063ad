# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Cases of whole template files: each line of ``cases/*.txt`` is one with Helm 4's result.

The form is ``TEXT  ==>  RESULT``, or ``==!`` and Helm's error.

The file is ``c/templates/t.yaml`` of a chart ``c`` with ``VALUES``; a newline in it is written as one sign, results are JSON
strings. Adding a case is adding a line; results are always those of Helm's engine.
"""

from __future__ import annotations

import json
import re
from copy import deepcopy
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.windlass.charts.plugins.module_utils._engine.chart.load import load_files
from ansible_collections.windlass.charts.plugins.module_utils._engine.chart.model import File
from ansible_collections.windlass.charts.plugins.module_utils._engine.errors import TemplateError
from ansible_collections.windlass.charts.plugins.module_utils._engine.ports import Clock
from ansible_collections.windlass.charts.plugins.module_utils._engine.render.capabilities import Capabilities, TemplateCapabilities
from ansible_collections.windlass.charts.plugins.module_utils._engine.render.engine import metadata_as_map
from ansible_collections.windlass.charts.plugins.module_utils._engine.render.files import Files, Values
from ansible_collections.windlass.charts.plugins.module_utils._engine.render.model import ClusterQueries
from ansible_collections.windlass.charts.plugins.module_utils._engine.render.scope import Scope

CASES = Path(__file__).parent / "cases"
NAME = "c/templates/t.yaml"
NEWLINE = "⏎"
VALUES = {
    "i": 5.0,
    "f": 1.5,
    "z": 0.0,
    "big": 12345678.0,
    "neg": -3.0,
    "tiny": 1e-7,
    "s": "text",
    "e": "",
    "u": "é世",
    "t": True,
    "no": False,
    "l": [1.0, 2.0, 3.0],
    "el": [],
    "ls": ["a", "b", "c"],
    "m": {"b": 1.0, "a": {"c": "deep"}},
    "em": {},
    "mix": [1.0, "a", None, 1.5, True],
    "nest": [{"k": "x"}, {"k": "y"}],
    "a-b": "dash",
    "n": "name",
}


class Clock2024(Clock):
    """A clock with a constant time, in UTC."""

    def now(self) -> datetime:
        return datetime(2024, 5, 6, 7, 8, 9, tzinfo=timezone.utc)

    def monotonic(self) -> float:
        return 0.0

    def sleep(self, seconds: float) -> None:
        raise AssertionError(f"no template waits, least of all {seconds} seconds")


def _cases() -> list[pytest.param]:
    out = []
    for path in sorted(CASES.glob("*.txt")):
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            text, sign, expected = re.split("  (==[>!])  ", line)
            out.append(pytest.param(text.replace(NEWLINE, "\n"), sign == "==>", json.loads(expected), id=f"{path.stem}:{number}"))
    return out


def _dot() -> Values:
    chart = load_files([File("Chart.yaml", b"apiVersion: v2\nname: c\nversion: 1.0.0\n")])
    release: dict[str, Any] = {"Name": "r", "Namespace": "default", "IsUpgrade": False, "IsInstall": True, "Revision": 1, "Service": "Helm"}
    return Values(
        {
            "Chart": metadata_as_map(chart),
            "Files": Files.of([]),
            "Release": release,
            "Capabilities": TemplateCapabilities(Capabilities.default(), ClusterQueries()),
            "Values": Values(deepcopy(VALUES)),
            "Subcharts": {},
            "Template": Values({"Name": NAME, "BasePath": "c/templates"}),
        }
    )


def answer(text: str) -> tuple[bool, str]:
    scope = Scope.of(ClusterQueries(), None, None, Clock2024())
    try:
        scope.parse(NAME, text)
        return True, scope.run_file(NAME, _dot()).replace("<no value>", "")
    except TemplateError as error:
        assert error.message, "every error has a sentence of our own"
        return False, error.helm_message


@pytest.mark.parametrize(("text", "succeeds", "expected"), _cases())
def test_as_helm_renders(text: str, succeeds: bool, expected: str) -> None:
    assert answer(text) == (succeeds, expected)
