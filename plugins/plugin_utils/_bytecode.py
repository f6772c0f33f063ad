# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Private: imports of this collection by Python's own loader, which keeps bytecode.

Ansible's loader of collections compiles each file again in each ``ansible-playbook``, which takes several times as long as a task that
changes nothing. Bytecode next to the sources is used where there is some (an image that was built with ``compileall``). Else it is in the
user's cache, if that is the user's alone, so that no file appears in the folder of a collection; ``PYTHONPYCACHEPREFIX`` has
precedence.

Standard library only: this is imported before all that it makes faster.
"""

# pathlib takes longer to import than all that is done here
# ruff: noqa: PTH100,PTH103,PTH110,PTH113,PTH117,PTH118,PTH120

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from importlib.machinery import ModuleSpec, SourceFileLoader
from importlib.util import cache_from_source, spec_from_file_location
from types import CodeType, ModuleType


def private_folder(environ: Mapping[str, str]) -> str:
    """The folder for bytecode in the user's cache; empty unless it is the user's alone. It is created."""
    base = environ.get("XDG_CACHE_HOME", "")
    base = base if os.path.isabs(base) else os.path.join(environ.get("HOME", ""), ".cache")
    if not os.path.isabs(base) or not hasattr(os, "geteuid"):
        return ""
    folder = os.path.join(base, "windlass-charts", "bytecode")
    try:
        os.makedirs(folder, mode=0o700, exist_ok=True)
        facts = os.lstat(folder)
    except (OSError, ValueError):  # ValueError: a null byte
        return ""
    return folder if facts.st_uid == os.geteuid() and facts.st_mode & 0o170077 == 0o040000 else ""


class _Loader(SourceFileLoader):
    """A loader that keeps bytecode in a folder.

    :param folder: empty: none is written.
    """

    def __init__(self, fullname: str, path: str, folder: str) -> None:
        super().__init__(fullname, path)
        self._folder = folder

    def get_code(self, fullname: str) -> CodeType | None:
        if sys.pycache_prefix is not None or os.path.exists(cache_from_source(self.path)):
            return super().get_code(fullname)
        before = sys.dont_write_bytecode
        sys.pycache_prefix, sys.dont_write_bytecode = self._folder or None, not self._folder
        try:
            return super().get_code(fullname)
        finally:
            sys.pycache_prefix, sys.dont_write_bytecode = None, before


class Finder:
    """Finds a package and all below it in one folder.

    It has no base class, as the import of ``importlib.abc`` takes longer than all else in this file.

    :param package: its name, with its parents.
    :param sources: its folder.
    :param folder: for its bytecode, as for ``_Loader``.
    """

    def __init__(self, package: str, sources: str, folder: str) -> None:
        self._package = package
        self._sources = sources
        self._folder = folder

    def find_spec(self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None) -> ModuleSpec | None:
        if fullname != self._package and not fullname.startswith(f"{self._package}."):
            return None
        stem = os.path.join(self._sources, *fullname[len(self._package) + 1 :].split(".")) if fullname != self._package else self._sources
        for file, places in ((os.path.join(stem, "__init__.py"), [stem]), (f"{stem}.py", None)):
            if os.path.isfile(file):
                loader = _Loader(fullname, file, self._folder)
                return spec_from_file_location(fullname, file, loader=loader, submodule_search_locations=places)
        return None


def keep_bytecode(environ: Mapping[str, str], *packages: str, before: object = None) -> None:
    """Imports packages of this collection with bytecode from now on.

    :param packages: names with their parents; each is a folder next to that of this file.
    :param before: the finder that would find them; ``None``: Python's own.
    """
    place = sys.meta_path.index(before) if before in sys.meta_path else 0
    plugins, folder = os.path.dirname(os.path.dirname(os.path.abspath(__file__))), private_folder(environ)
    for package in packages:
        sys.meta_path.insert(place, Finder(package, os.path.join(plugins, package.rpartition(".")[2]), folder))
