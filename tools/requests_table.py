# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""``make requests``: docs/requests.md, from the audit log of a separate control plane.

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

import build
import controlplane
import measured

PAGE = ROOT / "docs" / "requests.md"
HEAD = f"""\
# Requests to the API server

`make requests` generates this page from the audit log of an API server; a test checks that no row exceeds its limit. The figures of this
collection are for empty caches, as in the first task of a job; later tasks send no discovery requests. They are compared with the commands
`upgrade --install`, `get all`, `rollback` and `uninstall` of helm {build.HELM4}, in a separate namespace. If helm waits, its count
differs a little from run to run. Helm has no check mode, so these rows have no count for it.

The limits are:

* A task that changes nothing sends two requests, and one for each object.
* An install of n objects sends at most 2n + 10 requests, and 2 more for each kind that it waits for, 6 for each hook, and 4 for a chart
  with CRDs.
* An upgrade, a rollback and an uninstall have the same limit. An uninstall also reads the object of each hook that has run.
* Some charts add to these limits: one request if a template reads the version of the cluster, two for discovery if a template reads the
  APIs or the chart contains custom kinds, and one for each different `lookup`.

Each install, upgrade, rollback and uninstall includes one request that checks the permission to complete the release's record. Renewals of
a lock that is held for a long time are not counted. A task reads each object separately instead of listing its kind, since a list would
contain the objects of all other releases in the namespace.

| chart | action | objects | requests | limit | helm |
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
    print("".join(lines) + "".join(f"over its limit: {line}" for line in over))
    return 1 if over else 0


if __name__ == "__main__":
    sys.exit(main())
