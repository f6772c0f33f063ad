# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Calls modules in this process, as the action plugins do."""

from __future__ import annotations

import importlib
from typing import Any

from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible_collections.windlass.charts.plugins.module_utils._ansible.options import specs
from ansible_collections.windlass.charts.plugins.module_utils._ansible.runner import run
from ansible_collections.windlass.charts.plugins.module_utils._ansible.task import Result

FACES = "ansible_collections.windlass.charts.plugins.module_utils._ansible.faces"


def call(module: str, environ: dict[str, str], check_mode: bool = False, **params: Any) -> Result:
    """The result of a task, which may have failed."""
    checked = ArgumentSpecValidator(getattr(specs, module)()["argument_spec"]).validate(params)
    assert checked.error_messages == []
    face = getattr(importlib.import_module(f"{FACES}.{module}"), module)
    return run(face, checked.validated_parameters, check_mode, True, environ)


def good(result: Result) -> Result:
    assert not result.get("failed"), result
    assert "warnings" not in result, result
    return result
