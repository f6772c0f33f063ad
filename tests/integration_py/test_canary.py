# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""No secret is shown: the short matrix of ``tests/canary`` in both modes.

With real ansible-playbook on a real API server.

With the core of the tests always, and with the newest core that sanity installs where its Python is there. The whole matrix on all cores:
``python tests/canary/matrix.py --core NAME=BIN_FOLDER ...``.
"""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "tests" / "canary"), str(ROOT / "tools")]
import matrix
import places


def bin_folder(core: str) -> Path:
    if core == "of the tests":
        return Path(sys.executable).parent
    version = "3.13"
    if places.python(version) is None:
        pytest.skip(f"Python {version} was not found")
    return places.venv(f"canary-{core}", version)


@pytest.fixture(scope="module")
def collections(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("collections")
    (folder / "ansible_collections" / "windlass").mkdir(parents=True)
    (folder / "ansible_collections" / "windlass" / "charts").symlink_to(ROOT)
    return folder


@pytest.mark.parametrize(("core", "mode"), [("of the tests", "auto"), ("of the tests", "never"), ("2.21", "auto")])
def test_nothing_is_found(core: str, mode: str, plane, collections: Path) -> None:
    canary, code, console = matrix.run(bin_folder(core), mode, plane.kubeconfig, collections, quick=True)
    assert code == 0, console[-4000:]
    assert not canary.findings, canary.report()
    assert {"console", "command lines", "environments", "left behind: log/ansible.log"} <= set(canary.searched)
    assert console.count("********") > 200
