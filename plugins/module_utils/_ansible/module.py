# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""A face as a module. Old syntax only, no engine at the top: a target that is too old must get a sentence."""

from __future__ import annotations

import os
import sys

from ansible.module_utils.basic import AnsibleModule, missing_required_lib

from .redact import mask_params
from .shapes import wrong_shapes

OLDEST_PYTHON = (3, 10)


class FaceModule(AnsibleModule):
    """An AnsibleModule that keeps values out of the system log, where every module writes its options."""

    def _set_internal_properties(self, *args, **kwargs):
        """The last step before Ansible validates the options."""
        super()._set_internal_properties(*args, **kwargs)
        wrong = wrong_shapes(self.argument_spec, self.params)
        if wrong:
            self.params = {name: value for name, value in self.params.items() if name not in wrong}
            self.fail_json(msg=next(iter(wrong.values())))

    def _log_invocation(self):
        params = self.params
        self.params = mask_params(params)
        try:
            super()._log_invocation()
        finally:
            self.params = params


def run_module(options, load_face):
    """:param options: what ``options.<face>()`` returns. :param load_face: imports the face and returns it; called late."""
    module = FaceModule(**options)
    if sys.version_info < OLDEST_PYTHON:
        oldest, here = (".".join(map(str, version)) for version in (OLDEST_PYTHON, sys.version_info[:3]))
        module.fail_json(
            msg=f"windlass.charts needs Python {oldest} or newer on the host that runs the task; {sys.executable} is {here}. "
            "Set ansible_python_interpreter."
        )
    try:
        face = load_face()
        from .runner import run
    except ImportError as error:
        name = (error.name or "a library").partition(".")[0]
        module.fail_json(msg=missing_required_lib({"yaml": "PyYAML"}.get(name, name)))
    secrets = set()
    result = run(face, module.params, module.check_mode, module._diff, os.environ, secrets=secrets)
    module.no_log_values.update(secrets)
    for sentence in result.pop("warnings", []):
        module.warn(sentence)
    if result.pop("failed", False):
        module.fail_json(**result)
    module.exit_json(**result)
