# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""Runs a face as a module.

Old syntax and late imports, so that an old Python gets a clear error message.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING

from .archive_imports import compile_once

compile_once(__spec__.loader)  # before the other imports, which it makes faster

# isort: split
from ansible.module_utils.basic import AnsibleModule, missing_required_lib

from .._engine.aliases import JsonObject
from .options.shapes import wrong_shapes
from .results.masked_options import mask_params, secrets_in, secrets_in_refused
from .results.masking import masked_result, message_first, texts_of

if TYPE_CHECKING:
    from .task import Face

OLDEST_PYTHON = (3, 10)


#: the argument in which the action plugin passes texts that Ansible Vault had encrypted; it is no option
SECRETS = "_windlass_secrets"


class FaceModule(AnsibleModule):
    """An AnsibleModule that masks its options and secret texts in every result.

    Also before and while the options are validated.

    The same holds for the system log, where every module writes its options.
    """

    #: texts that no result may hold
    secrets: set[str]
    #: the result is a rendering, which is returned as it is
    shows_secrets = False
    #: secret texts among options that validation refuses
    _given: set[str]

    def _load_params(self) -> None:
        self.secrets, self._given = set(), set()
        super()._load_params()  # type: ignore[no-untyped-call]  # of ansible-core
        given = self.params.pop(SECRETS, None)
        self.secrets = texts_of(given)
        self._given = secrets_in_refused(self.params)  # before validation, which changes them in place

    def _return_formatted(self, kwargs: JsonObject) -> None:
        if "invocation" not in kwargs:  # the task did not begin: the options were refused, or something is missing on this host
            kwargs["invocation"] = {"module_args": self._masked_params()}
            kwargs = masked_result(kwargs, self.secrets | self._given)
        elif not self.shows_secrets:
            kwargs = masked_result(kwargs, self.secrets | secrets_in(self.params))
        super()._return_formatted(message_first(kwargs))  # type: ignore[no-untyped-call]  # of ansible-core

    def _set_internal_properties(self, *args: object, **kwargs: object) -> None:
        """The last step before Ansible validates the options."""
        super()._set_internal_properties(*args, **kwargs)  # type: ignore[no-untyped-call]  # of ansible-core
        wrong = wrong_shapes(self.argument_spec, self.params)
        if wrong:
            self.params = {name: value for name, value in self.params.items() if name not in wrong}
            self.fail_json(msg=next(iter(wrong.values())))

    def _log_invocation(self) -> None:
        params = self.params
        self.params = dict(params, return_values=False)  # what a result may show does not belong into the log of the system
        self.params = masked_result(self._masked_params(), self.secrets | secrets_in(params))
        try:
            super()._log_invocation()  # type: ignore[no-untyped-call]  # of ansible-core
        finally:
            self.params = params

    def _masked_params(self) -> JsonObject:
        known = {name for option, rule in self.argument_spec.items() for name in (option, *rule.get("aliases", ()))}
        return mask_params(self.params, known)


def run_module(options: JsonObject, load_face: Callable[[], Face]) -> None:
    """Runs a face as a module.

    :param options: what ``options.<face>()`` returns.
    :param load_face: imports the face and returns it; called late.
    """
    module = FaceModule(**options)  # type: ignore[no-untyped-call]  # of ansible-core
    if sys.version_info < OLDEST_PYTHON:
        oldest, here = (".".join(map(str, version)) for version in (OLDEST_PYTHON, sys.version_info[:3]))
        module.fail_json(
            msg=(
                f"windlass.charts requires Python {oldest} or newer on the host that runs the task; {sys.executable} is {here}. "
                "Set ansible_python_interpreter."
            )
        )
    try:
        face = load_face()
        from .runner import run
    except ImportError as error:
        name = (error.name or "a library").partition(".")[0]
        module.fail_json(msg=missing_required_lib({"yaml": "PyYAML"}.get(name, name)))
    result = run(face, module.params, module.check_mode, module._diff, os.environ, secrets=module.secrets)
    module.shows_secrets = not module.secrets and not result.get("failed")
    for sentence in result.pop("warnings", []):
        module.warn(sentence)
    if result.pop("failed", False):
        module.fail_json(**result)
    module.exit_json(**result)
