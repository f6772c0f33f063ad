# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""Directories and files that a task names."""

from __future__ import annotations

import os
from pathlib import Path

from ..._adapters.user_paths import user_path, working_folder
from ..._engine.errors import OptionError
from ..task import Task


def folder_of(task: Task, option: str) -> Path:
    """The absolute and clean path in an option; symbolic links stay as they are.

    Raises ``OptionError``.
    """
    return _path(task, option, "a directory")


def file_of(task: Task, option: str) -> Path:
    """The same for a file."""
    return _path(task, option, "a file")


def _path(task: Task, option: str, what: str) -> Path:
    text = str(task.get(option, ""))
    if not text.strip():
        raise OptionError(f"{option} is empty; set it to the path of {what}.", option=option)
    return Path(os.path.normpath(Path(working_folder(), user_path(text, option, task.environ))))
