# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The tables of past findings: ``cases/*.yaml``, a list of ``{case, helm}``.

All answers are those of the oracle.

    table.py [FILE ...]    adds the answers of the oracle to rows without one, and writes the files
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import yaml
from fuzz.case import Answer, Case

FOLDER = Path(__file__).with_name("cases")
LICENCE = "".join(Path(__file__).read_text().splitlines(keepends=True)[:3])


def rows(path: Path) -> list[dict[str, Any]]:
    return yaml.safe_load(path.read_text()) or []


def findings() -> list[tuple[str, Case, Answer]]:
    """Name, case and Helm's answer of every row."""
    return [
        (f"{path.stem}:{number}", Case.of_row(row["case"]), Answer.of_row(row["helm"]))
        for path in sorted(FOLDER.glob("*.yaml"))
        for number, row in enumerate(rows(path), 1)
    ]


def fill(path: Path) -> int:
    """Answers for the rows that lack one; how many there were."""
    from fuzz.oracle import Oracle

    found = rows(path)
    open_rows = [row for row in found if "helm" not in row]
    with Oracle() as oracle:
        for row, answer in zip(open_rows, oracle.ask([Case.of_row(row["case"]) for row in open_rows]), strict=True):
            row["helm"] = answer.as_row()
    text = "".join(yaml.safe_dump([row], sort_keys=False, allow_unicode=True, width=100000, default_flow_style=None) for row in found)
    path.write_text(f"{LICENCE}\n{text}")
    return len(open_rows)


if __name__ == "__main__":
    for name in sys.argv[1:] or sorted(str(path) for path in FOLDER.glob("*.yaml")):
        sys.stdout.write(f"{name}: {fill(Path(name))} answered\n")
