# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The modules as functions, against a real API server, and charts of a few lines for them."""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import Any

from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible_collections.windlass.charts.plugins.module_utils._ansible.options import specs
from ansible_collections.windlass.charts.plugins.module_utils._ansible.runner import run

PACKAGE = "ansible_collections.windlass.charts.plugins.module_utils._ansible.faces"


class Modules:
    """Calls modules with one kubeconfig. :param folder: for caches and charts."""

    def __init__(self, kubeconfig: Any, folder: Path) -> None:
        self.kubeconfig, self.folder = str(kubeconfig), folder
        self.environ = {"HOME": str(folder), "XDG_CACHE_HOME": str(folder / "cache"), "PATH": "/usr/bin:/bin"}

    def __call__(self, module: str, *, check: bool = False, fails: bool = False, **params: Any) -> dict[str, Any]:
        """Returns the result. Fails the test unless the module fails exactly when it should."""
        spec = dict(getattr(specs, module)())
        spec.pop("supports_check_mode")
        checked = ArgumentSpecValidator(spec.pop("argument_spec"), **spec).validate({"kubeconfig": self.kubeconfig, **params})
        assert not checked.error_messages, checked.error_messages
        face = getattr(importlib.import_module(f"{PACKAGE}.{module}"), module)
        result = run(face, checked.validated_parameters, check, True, self.environ)
        assert bool(result.get("failed")) == fails, result.get("msg", result)
        assert (result.get("error") or {}).get("class") != "InternalError", result
        return result

    def chart(self, name: str, templates: dict[str, str], crds: dict[str, str] | None = None, values: str = "{}\n") -> str:
        """The folder of a new chart."""
        root = self.folder / name
        for part, files in (("templates", templates), ("crds", crds or {})):
            (root / part).mkdir(parents=True, exist_ok=True)
            for file, text in files.items():
                (root / part / f"{file}.yaml").write_text(text)
        (root / "Chart.yaml").write_text(f"{{apiVersion: v2, name: {name}, version: 0.1.0}}\n")
        (root / "values.yaml").write_text(values)
        return str(root)
