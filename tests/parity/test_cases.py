# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One file per case.

``files`` make a chart (Chart.yaml of a chart ``c`` is added if missing), ``args`` follow ``template r DIR``.

``values`` (name: text) are written next to the chart and given with ``--values`` in that order. A new case is a new file.
"""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

CASES = sorted(Path(__file__).with_name("cases").glob("*.yaml"))
CHART = "apiVersion: v2\nname: c\nversion: 1.0.0\n"


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_case(path: Path, judge, tmp_path: Path) -> None:
    case = yaml.safe_load(path.read_text())
    chart = tmp_path / "c"
    for name, text in {"Chart.yaml": CHART, **case["files"]}.items():
        target = chart / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(text, dict):
            target.symlink_to(text["link"])
        else:
            target.write_bytes(text if isinstance(text, bytes) else text.encode())
    for name in case.get("without", ()):
        (chart / name).unlink()
    args = []
    for name, text in case.get("values", {}).items():
        (tmp_path / name).write_text(text)
        args += ["--values", str(tmp_path / name)]
    judge(
        f"cases/{path.stem}",
        case.get("release", "r"),
        str(chart),
        *args,
        *[arg.replace("{dir}", str(tmp_path)) for arg in case.get("args", [])],
    )


def test_ledger_names_only_what_exists(ledger) -> None:
    known = {f"cases/{path.stem}" for path in CASES}
    assert {name for name in ledger if name.startswith("cases/")} <= known
