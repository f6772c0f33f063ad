# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""Paths as users write them in options.

``pathlib`` raises errors of several kinds for odd ones; here each is one sentence.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from .._engine.errors import OptionError
from .cache_home import home_folder


def user_path(text: str, option: str, environ: Mapping[str, str]) -> Path:
    """The path that an option names; ``~`` is the home folder of the task's environment.

    :raises OptionError: the path holds a zero byte, or begins with ``~`` where there is no such home folder.
    """
    if "\0" in text:
        raise OptionError(f"{option} contains a null byte and is not a valid path.", option=option)
    if text[:1] != "~":
        return Path(text)
    user, _slash, rest = text[1:].partition("/")
    home = _home_of(user) if user else home_folder(environ)
    if not home:
        whose = f"user {user!r}" if user else "this process (HOME is not set, and its user has no passwd entry)"
        raise OptionError(f"{option} is {text!r}, but there is no home directory of {whose}; use an absolute path.", option=option)
    return Path(home, rest)


def working_folder() -> str:
    """The current folder; empty where it was deleted or may not be read."""
    try:
        return os.getcwd()  # noqa: PTH109
    except OSError:
        return ""


def exists(path: Path) -> bool:
    """Whether something is at a path; ``False`` also for a path that no file can have."""
    try:
        return os.path.exists(path)  # noqa: PTH110  Path.exists() raises for names that are too long
    except ValueError:
        return False


def _home_of(user: str) -> str:
    try:
        import pwd

        return pwd.getpwnam(user).pw_dir
    except (ImportError, KeyError):
        return ""
