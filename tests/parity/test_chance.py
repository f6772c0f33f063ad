# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Random charts compared with helm.

Trees of subcharts with nulls, globals, aliases, tags, conditions and import-values.

A case is its seed, so that one that fails can be run again (``-k 'by_chance[17]'``). ``WINDLASS_PARITY_SEEDS`` sets a larger number.
"""

from __future__ import annotations

import json
import os
import random
from pathlib import Path
from typing import Any

import pytest

SEEDS = range(int(os.environ.get("WINDLASS_PARITY_SEEDS", "60")))
KEYS = ("a", "b", "s", "q", "g", "global", "tags", "t", "up", "exports")
SCALARS = (None, None, 1, 0, "x", "", True, False, [1, None], [], {}, 1.5)
CONDITIONS = ("a,{0}.up", "{0}.up", "global.up", "s.up,q.up", "b.a")
IMPORTS = (["a", "b"], [{"child": "a", "parent": "b"}], [{"child": "global", "parent": "."}, {"child": "b", "parent": "a.b"}], ["exports"])
TEMPLATE = "# {{ .Values | toJson }} {{ .Chart.Dependencies | toJson }}{{ range $k, $v := .Subcharts }} {{ $k }}{{ end }}\n"


def table(chance: random.Random, depth: int) -> dict[str, Any]:
    return {key: value(chance, depth - 1) for key in chance.sample(KEYS, chance.randint(0, 4))}


def value(chance: random.Random, depth: int) -> Any:
    return table(chance, depth) if depth > 0 and chance.random() < 0.45 else chance.choice(SCALARS)


def dependency(chance: random.Random, name: str) -> dict[str, Any]:
    out: dict[str, Any] = {"name": name, "version": chance.choice(["*", ">=0.1", "^1", ""])}
    if chance.random() < 0.3:
        out["alias"] = chance.choice(["t", f"z{name}"])
    if chance.random() < 0.4:
        out["condition"] = chance.choice(CONDITIONS).format(name)
    if chance.random() < 0.4:
        out["tags"] = chance.sample(["a", "b", "t"], chance.randint(1, 2))
    if chance.random() < 0.4:
        out["import-values"] = chance.choice(IMPORTS)
    return out


def chart(chance: random.Random, folder: Path, name: str, depth: int) -> Path:
    (folder / "templates").mkdir(parents=True)
    declared: dict[str, dict[str, Any]] = {}
    for subchart in chance.sample(["s", "q", "g"], chance.randint(0, 2)) if depth else ():
        chart(chance, folder / "charts" / subchart, subchart, depth - 1)
        if chance.random() < 0.6:
            made = dependency(chance, subchart)
            declared.setdefault(made.get("alias", subchart), made)
    kind = "library" if depth < 2 and chance.random() < 0.1 else "application"
    head = {"apiVersion": "v2", "name": name, "version": chance.choice(["0.1.0", "1.2.3"]), "type": kind}
    (folder / "Chart.yaml").write_text(json.dumps({**head, **({"dependencies": list(declared.values())} if declared else {})}))
    (folder / "values.yaml").write_text(json.dumps(table(chance, 3)))
    (folder / "templates" / "t.yaml").write_text(TEMPLATE)
    return folder


@pytest.mark.parametrize("seed", SEEDS)
def test_by_chance(seed: int, judge, tmp_path: Path) -> None:
    chance = random.Random(seed)
    made = chart(chance, tmp_path / "c", "c", 2)
    args = []
    for name in ("one.yaml", "two.yaml")[: chance.randint(1, 2)]:
        (tmp_path / name).write_text(json.dumps(table(chance, 3)))
        args += ["--values", str(tmp_path / name)]
    judge(f"chance/{seed}", "r", str(made), *args)
