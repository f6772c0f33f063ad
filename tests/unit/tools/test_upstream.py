# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""``make upstream`` finds every place that names a version, and changes nothing else."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[3]
#: figures that were measured with a version, and what was released with one
HISTORY = ("docs/adr/", "docs/benchmarks.md", "changelogs/", "CHANGELOG", ".svg", "go.mod", "go.sum")

HELM_MOD = """\
module example.org/oracle

go 1.26.0

require (
\tgithub.com/Masterminds/semver/v3 v3.5.0
\thelm.sh/helm/v4 v4.1.1
\tk8s.io/client-go v0.37.1
)

require golang.org/x/net v0.60.0 // indirect
"""

KUBERNETES_MOD = """\
// v1.36.3's staging modules are v0.36.3.
module example.org/kubernetes

require (
\tgolang.org/x/net v0.49.0 // indirect
\tk8s.io/api v0.36.3 // indirect
\tk8s.io/klog/v2 v2.140.0 // indirect
\tk8s.io/kubernetes v1.36.3 // indirect
)

replace (
\tk8s.io/api => k8s.io/api v0.36.3
\tk8s.io/apiserver => k8s.io/apiserver v0.36.3
)
"""


@pytest.fixture(scope="module")
def upstream() -> ModuleType:
    spec = importlib.util.spec_from_file_location("windlass_upstream", ROOT / "tools" / "upstream.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def test_every_listed_file_quotes_the_current_version(upstream: ModuleType) -> None:
    old, new = upstream.current(), upstream.Versions("9.8.7", "1.99.6", "1.98")
    for path, pattern in upstream.QUOTES:
        text = (ROOT / path).read_text()
        moved = upstream.quoted(text, pattern, old, new)
        assert moved != text
        assert upstream.quoted(moved, pattern, new, old) == text, path


def test_no_other_file_quotes_the_version_of_helm(upstream: ModuleType) -> None:
    """A new quotation belongs into ``QUOTES``, or the text needs no version."""
    command = ["git", "-C", str(ROOT), "grep", "-lF", f"{upstream.current().helm}"]
    found = subprocess.run(command, capture_output=True, text=True, check=False)
    if found.returncode == 128:
        pytest.skip("not a git checkout")
    examples = {"Makefile", "CONTRIBUTING.md", "tools/upstream.py"}
    others = {name for name in found.stdout.split() if not any(part in name for part in HISTORY)} - examples
    assert others == {path for path, pattern in upstream.QUOTES if "{helm}" in pattern}


def test_a_file_that_no_longer_quotes_it_is_an_error(upstream: ModuleType) -> None:
    with pytest.raises(ValueError, match=r"'v1\.0\.0' was not found"):
        upstream.quoted("v2.0.0", "v{helm}", upstream.Versions("1.0.0", "1.1.0", "1.1"), upstream.Versions("3.0.0", "1.1.0", "1.1"))


def test_helm_brings_the_versions_of_its_own_module_file(upstream: ModuleType) -> None:
    wanted = upstream.required("require (\n\tk8s.io/client-go v0.37.2\n\tgolang.org/x/net v0.62.0 // indirect\n)\n")
    assert wanted == {"k8s.io/client-go": "v0.37.2", "golang.org/x/net": "v0.62.0"}
    text = upstream.with_helm(HELM_MOD, "4.1.2", wanted)
    expected = HELM_MOD.replace("4.1.1", "4.1.2").replace("0.37.1", "0.37.2").replace("0.60.0", "0.62.0")
    assert text == expected
    assert upstream.with_helm(text, "4.1.1", upstream.required(HELM_MOD)) == HELM_MOD


def test_kubernetes_brings_its_staging_modules(upstream: ModuleType) -> None:
    """One that is new in this version too."""
    wanted = {"k8s.io/api": "v0.0.0", "k8s.io/brand-new": "v0.0.0", "golang.org/x/net": "v0.57.0", "k8s.io/klog/v2": "v2.140.0"}
    assert upstream.with_kubernetes(KUBERNETES_MOD, "1.37.2", wanted) == (
        KUBERNETES_MOD.replace("1.36.3", "1.37.2")
        .replace("0.36.3", "0.37.2")
        .replace("x/net v0.49.0", "x/net v0.57.0")
        .replace("replace (\n", "replace (\n\tk8s.io/brand-new => k8s.io/brand-new v0.37.2\n")
    )


def test_the_real_module_files_are_understood(upstream: ModuleType) -> None:
    plane = (ROOT / "tests/cluster/tools/kubernetes/go.mod").read_text()
    old = upstream.current()
    moved = upstream.with_kubernetes(plane, "1.99.6", {})
    assert old.kubernetes not in moved and moved.count("v0.99.6") > 40
    assert upstream.with_kubernetes(moved, old.kubernetes, {}) == plane


def test_changed_sources_leave_out_tests(upstream: ModuleType, tmp_path: Path) -> None:
    for side, text in (("before", "1"), ("after", "2")):
        for name in ("pkg/a/a.go", "pkg/a/a_test.go", "pkg/a/testdata/b.go", "same.go"):
            file = tmp_path / side / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text("same" if name == "same.go" else f"{text} {name}")
    (tmp_path / "after" / "pkg" / "new.go").write_text("")
    assert list(upstream.changed_sources(tmp_path / "before", tmp_path / "after")) == ["pkg/new.go", "pkg/a/a.go"]
