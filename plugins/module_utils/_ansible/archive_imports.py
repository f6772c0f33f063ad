# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""Imports from the archive that Ansible sends a module in, each file compiled once.

``zipimport`` compiles a file to learn its name, which the specification of the module needs, and again to
run it (CPython: ``zipimporter.get_filename``, ``get_code``). Compilation is most of the time of a task that changes nothing.
"""

from __future__ import annotations

import os
import sys
from zipimport import zipimporter


class _Archive(zipimporter):
    """An archive of sources without bytecode, as Ansible makes it."""

    def get_filename(self, fullname: str) -> str:
        end = f"{os.sep}__init__.py" if self.is_package(fullname) else ".py"
        return f"{self.archive}{os.sep}{self.prefix}{fullname.rpartition('.')[2]}{end}"


def compile_once(loader: object) -> None:
    """Reads the archive of this loader for what is imported from now on. Nothing with another loader.

    :param loader: that of a module in the archive.
    """
    if not isinstance(loader, zipimporter):
        return
    archive = loader.archive

    def opened(path: str) -> _Archive:
        if path != archive and not path.startswith(archive + os.sep):
            raise ImportError(path)
        return _Archive(path)

    sys.path_hooks.insert(0, opened)
    for path in [path for path in sys.path_importer_cache if path.startswith(archive)]:
        del sys.path_importer_cache[path]
