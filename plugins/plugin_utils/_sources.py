# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Private: reads what only the controller can read for ``values_from``.

Files are searched for as in Ansible's own modules (the role's ``files``, then the play's folder) and decrypted by vault where they are
encrypted; templates (``templates``) are rendered with the task's variables. The text is passed to the face as ``content``, in this
process or with the module's other options; nothing is written to a file here. What vault had encrypted is ``sensitive``.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from ansible.errors import AnsibleActionFail, AnsibleError
from ansible.module_utils.common.text.converters import to_text

from ._plain import Variable, plain

if TYPE_CHECKING:
    from ansible.plugins.action import ActionBase

try:
    from ansible.template import trust_as_template
except ImportError:  # before ansible-core 2.19 every text is trusted

    def trust_as_template(value: Variable) -> Variable:  # type: ignore[misc]  # its stand-in takes any value
        return value


def with_sources(action: ActionBase, args: Mapping[str, Variable], task_vars: Mapping[str, Variable]) -> dict[str, Variable]:
    """A task's options with the text of each file and template of ``values_from`` in its entry.

    Those of nested releases, too.

    :raises AnsibleActionFail: a file that is not ``optional`` is not there, or a template fails.
    """
    found = dict(args)
    if found.get("values_from"):
        found["values_from"] = [
            _entry(action, entry, task_vars, f"values_from[{index}]") for index, entry in enumerate(_listed(found["values_from"]))
        ]
    if isinstance(found.get("defaults"), Mapping):
        found["defaults"] = with_sources(action, found["defaults"], task_vars)
    if isinstance(found.get("releases"), list):
        found["releases"] = [
            with_sources(action, release, task_vars) if isinstance(release, Mapping) else release for release in found["releases"]
        ]
    return found


def _listed(value: Variable) -> list[Variable]:
    return list(value) if isinstance(value, (list, tuple)) else [value]


def _entry(action: ActionBase, entry: Variable, task_vars: Mapping[str, Variable], where: str) -> Variable:
    if not isinstance(entry, Mapping) or entry.get("content") is not None:
        return entry
    if entry.get("template"):
        kind, path = "template", str(entry["template"])
    elif entry.get("file") and not entry.get("remote_src"):
        kind, path = "file", str(entry["file"])
    else:
        return entry
    try:
        place = action._find_needle(f"{kind}s", path)
    except AnsibleError as error:
        if entry.get("optional"):
            return entry
        raise AnsibleActionFail(f"{where}: the {kind} {path} is not found; {to_text(error)}") from None
    data, plain = action._loader._get_file_contents(place)
    text = to_text(data, errors="surrogate_or_strict")
    if kind == "template":
        text = _filled(action, text, place, task_vars, where)
    sensitive = {} if plain else {"sensitive": True}
    return {**entry, "content": text, **sensitive}


def _filled(action: ActionBase, text: str, place: str, task_vars: Mapping[str, Variable], where: str) -> str:
    folders = [*task_vars.get("ansible_search_path", []), action._loader.get_basedir(), str(Path(place).parent)]
    search = [path for folder in folders for path in (str(Path(folder) / "templates"), folder)]
    templar = action._templar.copy_with_new_env(searchpath=search, available_variables=dict(task_vars))
    options: dict[str, Variable] = {"convert_data": False} if trust_as_template.__module__ == __name__ else {}
    try:
        filled = templar.template(trust_as_template(text), escape_backslashes=False, **options)
    except AnsibleError as error:
        raise AnsibleActionFail(f"{where}: the template {place} fails: {to_text(error)}") from None
    if filled is None:
        return ""
    if isinstance(filled, str):
        return filled
    from ..module_utils._engine.yamlio.dump import dumps  # a template of a single expression gives what that expression is

    return dumps(plain(filled))
