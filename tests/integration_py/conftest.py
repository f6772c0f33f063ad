# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A separate control plane for the tests of the adapters.

The checkout can be imported as the collection.
"""

from __future__ import annotations

import importlib.util
import os
import sys
import zlib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "cluster"))
sys.path.insert(0, str(ROOT / "tests" / "integration_py"))
_spec = importlib.util.spec_from_file_location("windlass_unit_conftest", ROOT / "tests" / "unit" / "conftest.py")
_spec.loader.exec_module(importlib.util.module_from_spec(_spec))

import build
import controlplane
from ansible_collections.windlass.charts.plugins.module_utils._adapters.kube.client import connect
from ansible_collections.windlass.charts.plugins.module_utils._adapters.kube.config.options import from_params


@pytest.fixture(scope="session")
def programs():
    return build.programs()


@pytest.fixture(scope="session")
def plane(tmp_path_factory):
    folder = tmp_path_factory.mktemp("plane")
    made = controlplane.up(folder)
    yield made
    controlplane.down(folder)


@pytest.fixture(scope="session")
def environ(tmp_path_factory):
    return {"HOME": "/nowhere", "PATH": os.environ["PATH"], "XDG_CACHE_HOME": str(tmp_path_factory.mktemp("cache"))}


@pytest.fixture(scope="session")
def admin(plane, environ):
    """The cluster as its administrator, who logs in with a client certificate out of the kubeconfig."""
    return connect(from_params({"kubeconfig": str(plane.kubeconfig)}, environ))


@pytest.fixture
def namespace(admin, request):
    name = f"t{zlib.crc32(request.node.nodeid.encode())}"
    admin.create({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}})
    return name


def pytest_terminal_summary(terminalreporter):
    """The figures that tests have counted, one line each."""
    for kind in ("passed", "failed"):
        for report in terminalreporter.stats.get(kind, ()):
            for name, line in report.user_properties if report.when == "call" else ():
                if name == "counts":
                    terminalreporter.write_line(line)
