# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Private: decides whether the interpreter of a task is the one that runs Ansible, under any name.

Two names mean the same interpreter when they start the same program in the same environment (``sys.prefix``). The environment depends on
the name as it is written: Python searches for ``pyvenv.cfg`` next to it and one folder above before it follows links (CPython:
``Modules/getpath.py``). So ``bin/python``, ``bin/python3`` and ``bin/python3.11`` of a virtual environment are one interpreter, and the
program that they link to is another. No process is started to find this out.
"""

from __future__ import annotations

import filecmp
import os
import shlex
import shutil
import sys
from pathlib import Path


def other_interpreter(wanted: str, executable: str | None = None, prefix: str | None = None) -> str:
    """Why ``wanted`` is another interpreter than this one; empty when it is the same.

    :param wanted: a path, a name to look for in ``PATH``, or either after ``/usr/bin/env``.
    :param executable: the program of this interpreter. :param prefix: its environment.
    """
    executable, prefix = executable or sys.executable or "", prefix or sys.prefix
    found = _located(wanted)
    if found is None:
        return f"the interpreter {wanted!r} does not exist on the controller"
    if not executable:
        return f"the interpreter of the controller is unknown and cannot be compared with {found}"
    if Path(found).absolute() == Path(executable).absolute():
        return ""
    environment, own_environment = _environment(found), _environment(executable) or (Path(prefix) if prefix != sys.base_prefix else None)
    if _real(environment) != _real(own_environment):
        of = f"the virtual environment {environment}" if environment else "no virtual environment"
        return f"the interpreter {found} belongs to {of}, but the controller uses {executable}"
    if not _same_program(found, executable):
        return f"the interpreter {found} is not the interpreter of the controller, {executable}"
    return ""


def _located(wanted: str) -> str | None:
    try:
        words = shlex.split(wanted)
    except ValueError:
        return None
    if len(words) == 2 and Path(words[0]).name == "env":
        words = words[1:]
    if len(words) != 1:
        return None
    path = os.path.expanduser(words[0])  # noqa: PTH111  pathlib raises for unknown users, and for names that are too long
    return path if "/" in words[0] and os.path.exists(path) else shutil.which(path)  # noqa: PTH110


def _environment(program: str) -> Path | None:
    """The virtual environment that a program of this name runs in.

    ``None``: the installation of Python itself.
    """
    folder = Path(program).absolute().parent
    return next((place for place in (folder, folder.parent) if (place / "pyvenv.cfg").is_file()), None)


def _real(place: Path | None) -> Path | None:
    return None if place is None else place.resolve()


def _same_program(one: str, other: str) -> bool:
    """The same file through links, or a copy of it, as ``python -m venv --copies`` makes."""
    try:
        return Path(one).samefile(other) or filecmp.cmp(one, other, shallow=False)
    except OSError:
        return False
