# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Private: what vault had encrypted among the variables that a task uses, for Ansible before 2.19.

From 2.19 on a text remembers through all templates where it came from. Before, a template makes plain text of it. There the task is read as
it was written: the names in its templates, the names in the templates of those variables, and so on. What is encrypted among all these is
decrypted, and counts as secret. Variables of other hosts are not looked through.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from ansible.errors import AnsibleError

try:
    from ansible.template import trust_as_template as _remembers
except ImportError:
    _remembers = None

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
#: what holds everything
_NOT_LOOKED_INTO = {"hostvars", "vars", "groups", "environment"}


def vaulted_variables(task: Any, task_vars: Mapping[str, Any]) -> list[str]:
    """Decrypted texts of encrypted variables that a task may use; none where Ansible remembers them itself."""
    if _remembers is not None:
        return []
    return list(encrypted_in([getattr(task, "_ds", None), getattr(task, "module_defaults", None)], task_vars))


def encrypted_in(written: Any, variables: Mapping[str, Any]) -> Iterator[str]:
    """Texts that were encrypted in something as it was written, or in variables that its templates name, and theirs."""
    seen = set(_NOT_LOOKED_INTO)
    left = [written]
    while left:
        value = left.pop()
        if hasattr(value, "_ciphertext"):
            try:
                yield "".join([str(value)])
            except AnsibleError:
                continue  # there is no key for it: whoever uses it fails
        elif isinstance(value, Mapping):
            left += list(value.values())
        elif isinstance(value, (list, tuple)):
            left += list(value)
        elif isinstance(value, str) and ("{{" in value or "{%" in value):
            names = set(_NAME.findall(value)) - seen
            seen |= names
            left += [variables[name] for name in names if name in variables]
