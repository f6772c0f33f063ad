# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""``make requests``: docs/requests.md, from the audit log of a control plane of its own.

What is counted: ``tests/integration_py/measured.py``.
"""

from __future__ import annotations

import importlib.util
import os
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "tests" / "cluster"), str(ROOT / "tests" / "integration_py")]
_spec = importlib.util.spec_from_file_location("windlass_unit_conftest", ROOT / "tests" / "unit" / "conftest.py")
assert _spec is not None and _spec.loader is not None
_spec.loader.exec_module(importlib.util.module_from_spec(_spec))  # the checkout is importable as the collection

import controlplane
import measured

PAGE = ROOT / "docs" / "requests.md"
HEAD = """\
# How often a task asks the API server

Made by `make requests`, from the server's own audit log; the tests hold every line to its budget. Ours have nothing in any cache, as in the
first task of a job; a later one asks for no discovery. Helm is 4.3.1, `upgrade --install`, `get all`, `rollback`, `uninstall`, in a
namespace of its own; where it waits, its count differs a little from run to run. Foretold is check mode, which helm does not have.

What is allowed: a task that changes nothing sends two requests, and one for each object; one more for the version, two for discovery
and one for each different lookup, only where a template asks, or where the chart holds kinds that are not Kubernetes' own. An install
of n objects sends at most 2n + 10 requests, 2 more for each kind that is waited for, 6 for each hook, 4 with CRDs; so does an upgrade,
a rollback and an uninstall, which reads the object of each hook that ran as well. Each of them asks once whether it may finish the
release's record. The renewals of a lock that is held for long are not counted. Each object is read, and not a list of its kind: a list
would hold the objects of all other releases in the namespace, too.

| chart | verb | objects | ours | allowed | helm |
|---|---|---|---|---|---|
"""


def main() -> int:
    helm = Path(os.environ["WINDLASS_HELM4"])
    lines, over = [], []
    with tempfile.TemporaryDirectory(prefix="windlass-requests-") as name:
        folder = Path(name)
        plane = controlplane.up(folder / "cluster")
        try:
            for number, scenario in enumerate(measured.SCENARIOS):
                work = folder / str(number)
                work.mkdir()
                for row in measured.Counter(plane, helm, work).rows(scenario, with_helm=True):
                    theirs = "" if row.helm is None else row.helm
                    lines.append(f"| {row.chart} | {row.verb} | {row.objects} | {row.ours} | {row.allowed} | {theirs} |\n")
                    if row.ours > row.allowed:
                        over.append(lines[-1])
        finally:
            controlplane.down(folder / "cluster", keep=False)
    PAGE.write_text(HEAD + "".join(lines))
    print("".join(lines) + "".join(f"over its budget: {line}" for line in over))
    return 1 if over else 0


if __name__ == "__main__":
    sys.exit(main())
