# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""``deployer_identity`` finds a path that cannot hold a kubeconfig before it sends a request."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible_collections.windlass.charts.plugins.module_utils._ansible.faces import deployer_identity as face
from ansible_collections.windlass.charts.plugins.module_utils._ansible.options import specs
from ansible_collections.windlass.charts.plugins.module_utils._ansible.runner import run


def _no_cluster(*_given: Any) -> Any:
    raise AssertionError("a request was sent")


@pytest.mark.parametrize("check", [False, True])
@pytest.mark.parametrize(
    ("path", "sentence"),
    [("missing/kubeconfig", "missing does not exist"), ("file/kubeconfig", "Not a directory"), ("file", "is not a kubeconfig")],
)
def test_a_path_that_cannot_hold_the_kubeconfig(
    path: str, sentence: str, check: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("text\n")
    monkeypatch.setattr(face, "connect", _no_cluster)
    given = {"name": "deployer", "namespace": "apps", "path": str(tmp_path / path)}
    checked = ArgumentSpecValidator(specs.deployer_identity()["argument_spec"]).validate(given)
    assert not checked.error_messages
    result = run(face.deployer_identity, checked.validated_parameters, check, False, {})
    assert result["failed"]
    assert sentence in result["msg"]
    assert [entry.name for entry in tmp_path.iterdir()] == ["file"]
    assert (tmp_path / "file").read_text() == "text\n"
